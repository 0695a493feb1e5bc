// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/class_breaks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gridloom {
namespace {

std::vector<double> geometric(double first, double ratio, int count) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) out.push_back(first * std::pow(ratio, i));
  return out;
}

TEST(ClassBreaks, AreRoundNumbersOfTheBulk) {
  std::vector<double> values = geometric(30, 1.01, 400);  // 30 to 1 590, one value after the other
  values.push_back(1e6);                                  // one that is far out
  EXPECT_EQ(round_breaks(values, 8), (std::vector<double>{50, 100, 200, 500, 1000}));
}

TEST(ClassBreaks, NeverMakeMoreClassesThanAsked) {
  for (std::size_t classes : {2u, 3u, 5u, 8u}) {
    const std::vector<double> breaks = round_breaks(geometric(0.01, 1.3, 80), classes);
    EXPECT_EQ(breaks.size(), classes - 1);
    EXPECT_TRUE(std::is_sorted(breaks.begin(), breaks.end()));
  }
}

TEST(ClassBreaks, UseAFinerSeriesForANarrowRange) {
  std::vector<double> narrow(101);
  std::iota(narrow.begin(), narrow.end(), 100.0);
  EXPECT_EQ(round_breaks(narrow, 8), (std::vector<double>{150}));
}

TEST(ClassBreaks, DoNotCountZeros) {
  EXPECT_TRUE(round_breaks({0, 0, 0}, 8).empty());
  EXPECT_TRUE(round_breaks({}, 8).empty());
  std::vector<double> mostly_zero(1000, 0);
  for (double v : geometric(1, 1.2, 40)) mostly_zero.push_back(v);
  EXPECT_EQ(round_breaks(mostly_zero, 8), round_breaks(geometric(1, 1.2, 40), 8));
}

TEST(ClassBreaks, BelongToTheClassAbove) {
  const std::vector<double> breaks{10, 20};
  EXPECT_EQ(class_of(breaks, 9.99), 0u);
  EXPECT_EQ(class_of(breaks, 10), 1u);
  EXPECT_EQ(class_of(breaks, 20), 2u);
  EXPECT_EQ(class_of({}, 5), 0u);
}

}  // namespace
}  // namespace gridloom
