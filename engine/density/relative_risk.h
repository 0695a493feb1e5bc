// SPDX-License-Identifier: Apache-2.0
// Ratio of two surfaces: events against other events, or against the people who could have had them.
#pragma once

#include <span>
#include <vector>

namespace gridloom {

struct RiskOptions {
  double floor = 0;        // the denominator is taken as at least this (its own unit): no ratio explodes
  double mask_below = 0;   // where the denominator is less than this the answer is NaN: nothing can be said there
  bool logarithm = false;  // natural logarithm of the ratio; NaN where the numerator is 0
};

// numerator / max(denominator, floor), pixel by pixel, in the unit of the one per the other (events per km² over people
// per km² are events per person). NaN where either is NaN, where the denominator is below the mask, and where 0 would
// be divided by 0. (Kelsall & Diggle, Statistics in Medicine 14, 1995, 2335-2342.) Throws std::invalid_argument for
// surfaces of different size, and a floor or mask that is negative or not finite.
std::vector<double> relative_risk(std::span<const double> numerator, std::span<const double> denominator,
                                  const RiskOptions&);

}  // namespace gridloom
