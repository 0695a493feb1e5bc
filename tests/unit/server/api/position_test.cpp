// SPDX-License-Identifier: Apache-2.0
#include "server/api/position.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/datum.h"

namespace gridloom {
namespace {

const Lattice kQingdao{"EPSG:4549", 500000, 4000000};
const LonLat kPlace{120.3826, 36.0671};

class PositionTest : public ::testing::Test {
 protected:
  Positions positions_{kQingdao};
};

TEST_F(PositionTest, TheSamePlaceInEverySystem) {
  const Place wgs = positions_.place("wgs84", kPlace.lon, kPlace.lat);
  ASSERT_TRUE(wgs.at);
  EXPECT_EQ(wgs.lonlat, kPlace);
  const Projected metres = kQingdao.metres(*wgs.at);
  const LonLat gcj = wgs84_to_gcj02(kPlace), bd = wgs84_to_bd09(kPlace);
  EXPECT_GT(std::abs(gcj.lon - kPlace.lon), 1e-3);
  for (const auto& [crs, x, y] : {std::tuple<std::string, double, double>{"gcj02", gcj.lon, gcj.lat},
                                  {"BD09", bd.lon, bd.lat},
                                  {"epsg:4549", metres.x, metres.y},
                                  {"EPSG:4326", kPlace.lon, kPlace.lat}}) {
    const Place same = positions_.place(crs, x, y);
    ASSERT_TRUE(same.at) << crs;
    EXPECT_LE(std::abs(same.at->x - wgs.at->x), 1) << crs;
    EXPECT_LE(std::abs(same.at->y - wgs.at->y), 1) << crs;
    EXPECT_NEAR(same.lonlat.lon, kPlace.lon, 1e-8) << crs;
    EXPECT_NEAR(same.lonlat.lat, kPlace.lat, 1e-8) << crs;
  }
}

TEST_F(PositionTest, RefusesWhatIsNoSystemOrNoPlace) {
  for (const char* crs : {"", "mars", "epsg:", "epsg:999999", "epsg:32618x", "+proj=utm +zone=18", "EPSG:1234567890"})
    EXPECT_THROW(positions_.place(crs, 1, 1), DataError) << crs;
  EXPECT_THROW(positions_.place("wgs84", 36, 120), DataError);
  EXPECT_THROW(positions_.place("wgs84", 181, 0), DataError);
  EXPECT_THROW(positions_.place("gcj02", std::nan(""), 0), DataError);
  EXPECT_THROW(positions_.place("epsg:4549", 1e300, 1e300), DataError);
}

TEST_F(PositionTest, FarAwayIsOffTheLattice) {
  const Place york = positions_.place("wgs84", -74, 40.7);
  EXPECT_FALSE(york.at);
  EXPECT_EQ(york.lonlat, (LonLat{-74, 40.7}));
}

TEST_F(PositionTest, ThreadsDoNotDisturbEachOther) {
  const Place alone = positions_.place("wgs84", kPlace.lon, kPlace.lat);
  std::atomic<int> equal{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) equal += positions_.place("wgs84", kPlace.lon, kPlace.lat).at == alone.at;
      });
  }
  EXPECT_EQ(equal, 800);
}

}  // namespace
}  // namespace gridloom
