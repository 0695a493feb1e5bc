// SPDX-License-Identifier: Apache-2.0
#include "engine/io/datum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gridloom {
namespace {

constexpr double kMetresPerDegree = 111320;

void expect_near(LonLat a, LonLat b, double degrees) {
  EXPECT_NEAR(a.lon, b.lon, degrees);
  EXPECT_NEAR(a.lat, b.lat, degrees);
}

struct Pair {
  const char* where;
  LonLat wgs84, gcj02, bd09;
};

// From the test data of gcoord (github.com/hujiulong/gcoord, test/fixtures/china-cities.json): positions that Amap and
// Baidu converted, rounded to 7 places. gcoord itself asks for 4 places between WGS 84 and GCJ-02 and 6 to BD-09.
const Pair kCities[] = {
    {"Qingdao", {120.3774765, 36.0668365}, {120.3826123, 36.0671124}, {120.3890645, 36.0732465}},
    {"Jinan", {117.1138727, 36.6507807}, {117.1200084, 36.6512191}, {117.1264069, 36.6575731}},
    {"Weifang", {119.1558626, 36.7063222}, {119.1617632, 36.7067803}, {119.1681414, 36.7131325}},
    {"Shanghai", {121.4691633, 31.2323443}, {121.4737061, 31.2304194}, {121.4802435, 31.2363541}},
    {"Lhasa", {91.1706414, 29.655277}, {91.1721167, 29.6524954}, {91.1786184, 29.6585294}},
    {"Sansha", {112.3337959, 16.8334801}, {112.3387036, 16.8318454}, {112.3451951, 16.8380363}},
    {"Da Hinggan Ling", {124.7038236, 52.3338635}, {124.7115324, 52.3352664}, {124.7180582, 52.3412419}},
};

TEST(Datum, AgreesWithPublishedCities) {
  for (const Pair& city : kCities) {
    SCOPED_TRACE(city.where);
    expect_near(wgs84_to_gcj02(city.wgs84), city.gcj02, 5e-5);
    expect_near(gcj02_to_wgs84(city.gcj02), city.wgs84, 5e-5);
    expect_near(gcj02_to_bd09(city.gcj02), city.bd09, 5e-7);
    expect_near(bd09_to_gcj02(city.bd09), city.gcj02, 5e-7);
    expect_near(wgs84_to_bd09(city.wgs84), city.bd09, 5e-5);
  }
}

// Full precision, from the tests of eviltransform (github.com/googollee/eviltransform, go/transform_test.go, whose
// own comparison is to 5 places).
TEST(Datum, AgreesWithEviltransform) {
  expect_near(wgs84_to_gcj02({121.5272106, 31.1774276}), {121.531541859215, 31.17530398364597}, 1e-9);
  expect_near(wgs84_to_gcj02({113.912316, 22.543847}), {113.9171764808363, 22.540796131694766}, 1e-9);
  expect_near(wgs84_to_gcj02({116.377817, 39.911954}), {116.38404722455657, 39.91334545536069}, 1e-9);
}

TEST(Datum, RoundTripsOverChinaStayWithinANanodegree) {
  for (double lat = 1.5; lat < 55; lat += 0.37)
    for (double lon = 73; lon < 137; lon += 0.41) {
      const LonLat p{lon, lat};
      const LonLat g = gcj02_to_wgs84(wgs84_to_gcj02(p));
      const LonLat b = bd09_to_wgs84(wgs84_to_bd09(p));
      // 1 cm is 9e-8 degrees.
      ASSERT_LT(std::hypot(g.lon - lon, g.lat - lat), 1e-9) << lon << " " << lat;
      ASSERT_LT(std::hypot(b.lon - lon, b.lat - lat), 1e-9) << lon << " " << lat;
    }
}

TEST(Datum, ShiftsByHundredsOfMetresInChinaAndNowhereElse) {
  const LonLat qingdao{120.3774765, 36.0668365};
  const LonLat shifted = wgs84_to_gcj02(qingdao);
  const double metres =
      std::hypot((shifted.lon - qingdao.lon) * std::cos(0.6295), shifted.lat - qingdao.lat) * kMetresPerDegree;
  EXPECT_GT(metres, 100);
  EXPECT_LT(metres, 800);
  for (const LonLat p :
       {LonLat{-73.98, 40.75}, LonLat{2.35, 48.85}, LonLat{151.2, -33.9}, LonLat{72.0, 36.0}, LonLat{120, 56}}) {
    EXPECT_EQ(wgs84_to_gcj02(p), p);
    EXPECT_EQ(gcj02_to_wgs84(p), p);
    EXPECT_EQ(gcj02_to_bd09(p), p);
    EXPECT_EQ(bd09_to_gcj02(p), p);
  }
}

TEST(Datum, UndoesWhatIsDeclared) {
  const Pair& qingdao = kCities[0];
  EXPECT_EQ(undo_shift(Datum::wgs84, qingdao.gcj02), qingdao.gcj02);
  EXPECT_EQ(undo_shift(Datum::detect, qingdao.gcj02), qingdao.gcj02);
  expect_near(undo_shift(Datum::gcj02, qingdao.gcj02), qingdao.wgs84, 5e-5);
  expect_near(undo_shift(Datum::bd09, qingdao.bd09), qingdao.wgs84, 5e-5);
}

TEST(Datum, PassesNotANumberThrough) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(wgs84_to_gcj02({nan, 36}).lon));
  EXPECT_TRUE(std::isnan(gcj02_to_wgs84({nan, 36}).lon));
}

}  // namespace
}  // namespace gridloom
