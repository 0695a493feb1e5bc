// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat/heat_scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/base/round_numbers.h"

namespace gridloom {
namespace {

constexpr double kFaint = 70, kStrong = 235;  // alpha of the first and the last colour

}  // namespace

HeatScale scale_for(double peak_per_km2, std::uint32_t version) {
  const double highest = round_above(std::max(peak_per_km2, 1.0));
  return {version, highest / 1e4, highest};
}

std::uint8_t index_of(const HeatScale& scale, double per_km2) {
  if (!(per_km2 >= scale.lowest)) return 0;
  const double share = std::log(per_km2 / scale.lowest) / std::log(scale.highest / scale.lowest);
  return static_cast<std::uint8_t>(1 + std::min(254.0, std::floor(share * 254)));
}

PngPalette heat_palette() {
  PngPalette palette;
  for (std::size_t i = 1; i < 256; ++i) {
    const double share = static_cast<double>(i - 1) / 254;
    palette.colour[i] = colour_at(colours_of(Ramp::night), share);
    palette.alpha[i] = static_cast<std::uint8_t>(kFaint + share * (kStrong - kFaint));
  }
  return palette;
}

std::string heat_png(std::span<const double> values, std::uint32_t side, const HeatScale& scale) {
  static const PngPalette palette = heat_palette();
  std::vector<std::uint8_t> pixels(std::size_t{side} * side, 0);
  std::transform(values.begin(), values.end(), pixels.begin(), [&](double v) { return index_of(scale, v); });
  return palette_png(side, side, pixels, palette);
}

}  // namespace gridloom
