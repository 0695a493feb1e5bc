// SPDX-License-Identifier: Apache-2.0
// The polygons of a tile layer at one zoom, as arc references with an index over their boxes.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/geometry/box_index.h"
#include "tiles/pyramid/zoom_level.h"

namespace gridloom {

// One edge-connected piece of a label's ground, in units of its level.
struct Patch {
  Label label = kGap;
  Box box;
  ArcPolygon polygon;
};

struct Patches {
  std::vector<Patch> all;        // by label, then by lowest arc
  BoxIndex index;                // over the patches' boxes
  std::vector<Label> collapsed;  // labels with ground in the city and none at this zoom, ascending

  // Indices of the patches whose boxes meet the query, ascending.
  std::vector<std::uint32_t> meeting(const Box&) const;
};

Patches make_patches(const ZoomLevel&, const Labeling& of_city, std::size_t label_count);

}  // namespace gridloom
