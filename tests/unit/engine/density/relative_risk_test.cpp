// SPDX-License-Identifier: Apache-2.0
#include "engine/density/relative_risk.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace gridloom {
namespace {

const double kNaN = std::nan("");

TEST(RelativeRisk, FloorsTheDenominatorAndMasksBelow) {
  const std::vector<double> events{4, 4, 4, 0, kNaN, 4}, people{8, 1, 0.5, 8, 8, kNaN};
  const auto risk = relative_risk(events, people, 100, {.floor = 2, .mask_below = 1}).values;
  EXPECT_EQ(risk[0], 0.5);
  EXPECT_EQ(risk[1], 2);  // over the floor, not over 1
  EXPECT_TRUE(std::isnan(risk[2]));
  EXPECT_EQ(risk[3], 0);
  EXPECT_TRUE(std::isnan(risk[4]));
  EXPECT_TRUE(std::isnan(risk[5]));
}

TEST(RelativeRisk, TheFloorIsATwentiethOfTheMeanAndTheMaskIsTheFloor) {
  const std::vector<double> events{3, 3}, people{40, 4};
  const RelativeRisk usual = relative_risk(events, people, 100, {.times = 1000});
  EXPECT_DOUBLE_EQ(usual.floor, 5);
  EXPECT_EQ(usual.mask_below, usual.floor);
  EXPECT_EQ(usual.values[0], 75);
  EXPECT_TRUE(std::isnan(usual.values[1]));
  const RelativeRisk told = relative_risk(events, people, 100, {.mask_below = 0});
  EXPECT_DOUBLE_EQ(told.values[1], 3 / told.floor);
  EXPECT_EQ(relative_risk(events, people, 100, {.floor = 8}).mask_below, 8);
}

TEST(RelativeRisk, LogarithmAndNothingOverNothing) {
  const std::vector<double> events{1, 0, 0}, others{std::exp(1.0), 1, 0};
  const auto risk = relative_risk(events, others, 0, {.logarithm = true}).values;
  EXPECT_NEAR(risk[0], -1, 1e-15);
  EXPECT_TRUE(std::isnan(risk[1]));
  EXPECT_TRUE(std::isnan(relative_risk(events, others, 0, {}).values[2]));
}

TEST(RelativeRisk, RefusesWhatHasNoMeaning) {
  const std::vector<double> one{1}, two{1, 2};
  EXPECT_THROW(relative_risk(one, two, 1, {}), std::invalid_argument);
  EXPECT_THROW(relative_risk(one, one, 1, {.floor = -1}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
