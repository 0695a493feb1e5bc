// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/cell_values.h"

#include <cmath>
#include <numeric>
#include <string>

#include "engine/base/errors.h"

namespace gridloom {

void require_values(std::span<const double> values, const SpatialWeights& w, std::string_view statistic) {
  if (values.size() != w.size())
    throw DataError("values_for_other_cells",
                    {{"statistic", statistic}, {"values", values.size()}, {"cells", w.size()}});
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i])) throw DataError("cell_without_value", {{"statistic", statistic}, {"cell", i}});
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
