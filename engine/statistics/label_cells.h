// SPDX-License-Identifier: Apache-2.0
// The cells of a labeling as statistics need them: centroid, area and outline.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/geometry/ring.h"

namespace gridloom {

// Index: cell.
struct LabelCells {
  std::vector<Point> centre;  // centroid of the cell's ground, to the millimetre; (0, 0) without ground
  std::vector<double> area_km2;
  std::vector<std::vector<PolygonRings>> ground;
};

// By leading labels, 0 .. cells - 1. O(arcs log degree).
LabelCells label_cells(const Arrangement&, std::span<const Label> of_face, std::size_t cells);

}  // namespace gridloom
