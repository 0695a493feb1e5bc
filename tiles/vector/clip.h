// SPDX-License-Identifier: Apache-2.0
// Cutting polygons on the integer grid to a box.
#pragma once

#include <vector>

#include "engine/geometry/point.h"

namespace gridloom {

// Closed rings (the first point is repeated at the end), the shell first, counter-clockwise with y to the north; holes
// clockwise.
using PointPolygon = std::vector<std::vector<Point>>;

// The parts of a valid polygon inside the box: valid polygons on the same integer grid. Where an edge crosses the box,
// the cut is rounded to the grid and the polygon noded there. Usually O(n log n).
std::vector<PointPolygon> clip(const PointPolygon&, const Box&);

}  // namespace gridloom
