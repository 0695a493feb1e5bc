// SPDX-License-Identifier: Apache-2.0
// Density rasters to GeoTIFF.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/incidents/heatmap.h"

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

// The same of a density in a file; unit "events/km2"; the metadata carry METHOD, KERNEL, BANDWIDTH_M, CELL_M, EVENTS,
// WINDOW_FROM, WINDOW_TO, HOURS and CATEGORIES. Written beside the target and renamed over it: on failure (DataError)
// the target is as it was.
void write_raster(const DensityRaster&, const std::filesystem::path&, PixelType = PixelType::float32);

}  // namespace gridloom
