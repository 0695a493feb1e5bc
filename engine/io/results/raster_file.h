// SPDX-License-Identifier: Apache-2.0
// Rasters to GeoTIFF.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom {

enum class PixelType { float32, float64 };

// What a raster says of itself.
struct RasterTags {
  std::string unit;
  std::string description;                                 // of the band
  std::vector<std::pair<std::string, std::string>> items;  // of the dataset's metadata
};

// A GeoTIFF of one band, tiled and deflated, in the working CRS, NaN as nodata; values row by row from the north. The
// same input gives the same bytes. Throws DataError with GDAL's reason.
std::string raster_bytes(const Lattice&, const RasterGrid&, std::span<const double> values, const RasterTags&,
                         PixelType = PixelType::float32);

}  // namespace gridloom
