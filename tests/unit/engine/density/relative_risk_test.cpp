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
  const auto risk = relative_risk(events, people, {.floor = 2, .mask_below = 1});
  EXPECT_EQ(risk[0], 0.5);
  EXPECT_EQ(risk[1], 2);  // over the floor, not over 1
  EXPECT_TRUE(std::isnan(risk[2]));
  EXPECT_EQ(risk[3], 0);
  EXPECT_TRUE(std::isnan(risk[4]));
  EXPECT_TRUE(std::isnan(risk[5]));
}

TEST(RelativeRisk, LogarithmAndNothingOverNothing) {
  const std::vector<double> events{1, 0, 0}, others{std::exp(1.0), 1, 0};
  const auto risk = relative_risk(events, others, {.logarithm = true});
  EXPECT_NEAR(risk[0], -1, 1e-15);
  EXPECT_TRUE(std::isnan(risk[1]));
  EXPECT_TRUE(std::isnan(relative_risk(events, others, {})[2]));
}

TEST(RelativeRisk, RefusesWhatHasNoMeaning) {
  const std::vector<double> one{1}, two{1, 2};
  EXPECT_THROW(relative_risk(one, two, {}), std::invalid_argument);
  EXPECT_THROW(relative_risk(one, one, {.floor = -1}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
