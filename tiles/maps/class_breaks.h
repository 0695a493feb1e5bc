// SPDX-License-Identifier: Apache-2.0
// Round class breaks for graded maps.
#pragma once

#include <cstddef>
#include <vector>

namespace gridloom {

// At most `classes` - 1 ascending breaks for the positive values: numbers of the series 1, 2, 5, 10, 20, ... between
// their 5th and 95th percentile, where that gives too few (under 3) of 1, 1.5, 2, 3, 5, 7, 10, ...; where too many,
// breaks whose two neighbouring classes hold the fewest values are dropped first. Empty without positive values. Class
// k holds break[k-1] <= v < break[k]. O(n log n).
std::vector<double> round_breaks(std::vector<double> values, std::size_t classes);

// Index of the class of a value: the number of breaks <= value.
std::size_t class_of(const std::vector<double>& breaks, double value);

}  // namespace gridloom
