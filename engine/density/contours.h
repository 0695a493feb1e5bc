// SPDX-License-Identifier: Apache-2.0
// Lines of equal value through a raster, by marching squares between pixel centres.
#pragma once

#include <span>
#include <vector>

#include "engine/geometry/raster_grid.h"

namespace gridloom {

struct ContourPoint {
  double x_mm = 0, y_mm = 0;  // lattice mm
  friend bool operator==(const ContourPoint&, const ContourPoint&) = default;
};

struct Contour {
  double level = 0;
  bool closed = false;  // the first point is not repeated
  std::vector<ContourPoint> points;
};

// The lines where linear interpolation between pixel centres reaches a level, larger values on the left as one goes.
// "Reached" means at least the level: a pixel at exactly the level is inside. Where the four corners of a square leave
// two readings (a saddle), the mean of the four decides. Lines end at the raster's outermost pixel centres and beside
// NaN. They neither cross nor touch each other but at points where a pixel is exactly at the level. In the order of the
// levels, then of the squares from the north-west. Levels must be finite. O(pixels * levels).
std::vector<Contour> contours(std::span<const double> values, const RasterGrid&, std::span<const double> levels);

}  // namespace gridloom
