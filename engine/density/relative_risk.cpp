// SPDX-License-Identifier: Apache-2.0
#include "engine/density/relative_risk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace gridloom {

RelativeRisk relative_risk(std::span<const double> numerator, std::span<const double> denominator, double mean,
                           const RiskOptions& options) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  if (numerator.size() != denominator.size()) throw std::invalid_argument("the two surfaces must be of one raster");
  const auto allowed = [](double v) { return v >= 0 && std::isfinite(v); };
  RelativeRisk risk;
  risk.floor = options.floor.value_or(kFloorShare * mean);
  risk.mask_below = options.mask_below.value_or(risk.floor);
  if (!allowed(risk.floor) || !allowed(risk.mask_below))
    throw std::invalid_argument("floor and mask must be finite and not negative");
  risk.values.assign(numerator.size(), kNothing);
  for (std::size_t q = 0; q < risk.values.size(); ++q) {
    if (!(denominator[q] >= risk.mask_below)) continue;
    const double below = std::max(denominator[q], risk.floor);
    if (below == 0) continue;
    const double ratio = numerator[q] * options.times / below;
    if (!options.logarithm)
      risk.values[q] = ratio;
    else if (ratio > 0)
      risk.values[q] = std::log(ratio);
  }
  return risk;
}

}  // namespace gridloom
