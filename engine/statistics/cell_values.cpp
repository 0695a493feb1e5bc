// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/cell_values.h"

#include <cmath>
#include <numeric>
#include <string>

#include "engine/base/errors.h"

namespace gridloom {

void require_values(std::span<const double> values, const SpatialWeights& w, std::string_view statistic) {
  if (values.size() != w.size())
    throw DataError(std::string(statistic) + ": " + std::to_string(values.size()) + " values for " +
                    std::to_string(w.size()) + " cells");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw DataError(std::string(statistic) + ": the value of cell " + std::to_string(i) +
                      " is missing or not finite; leave the cell out or give it a value");
}

Moments moments_of(std::span<const double> values) {
  Moments m;
  m.n = static_cast<double>(values.size());
  if (values.empty()) return m;
  m.mean = std::accumulate(values.begin(), values.end(), 0.0) / m.n;
  for (double x : values) {
    const double d = x - m.mean;
    m.square += d * d;
    m.cube += d * d * d;
    m.fourth += d * d * d * d;
  }
  return m;
}

}  // namespace gridloom
