// SPDX-License-Identifier: Apache-2.0
// Density rasters to GeoTIFF.
#pragma once

#include <filesystem>

#include "engine/incidents/heatmap.h"

namespace gridloom {

enum class PixelType { float32, float64 };

// One band of events per km², tiled and deflated, in the working CRS, NaN as nodata. Band unit "events/km2"; the
// dataset's metadata carry METHOD, KERNEL, BANDWIDTH_M, CELL_M, EVENTS, WINDOW_FROM, WINDOW_TO, HOURS and CATEGORIES.
// Written beside the target and renamed over it: on failure (DataError) the target is as it was.
void write_raster(const DensityRaster&, const std::filesystem::path&, PixelType = PixelType::float32);

}  // namespace gridloom
