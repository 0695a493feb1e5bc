// SPDX-License-Identifier: Apache-2.0
// Round numbers for classes, axes, legends and scale bars: 1, 2 and 5 times the powers of ten.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gridloom {

// The largest round number that is not above `value` > 0, and the smallest that is not below it. A billionth more or
// less is forgiven, so that a sum that should be round is.
double round_below(double value);
double round_above(double value);

// All m * 10^k with low < m * 10^k <= high, ascending; 0 < low. The round numbers, unless other m in [1, 10) are given.
std::vector<double> round_series(double low, double high);
std::vector<double> round_series(double low, double high, std::span<const double> mantissas);

// The multiples in [low, high] of the smallest round number that makes at most `steps` steps from low to high > low.
std::vector<double> round_multiples(double low, double high, std::size_t steps);

}  // namespace gridloom
