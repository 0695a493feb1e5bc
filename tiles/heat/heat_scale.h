// SPDX-License-Identifier: Apache-2.0
// One colour scale for all heat tiles.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tiles/heat/palette_png.h"

namespace gridloom {

// Pinned: a tile never looks at its own values to choose colours, so all tiles, views and moments compare. Logarithmic
// from `lowest` (transparent below) to `highest` (the last colour from there on), events per km².
struct HeatScale {
  std::uint32_t version = 1;  // goes into every cache key; another scale has another version
  double lowest = 0.1;
  double highest = 1000;
  friend bool operator==(const HeatScale&, const HeatScale&) = default;
};

// Four decades down from `peak_per_km2` (at least 1), rounded up.
HeatScale scale_for(double peak_per_km2, std::uint32_t version);

// 0 below `lowest`, else 1 to 255.
std::uint8_t index_of(const HeatScale&, double per_km2);

PngPalette heat_palette();

// The tile of these densities; empty `values` are zeros.
std::string heat_png(std::span<const double> values, std::uint32_t side, const HeatScale&);

}  // namespace gridloom
