// SPDX-License-Identifier: Apache-2.0
// Where a name stands best in a polygon.
#pragma once

#include <vector>

#include "tiles/pyramid/patches.h"

namespace gridloom {

// The pole of inaccessibility: the point farthest from the boundary, and that distance, in EPSG:3857 metres.
struct Anchor {
  Mercator at;
  double radius = 0;  // 0: the label has no ground at this level
};

// Of each label the anchor of its roomiest patch, to within 3 % of its radius. By quadrant search over boxes with an
// upper bound (V. Agafonkin, "A new algorithm for finding a visual center of a polygon", 2016). Deterministic.
std::vector<Anchor> anchors(const ZoomLevel&, const Patches&, std::size_t label_count);

}  // namespace gridloom
