// SPDX-License-Identifier: Apache-2.0
// Cutting polygons on the integer grid to a box.
#pragma once

#include <vector>

#include "engine/geometry/point.h"
#include "engine/geometry/ring.h"

namespace gridloom {

// The parts of a valid polygon inside the box: valid polygons on the same integer grid. Rings are closed (the first
// point is repeated at the end), the shell counter-clockwise with y to the north, holes clockwise. Where an edge
// crosses the box, the cut is rounded to the grid and the polygon noded there. Usually O(n log n).
std::vector<PolygonRings> clip(const PolygonRings&, const Box&);

}  // namespace gridloom
