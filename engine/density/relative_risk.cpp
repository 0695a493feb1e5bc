// SPDX-License-Identifier: Apache-2.0
#include "engine/density/relative_risk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace gridloom {

std::vector<double> relative_risk(std::span<const double> numerator, std::span<const double> denominator,
                                  const RiskOptions& options) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  if (numerator.size() != denominator.size()) throw std::invalid_argument("the two surfaces must be of one raster");
  const auto allowed = [](double v) { return v >= 0 && std::isfinite(v); };
  if (!allowed(options.floor) || !allowed(options.mask_below))
    throw std::invalid_argument("floor and mask must be finite and not negative");
  std::vector<double> out(numerator.size(), kNothing);
  for (std::size_t q = 0; q < out.size(); ++q) {
    if (!(denominator[q] >= options.mask_below)) continue;
    const double below = std::max(denominator[q], options.floor);
    if (below == 0) continue;
    const double ratio = numerator[q] / below;
    if (!options.logarithm)
      out[q] = ratio;
    else if (ratio > 0)
      out[q] = std::log(ratio);
  }
  return out;
}

}  // namespace gridloom
