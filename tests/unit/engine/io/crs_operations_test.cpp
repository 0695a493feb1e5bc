// SPDX-License-Identifier: Apache-2.0
#include "engine/io/crs_operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "engine/io/crs.h"
#include "engine/io/crs_name.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

constexpr double kMillimetre = 0.001, kMillimetreInDegrees = 1e-8;

Projected moved(const std::string& from, const std::string& to, double x, double y) {
  CrsTransform(from, to).transform({&x, 1}, {&y, 1});
  return {x, y};
}

// Values of pyproj 3.4.1 (PROJ 9.1.1), always_xy.
TEST(CrsOperations, PositionsAreThoseOfPyproj) {
  const struct {
    const char *from, *to;
    double x, y, east, north;
  } cases[] = {
      {"EPSG:4490", "EPSG:4549", 120.38, 36.07, 534231.974523274, 3993376.682421672},
      {"EPSG:4326", "EPSG:4549", 120.38, 36.07, 534231.974523274, 3993376.682421672},
      {"EPSG:3857", "EPSG:4549", 13400359.387, 4309821.873, 534006.007779057, 3993024.772626780},
      {"EPSG:2263", "EPSG:32618", 1000000, 200000, 589261.435264050, 4507725.590622157},
      {"EPSG:2263", "EPSG:4326", 1000000, 200000, -73.943185068, 40.715616479},
      {"EPSG:28992", "EPSG:4326", 121000, 487000, 4.887970765, 52.369826210},
      {"EPSG:28992", "EPSG:32631", 121000, 487000, 628533.539775175, 5803850.030183320},
      {"EPSG:2154", "EPSG:32631", 652000, 6862000, 452013.623058749, 5411682.073123345},
      {"EPSG:2193", "EPSG:4326", 1748000, 5428000, 174.767399742, -41.285883190},
      {"EPSG:3826", "EPSG:4326", 302000, 2770000, 121.515308435, 25.037228190},
      {"EPSG:4267", "EPSG:32618", -73.98, 40.75, 586144.006403035, 4511506.035231947},
      {"EPSG:4214", "EPSG:4326", 109, 37, 109.000439798, 37.000262047},
  };
  for (const auto& c : cases) {
    const Projected p = moved(c.from, c.to, c.x, c.y);
    const double near = std::string(c.to) == "EPSG:4326" ? kMillimetreInDegrees : kMillimetre;
    EXPECT_NEAR(p.x, c.east, near) << c.from << " " << c.to;
    EXPECT_NEAR(p.y, c.north, near) << c.from << " " << c.to;
    EXPECT_NEAR(moved(c.to, c.from, p.x, p.y).x, c.x, 0.001) << c.to << " " << c.from;
  }
}

TEST(CrsOperations, WhatIsOfUnknownAccuracyIsRefusedWithWaysOut) {
  const auto refused = [](const char* from, const char* to, double x, double y) {
    return data_error([&] { moved(from, to, x, y); });
  };
  const auto offers = AllOf(HasSubstr("towgs84"), HasSubstr("grid"), HasSubstr("ballpark"));
  EXPECT_THAT(refused("EPSG:4610", "EPSG:4326", 120.4, 36.1), AllOf(offers, HasSubstr("EPSG:4610")));  // Xian 1980
  EXPECT_THAT(refused("EPSG:2327", "EPSG:4549", 13500000, 4000000), offers);
  EXPECT_THAT(refused("EPSG:4549", "EPSG:2327", 500000, 4000000), offers);
  EXPECT_THAT(refused("EPSG:4214", "EPSG:4549", 120.4, 36.1), offers);  // Beijing 1954
  EXPECT_THAT(refused("EPSG:4214", "EPSG:4326", 120.4, 36.1), AllOf(offers, HasSubstr("120.400")));
  EXPECT_THAT(refused("EPSG:4214", "EPSG:4326", 114.06, 22.54), offers);  // PROJ knows the sea beside it
  EXPECT_THAT(refused("EPSG:4267", "EPSG:26918", -73.98, 40.75), AllOf(offers, HasSubstr("us_noaa_conus.tif")));
  EXPECT_THAT(refused("+proj=longlat +ellps=krass", "EPSG:4326", 120.4, 36.1), offers);
}

TEST(CrsOperations, OneStrayPlaceAmongManyHasNoImage) {
  double x[] = {109, 0}, y[] = {37, 0};
  EXPECT_FALSE(CrsTransform("EPSG:4214", "EPSG:4326").transform(x, y));
  EXPECT_NEAR(x[0], 109.000439798, kMillimetreInDegrees);
  EXPECT_TRUE(std::isinf(x[1]));
}

