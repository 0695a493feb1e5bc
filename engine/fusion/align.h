// SPDX-License-Identifier: Apache-2.0
// Align: boundaries that are meant to be the same become the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/fusion/frame.h"

namespace gridloom {

// What a layer's cells cover a face with: the leading cell and the further ones, ascending; empty for a gap.
using CoverState = std::vector<Label>;

// A layer's labels as one small number per face.
struct CoverTable {
  std::vector<CoverState> states;  // states[0] is the gap
  std::vector<std::uint32_t> of_face;
};

CoverTable cover_table(const Labeling&);

struct AlignLayer {
  int rank = 0;
  double accuracy_m = 0;
  bool locked = false;
  std::size_t cells = 0;
};

struct Alignment {
  std::vector<std::uint32_t> group_of_face;  // 0 outside the frame; edge-connected groups 1..
  std::uint32_t group_count = 1;
  std::vector<std::vector<std::uint32_t>> state_of_group;  // [layer][group]
};

// Dissolves faces thinner than `min_width_m` (2A/P) into a neighbour of the same administrative unit, thinnest first.
// The neighbour is the one whose labels cost least: the rank weight of every layer that changes (less for filling a gap
// or settling an overlap), minus the share of the rim that is shared. A layer changes only if it is not locked, if one
// cell of it covers the neighbour (no gap and no overlap ever grows), if its boundary comes to lie within its accuracy
// of where it was delivered, if what vanishes of it was as near to the rest of the face's rim (a face with no other
// rim: if the face is that thin itself), and if every cell keeps nine tenths of its delivered ground. Vertices never
// move; hard arcs never vanish. O(n log n) merges; each measures distances around one face.
Alignment align(const Arrangement&, const Frame&, std::span<const CoverTable>, std::span<const AlignLayer>,
                const AlignOptions&);

}  // namespace gridloom
