// SPDX-License-Identifier: Apache-2.0
#include "engine/base/round_numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace gridloom {
namespace {

using Numbers = std::vector<double>;

TEST(RoundNumbers, EncloseEveryNumber) {
  const Numbers all = round_series(1e-8, 1e9);
  for (double v = 1e-7; v < 1e8; v *= 1.01) {
    SCOPED_TRACE(v);
    const double below = round_below(v), above = round_above(v);
    EXPECT_TRUE(below <= v * (1 + 1e-9) && v * (1 - 1e-9) <= above);
    EXPECT_LE(above / below, 2.5 * (1 + 1e-9)) << "neighbours in the series";
    EXPECT_TRUE(std::find(all.begin(), all.end(), below) != all.end());
    EXPECT_TRUE(std::find(all.begin(), all.end(), above) != all.end());
  }
}

TEST(RoundNumbers, StayWhatTheyAre) {
  for (const double v : round_series(1e-9, 1e9)) {
    EXPECT_EQ(round_below(v), v);
    EXPECT_EQ(round_above(v), v);
    EXPECT_EQ(round_below(v * (1 - 1e-12)), v) << "a sum that should be round is";
    EXPECT_EQ(round_above(v * (1 + 1e-12)), v);
  }
  EXPECT_EQ(round_below(0.07), 0.05);
  EXPECT_EQ(round_above(0.07), 0.1);
}

TEST(RoundNumbers, ASeriesLiesAboveItsLowerEnd) {
  EXPECT_EQ(round_series(0.1, 10), (Numbers{0.2, 0.5, 1, 2, 5, 10}));
  EXPECT_EQ(round_series(3, 4), Numbers{});
  constexpr double kFine[] = {1, 1.5, 2, 3, 5, 7};
  EXPECT_EQ(round_series(14, 30, kFine), (Numbers{15, 20, 30}));
}

TEST(RoundNumbers, MultiplesAreAsFewAsAskedAndTheNearestDoubles) {
  EXPECT_EQ(round_multiples(0, 0.7, 7), (Numbers{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}));
  EXPECT_FALSE(std::signbit(round_multiples(0, 0.7, 7).front())) << "it would be told as -0";
  EXPECT_EQ(round_multiples(0, 17, 6), (Numbers{0, 5, 10, 15}));
  EXPECT_EQ(round_multiples(-1.2, 1.2, 6), (Numbers{-1, -0.5, 0, 0.5, 1}));
  for (double high = 0.001; high < 1e6; high *= 1.3) {
    const Numbers found = round_multiples(0, high, 6);
    EXPECT_TRUE(found.size() >= 3 && found.size() <= 7) << high;
  }
}

}  // namespace
}  // namespace gridloom
