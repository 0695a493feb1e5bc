// SPDX-License-Identifier: Apache-2.0
// From a stack of polygon layers to one arrangement with a labeling per layer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"
#include "engine/geometry/ring.h"

namespace gridloom {

// The rings of each cell of a layer. A cell's ground is where its winding number is not zero, shells counted
// counter-clockwise and holes clockwise, whatever their orientation in the input: a bow-tie keeps both lobes, a ring
// that overlaps itself keeps the overlap, a spike vanishes.
struct StackLayer {
  std::vector<std::span<const Ring>> cells;
};

// Ground on which a cell's rings wind other than once: self-intersecting, repeated or wrongly nested rings.
struct OddWinding {
  std::uint32_t layer = 0;
  Label cell = kGap;
  FaceId face = 0;
  std::int32_t winding = 0;
};

struct Subdivision {
  Arrangement arrangement;
  std::vector<Labeling> labelings;       // parallel to the stack
  std::vector<OddWinding> odd_windings;  // sorted by layer, cell, face
  std::size_t raw_segments = 0;
  std::size_t distinct_segments = 0;
};

// Drops shared segments, nodes by snap rounding, walks the faces, labels them by crossing arcs. Labels come from
// winding numbers carried across arcs, never from point-in-polygon tests. Node, arc and face numbers depend on the
// geometry alone, not on threads nor on the order of layers, cells or rings. O(n log n + k log k) for n segments with k
// crossings.
Subdivision build(const Lattice&, std::span<const StackLayer>, unsigned threads);

}  // namespace gridloom
