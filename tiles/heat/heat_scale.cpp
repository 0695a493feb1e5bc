// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat/heat_scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gridloom {
namespace {

// The ramp of styles/incidents.xml.
constexpr Colour kRamp[] = {{0x26, 0x23, 0x3f}, {0x43, 0x25, 0x6b}, {0x6b, 0x2a, 0x7e},
                            {0x95, 0x2f, 0x7c}, {0xbe, 0x3b, 0x6f}, {0xe3, 0x5a, 0x5a},
                            {0xf7, 0x8f, 0x57}, {0xfd, 0xc8, 0x6b}, {0xfc, 0xf5, 0xa8}};
constexpr double kFaint = 70, kStrong = 235;  // alpha of the first and the last colour

}  // namespace

HeatScale scale_for(double peak_per_km2, std::uint32_t version) {
  const double peak = std::max(peak_per_km2, 1.0), power = std::pow(10.0, std::floor(std::log10(peak)));
  const double step = peak <= power ? 1 : peak <= 2 * power ? 2 : peak <= 5 * power ? 5 : 10;
  return {version, step * power / 1e4, step * power};
}

std::uint8_t index_of(const HeatScale& scale, double per_km2) {
  if (!(per_km2 >= scale.lowest)) return 0;
  const double share = std::log(per_km2 / scale.lowest) / std::log(scale.highest / scale.lowest);
  return static_cast<std::uint8_t>(1 + std::min(254.0, std::floor(share * 254)));
}

PngPalette heat_palette() {
  PngPalette palette;
  for (std::size_t i = 1; i < 256; ++i) {
    const double share = static_cast<double>(i - 1) / 254, at = share * (std::size(kRamp) - 1);
    const auto step = std::min(static_cast<std::size_t>(at), std::size(kRamp) - 2);
    palette.colour[i] = mix(kRamp[step], kRamp[step + 1], at - static_cast<double>(step));
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
