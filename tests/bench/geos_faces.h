// SPDX-License-Identifier: Apache-2.0
// The peer: faces by GEOS's SnapRoundingNoder and Polygonizer on the same lattice.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/geometry/point.h"

namespace gridloom::bench {

struct GeosFaces {
  double noding_seconds = 0;
  double faces_seconds = 0;
  std::size_t faces = 0;
};

// Lines are noded as they are given: rings for the raw stack, single segments for the distinct ones. Identical noded
// segments are dropped before polygonizing, which needs that; the time for it counts to the faces.
GeosFaces geos_faces(const std::vector<std::vector<Point>>& lines);

}  // namespace gridloom::bench
