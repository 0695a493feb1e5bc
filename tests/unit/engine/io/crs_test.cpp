// SPDX-License-Identifier: Apache-2.0
#include "engine/io/crs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::HasSubstr;

// gcoord's fixture has Qingdao in Web Mercator too.
TEST(Crs, ProjectsAPublishedPosition) {
  const Projected p = project("EPSG:3857", {120.3774765, 36.0668365});
  EXPECT_NEAR(p.x, 13400359.387, 0.001);
  EXPECT_NEAR(p.y, 4309821.873, 0.001);
}

// On the central meridian the easting is the false easting, and the northing the length of the meridian from the
// equator: on the CGCS 2000 ellipsoid 4 429 529.03 m to 40 degrees north (a = 6378137, 1/f = 298.257222101;
// Gauss-Krüger has scale 1).
TEST(Crs, EastingComesFirstWhateverEpsgSays) {
  const Projected p = project("EPSG:4549", {120, 40});
  EXPECT_NEAR(p.x, 500000, 0.001);
  EXPECT_NEAR(p.y, 4429529.03, 0.01);
}

TEST(Crs, PrefixedZoneIsTheSameZone) {
  const LonLat qingdao{120.3774765, 36.0668365};
  const Projected plain = project("EPSG:4549", qingdao), prefixed = project("EPSG:4528", qingdao);
  EXPECT_NEAR(prefixed.x - plain.x, 40000000, 1e-6);
  EXPECT_NEAR(prefixed.y, plain.y, 1e-6);
}

TEST(Crs, RoundTripsWithinAMicrometre) {
  for (const char* crs : {"EPSG:32618", "EPSG:4549", "EPSG:4528", "EPSG:3857"}) {
    Projection projection(crs);
    const LonLat start = std::string(crs) == "EPSG:32618" ? LonLat{-73.98, 40.75} : LonLat{120.4, 36.1};
    const Projected p = projection.project(start);
    const Projected again = projection.project(projection.to_lonlat(p));
    EXPECT_NEAR(again.x, p.x, 1e-6) << crs;
    EXPECT_NEAR(again.y, p.y, 1e-6) << crs;
  }
}

TEST(Crs, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(data_error([] { CrsTransform("EPSG:99999", "EPSG:4326"); }), HasSubstr("'EPSG:99999'"));
  EXPECT_THAT(data_error([] { Projection("somewhere"); }), HasSubstr("'somewhere'"));
  EXPECT_THAT(data_error([] { is_geographic(""); }), HasSubstr("unknown"));
  // Nothing is fetched or opened on somebody's behalf.
  EXPECT_THAT(data_error([] { is_geographic("/etc/passwd"); }), HasSubstr("unknown"));
  EXPECT_THAT(data_error([] { is_geographic("http://127.0.0.1:1/crs"); }), HasSubstr("unknown"));
}

TEST(Crs, WorkingCrsIsProjectedInMetres) {
  require_working_crs("EPSG:4549");
  EXPECT_THAT(data_error([] { require_working_crs("EPSG:4490"); }), HasSubstr("degrees"));
  EXPECT_THAT(data_error([] { require_working_crs("EPSG:2263"); }),
              HasSubstr("metres"));  // New York Long Island, US feet
}

TEST(Crs, PositionsWithoutImageBecomeInfinite) {
  CrsTransform transform("EPSG:4326", "EPSG:4549");
  std::vector<double> x{120, 120}, y{36, 136};
  EXPECT_FALSE(transform.transform(x, y));
  EXPECT_TRUE(std::isfinite(x[0]) && std::isfinite(y[0]));
  EXPECT_TRUE(std::isinf(x[1]) && std::isinf(y[1]));
}

TEST(Crs, ReadsPositionsInEverySystemOfTheWebMaps) {
  const Projected truth = project("EPSG:4549", {120.3774765, 36.0668365});
  const auto distance = [&](Projected p) { return std::hypot(p.x - truth.x, p.y - truth.y); };
  EXPECT_LT(distance(PositionReader("wgs84", "EPSG:4549").read(120.3774765, 36.0668365)), 0.001);
  EXPECT_LT(distance(PositionReader("CGCS2000", "EPSG:4549").read(120.3774765, 36.0668365)), 1);
  EXPECT_LT(distance(PositionReader("GCJ02", "EPSG:4549").read(120.3826123, 36.0671124)), 5);
  EXPECT_LT(distance(PositionReader("bd09", "EPSG:4549").read(120.3890645, 36.0732465)), 5);
  EXPECT_LT(distance(PositionReader("epsg:3857", "EPSG:4549").read(13400359.387, 4309821.873)), 0.01);
  EXPECT_GT(distance(PositionReader("wgs84", "EPSG:4549").read(120.3826123, 36.0671124)), 400);
}

TEST(Crs, GcjDoesNothingInNewYork) {
  EXPECT_EQ(PositionReader("gcj02", "EPSG:32618").read(-73.98, 40.75),
            PositionReader("wgs84", "EPSG:32618").read(-73.98, 40.75));
}

TEST(Crs, CopiesWorkInOtherThreads) {
  const PositionReader original("gcj02", "EPSG:4549");
  const Projected expected = PositionReader(original).read(120.38, 36.07);
  std::vector<std::thread> threads;
  std::vector<Projected> got(4);
  for (std::size_t t = 0; t < got.size(); ++t)
    threads.emplace_back([&, t] {
      PositionReader mine(original);
      for (int i = 0; i < 1000; ++i) got[t] = mine.read(120.38, 36.07);
    });
  for (std::thread& t : threads) t.join();
  for (const Projected& p : got) EXPECT_EQ(p, expected);
}

}  // namespace
}  // namespace gridloom
