// SPDX-License-Identifier: Apache-2.0
// Square pixels on the lattice.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/geometry/point.h"

namespace gridloom {

// Pixel (column i, row j) covers x0 + [i, i + 1) cell, y0 - [j, j + 1) cell: row 0 is
// the northernmost, as in a GeoTIFF. The density is that of the pixel's centre.
struct RasterGrid {
  std::int64_t x0_mm = 0;  // north-west corner, lattice mm
  std::int64_t y0_mm = 0;
  std::int64_t cell_mm = 0;
  std::uint32_t nx = 0;
  std::uint32_t ny = 0;
  std::size_t size() const { return std::size_t{nx} * ny; }
  // Of a pixel, to the millimetre south-east of it. The raster must lie on the lattice.
  Point centre(std::size_t pixel) const {
    const auto column = static_cast<std::int64_t>(pixel % nx), row = static_cast<std::int64_t>(pixel / nx);
    return {static_cast<std::int32_t>(x0_mm + column * cell_mm + cell_mm / 2),
            static_cast<std::int32_t>(y0_mm - row * cell_mm - cell_mm / 2)};
  }
  friend bool operator==(const RasterGrid&, const RasterGrid&) = default;
};

}  // namespace gridloom
