// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "engine/geometry/point.h"

namespace gridloom {

// A ring as delivered: not closed (the last point does not repeat the first), any orientation.
struct Ring {
  std::vector<Point> points;
  bool hole = false;
};

// A polygon as files, pictures and questions take it: rings, the shell first.
using PolygonRings = std::vector<std::vector<Point>>;

// Doubled signed area in mm² that the ray from the lattice's origin sweeps along an open line; over the lines of a
// closed walk these add up to its doubled area.
Int128 doubled_sweep(std::span<const Point> line);

// Doubled signed area in mm², exact; positive when counter-clockwise. Open and closed point lists alike.
Int128 doubled_area(std::span<const Point> ring);

}  // namespace gridloom
