// SPDX-License-Identifier: Apache-2.0
// Align: boundaries that are meant to be the same become the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/fusion/cover.h"
#include "engine/fusion/frame.h"
#include "engine/fusion/nesting.h"

namespace gridloom {

struct Alignment {
  std::vector<std::uint32_t> group_of_face;  // 0 outside the frame; edge-connected groups 1..
  std::uint32_t group_count = 1;
  std::vector<std::vector<std::uint32_t>> state_of_group;  // [layer][group]
  std::vector<std::vector<std::uint32_t>> nested;          // [layer][face] state once the nestings held
};

// Enforces the nestings (nesting.h), then decides the layers' lines one layer after the other, the best first: locked
// ones, then by accuracy, then by rank. Whenever one is decided, every layer still open gives way to all that is: faces
// between a decided line and its own that are thinner than `min_width_m` (2A/P), or are so where other lines cut them,
// take the label of a neighbour of the same administrative unit, thinnest first. Each layer gives way by itself, then
// those that nest in one another together. The neighbour is the one whose labels cost least (less for filling a gap or
// settling an overlap), minus the share of the rim that is shared. So where a layer's lines end up depends on better
// layers alone, and what it gave up it never takes back: raising its rank never lowers the length of line that stays
// where it was drawn. A layer changes only if
//   - it is not locked, and the face is no lawful gap of it,
//   - its ground without a cell, and that with several, is no larger in all than it was delivered,
//   - its boundary comes to lie within its accuracy of where it was delivered or a nesting drew it, and on what is
//     decided or a more accurate layer drew, but for the ends of a strip; lines within a centimetre are the same,
//   - what vanishes of it was as near to the rest of the face's rim (a face with no other rim: if the face is that thin
//     itself; a gap's rim may vanish anywhere),
//   - every cell keeps nine tenths of its ground, half of it in a layer that nests in another. Cells that others of
//     their layer cover keep nothing of it.
// No face takes labels that contradict more nestings than its own, save ground under 1 m2 and undeclared nestings.
// Vertices never move; hard arcs never vanish. Adds the states it needs to `covers`. O(layers² · faces + n log n)
// merges; each measures distances around one face.
Alignment align(const Arrangement&, const Frame&, std::span<CoverTable> covers, std::span<const AlignLayer>,
                std::span<const Nesting>, const AlignOptions&);

}  // namespace gridloom