TEST(CrsOperations, DeclaredParametersLeadToWgs84) {
  const std::string parameters = "+towgs84=15.8,-154.4,-82.3,1.5,-0.4,2.1,3.7";
  const Projected a = moved("EPSG:4610 " + parameters, "EPSG:4326", 120.4, 36.1);
  const Projected b = moved("+proj=longlat +a=6378140 +rf=298.257 " + parameters, "EPSG:4326", 120.4, 36.1);
  EXPECT_NEAR(a.x, b.x, 1e-10);
  EXPECT_NEAR(a.y, b.y, 1e-10);
  EXPECT_GT(std::hypot(a.x - 120.4, a.y - 36.1), 1e-4);
  const Projected on_cgcs = moved("EPSG:4610 " + parameters, "EPSG:4549", 120.4, 36.1);
  const Projected expected = moved("EPSG:4326", "EPSG:4549", a.x, a.y);
  EXPECT_NEAR(on_cgcs.x, expected.x, kMillimetre);
  EXPECT_NEAR(on_cgcs.y, expected.y, kMillimetre);
  // And as a working CRS.
  Projection working("EPSG:2364 " + parameters);
  const Projected there = working.project({120.4, 36.1});
  EXPECT_NEAR(working.to_lonlat(there).lon, 120.4, 5e-8);  // PROJ turns the seven back to a millimetre
}

TEST(CrsOperations, MeantBallparkTakesOneDatumForTheOther) {
  EXPECT_EQ(moved("EPSG:4610 +ballpark", "EPSG:4326", 120.4, 36.1), (Projected{120.4, 36.1}));
  EXPECT_EQ(moved("EPSG:4490", "EPSG:4326", 120.4, 36.1), (Projected{120.4, 36.1}));  // known, not meant
}

TEST(CrsOperations, SuppliedGridIsUsed) {
  TemporaryFolder folder;
  std::filesystem::copy_file("/usr/share/proj/ntf_r93.gsb", folder.path() / "town.gsb");
  const std::string town = "EPSG:4275 +nadgrids=town.gsb";
  EXPECT_THAT(data_error([&] { moved(town, "EPSG:4326", 2.35, 48.85); }), HasSubstr("town.gsb"));
  look_for_grids_in(folder.path());
  const Projected p = moved(town, "EPSG:4326", 2.35, 48.85);
  const Projected published = moved("+proj=longlat +ellps=clrk80ign +nadgrids=ntf_r93.gsb", "EPSG:4326", 2.35, 48.85);
  EXPECT_NEAR(p.x, published.x, 1e-10);
  EXPECT_NEAR(p.y, published.y, 1e-10);
  EXPECT_GT(std::hypot(p.x - 2.35, p.y - 48.85), 1e-4);
}

TEST(CrsOperations, AccuracyOfWhatWasUsedIsKnown) {
  const auto used = [](const char* from, const char* to, double x, double y) {
    CrsTransform transform(from, to);
    transform.transform({&x, 1}, {&y, 1});
    return transform.least_accurate();
  };
  const auto new_york = used("EPSG:2263", "EPSG:32618", 1000000, 200000);
  ASSERT_TRUE(new_york);
  EXPECT_EQ(new_york->accuracy_m, 4);
  EXPECT_THAT(new_york->better_grids, Contains("us_noaa_nyhpgn.tif"));
  const auto nad27 = used("EPSG:4267", "EPSG:32618", -73.98, 40.75);
  ASSERT_TRUE(nad27);
  EXPECT_EQ(nad27->accuracy_m, 10);
  EXPECT_THAT(nad27->better_grids, Contains("us_noaa_conus.tif"));
  EXPECT_FALSE(used("EPSG:4326", "EPSG:32618", -73.98, 40.75));
  EXPECT_FALSE(used("EPSG:4490", "EPSG:32651", 120.4, 36.1));
}

TEST(CrsOperations, DeclarationsThatMeanNothingAreRefused) {
  for (const char* crs : {"EPSG:4610 +towgs84=1,2", "EPSG:4610 +towgs84=a,b,c", "EPSG:4610 +nadgrids=/etc/passwd",
                          "EPSG:4610 +nadgrids=../x.gsb", "EPSG:4610 +ellps=krass"})
    EXPECT_THAT(data_error([&] { is_geographic(crs); }), HasSubstr("EPSG:4610")) << crs;
}

TEST(CrsOperations, NamesAreReadAsTheyAreWritten) {
  for (const char* crs : {"EPSG:4549", "EPSG:4610 +towgs84=1.5,-2,3", "EPSG:4214 +nadgrids=a.gsb +ballpark",
                          "+proj=longlat +ellps=krass +towgs84=1,2,3 +ballpark"})
    EXPECT_EQ(text_of(parse_crs_name(crs)), crs);
}

}  // namespace
}  // namespace gridloom
