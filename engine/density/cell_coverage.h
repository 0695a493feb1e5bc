// SPDX-License-Identifier: Apache-2.0
// How much of each raster cell a polygon covers, and where: exact area and centroid, from the edges alone.
#pragma once

#include <span>
#include <vector>

#include "engine/density/edge_correction.h"

namespace gridloom {

struct CellCover {
  double area = 0;  // share of the cell, 0 .. 1
  double x = 0;     // centroid, in cells from the cell's west
  double y = 0;     // and from its north
};

// Row by row from the north. What lies outside the raster is ignored. O(cells + cells the edges touch).
std::vector<CellCover> cell_coverage(std::span<const LimitEdge>, const RasterGrid&);

}  // namespace gridloom
