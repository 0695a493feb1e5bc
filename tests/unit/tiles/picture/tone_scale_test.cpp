// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/tone_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gridloom {
namespace {

using Numbers = std::vector<double>;

TEST(ToneScale, AmountsFadeOutTowardsZeroAndRatesDoNot) {
  const ToneScale amounts(ScaleKind::amount, 100), rates(ScaleKind::rate, 100);
  EXPECT_EQ(amounts.tone(0).alpha, 0);
  EXPECT_EQ(amounts.tone(100).alpha, 1);
  EXPECT_EQ(rates.tone(0).alpha, 1);
  EXPECT_EQ(rates.tone(100).colour, amounts.tone(100).colour);
  EXPECT_EQ(amounts.tone(std::nan("")).alpha, 0);
  EXPECT_DOUBLE_EQ(amounts.share(25), 0.5) << "by the square root";
  EXPECT_EQ(amounts.ticks(), (Numbers{0, 20, 40, 60, 80, 100}));
}

TEST(ToneScale, AStatedTopIsTheStrongestColourAndSaysWhetherThereIsMore) {
  const ToneScale lower(ScaleKind::amount, 100, 50), higher(ScaleKind::amount, 100, 200);
  EXPECT_TRUE(lower.more());
  EXPECT_FALSE(higher.more());
  EXPECT_EQ(lower.tone(50).colour, lower.tone(100).colour);
  EXPECT_NE(higher.tone(100).colour, lower.tone(100).colour);
}

TEST(ToneScale, RatiosLieAroundOneAndTheirLogarithmsAroundNought) {
  const ToneScale ratio(ScaleKind::ratio, 4), logarithm(ScaleKind::ratio, std::log(4), {}, true);
  EXPECT_DOUBLE_EQ(ratio.share(1), 0.5);
  EXPECT_DOUBLE_EQ(ratio.share(4), 1);
  EXPECT_DOUBLE_EQ(ratio.share(0.25), 0);
  EXPECT_EQ(ratio.share(0), 0) << "further than the legend reaches";
  for (const double v : {0.3, 1.0, 2.5}) EXPECT_NEAR(logarithm.share(std::log(v)), ratio.share(v), 1e-12);
  EXPECT_EQ(ratio.ticks(), (Numbers{1, 1.5, 1 / 1.5, 2, 0.5, 3, 1 / 3.0}));
  EXPECT_EQ(logarithm.ticks(), (Numbers{-1, -0.5, 0, 0.5, 1}));
}

TEST(ToneScale, NothingToShowIsAScaleAllTheSame) {
  for (const double highest : {0.0, std::nan(""), -std::numeric_limits<double>::infinity()})
    for (const ScaleKind kind : {ScaleKind::amount, ScaleKind::rate, ScaleKind::ratio}) {
      const ToneScale scale(kind, highest);
      EXPECT_GE(scale.ticks().size(), 1u);
      EXPECT_FALSE(scale.more());
    }
}

TEST(ToneScale, BlocksOfARasterComeAsTheirMean) {
  const ToneScale scale(ScaleKind::amount, 8);
  const double nan = std::nan("");
  const Numbers values{1, 3, 8, nan, nan, 8, nan, 8, nan};  // 3 x 3
  const Image image = image_of(values, 3, 3, scale, 2);
  ASSERT_EQ(image.nx, 2u);
  ASSERT_EQ(image.ny, 2u);
  EXPECT_EQ(image.pixels[0].colour, scale.tone(2).colour) << "of 1 and 3; two are masked";
  EXPECT_EQ(image.pixels[1].colour, scale.tone(8).colour);
  EXPECT_EQ(image.pixels[3].alpha, 0) << "nothing there";
}

}  // namespace
}  // namespace gridloom
