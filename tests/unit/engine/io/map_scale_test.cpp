// SPDX-License-Identifier: Apache-2.0
#include "engine/io/map_scale.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/io/crs.h"

namespace gridloom {
namespace {

double error_at(const char* crs, double lon, double lat) { return scale_error(crs, project(crs, {lon, lat})); }

// A Mercator's scale is 1/cos of the latitude, a transverse one's .9996 on UTM's central meridians.
TEST(MapScale, IsThatOfTheProjection) {
  EXPECT_NEAR(error_at("EPSG:3857", 0, 60), 1, 0.01);
  EXPECT_NEAR(error_at("EPSG:3395", 0, 60), 1, 0.01);
  EXPECT_NEAR(error_at("EPSG:3857", 103.8, 0), 0, 0.01);
  EXPECT_NEAR(error_at("EPSG:32618", -75, 40.7), 0.0004, 1e-6);
  for (const double lon : {120.0, 120.001, 119.999})
    EXPECT_NEAR(error_at("EPSG:4549", lon, 36), 0, 1e-6);  // northing first
  EXPECT_NEAR(error_at("EPSG:4528", 120.5, 36), 2.5e-5, 1e-6);
  EXPECT_NEAR(error_at("EPSG:7415", 5.387, 52.155), 0.0001, 2e-5);  // with heights
}

TEST(MapScale, OfNationalGridsIsTrueEnough) {
  const auto check = [](const char* crs, double lon, double lat) {
    EXPECT_LT(error_at(crs, lon, lat), kMostScaleError) << crs;
    require_true_scale("x", crs, project(crs, {lon, lat}));
  };
  check("EPSG:2154", 9, 41.5);
  check("EPSG:5070", -73.9, 40.7);
  check("EPSG:3577", 115, -32);
  check("EPSG:25833", 5, 59);
  check("EPSG:2180", 19.3, 52);
  check("EPSG:2193", 174, -41);
  check("EPSG:4549", 120.3, 36);
}

TEST(MapScale, WrongScaleIsRefusedWithTheCrsToTake) {
  try {
    require_true_scale("Web Mercator", "EPSG:3857", project("EPSG:3857", {-73.97, 40.71}));
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), R"(map_scale_untrue crs="Web Mercator" percent="32.2" lon="-73.970" lat="40.710" )"
                               R"(better="EPSG:32618")");
  }
  EXPECT_THROW(require_true_scale("x", "EPSG:3395", project("EPSG:3395", {151.2, -33.9})), DataError);
}

TEST(MapScale, IsUnknownWhereNobodyCanTell) {
  EXPECT_TRUE(std::isnan(scale_error("EPSG:4326", {1, 1})));
  EXPECT_TRUE(std::isnan(scale_error("EPSG:999999", {1, 1})));
  EXPECT_TRUE(std::isnan(scale_error("EPSG:32618", {1e12, 1e12})));
}

}  // namespace
}  // namespace gridloom
