// SPDX-License-Identifier: Apache-2.0
// Ratio of two surfaces: events against other events, or against the people who could have had them.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace gridloom {

inline constexpr double kFloorShare = 0.05;  // of the denominator's mean: below it ratios are mostly noise

struct RiskOptions {
  double times = 1;                    // 1000: events per thousand people
  std::optional<double> floor{};       // the denominator is taken as at least this (its own unit): no ratio explodes
  std::optional<double> mask_below{};  // where the denominator is less the answer is NaN: nothing can be said there
  bool logarithm = false;              // natural logarithm of the ratio; NaN where the numerator is 0
};

struct RelativeRisk {
  std::vector<double> values;
  double floor = 0;       // as stated, or kFloorShare of the mean
  double mask_below = 0;  // as stated, or the floor
};

// times numerator / max(denominator, floor), pixel by pixel, in the unit of the one per the other (events per km² over
// people per km² are events per person). `mean` is the denominator's over the study area. NaN where either is NaN,
// where the denominator is below the mask, and where 0 would be divided by 0. (Kelsall & Diggle, Statistics in Medicine
// 14, 1995, 2335-2342.) Throws std::invalid_argument for surfaces of different size, and a floor or mask that is
// negative or not finite.
RelativeRisk relative_risk(std::span<const double> numerator, std::span<const double> denominator, double mean,
                           const RiskOptions&);

}  // namespace gridloom
