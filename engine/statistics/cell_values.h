// SPDX-License-Identifier: Apache-2.0
// What all statistics ask of their input.
#pragma once

#include <span>
#include <string_view>

#include "engine/statistics/spatial_weights.h"

namespace gridloom {

// Throws DataError, naming the statistic and the cell, unless there is one finite value for each cell of the weights.
void require_values(std::span<const double> values, const SpatialWeights&, std::string_view statistic);

// Power sums of values about their mean: `square` = sum (x - mean)², and so on. O(n), summed in the order given.
struct Moments {
  double n = 0;
  double mean = 0;
  double square = 0;
  double cube = 0;
  double fourth = 0;
};
Moments moments_of(std::span<const double> values);

}  // namespace gridloom
