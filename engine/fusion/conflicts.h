// SPDX-License-Identifier: Apache-2.0
// Conflicts: every difference between what was delivered and what the city became, and every promise the plan could not
// keep.
#pragma once

#include <span>
#include <vector>

#include "engine/city/city.h"
#include "engine/fusion/align.h"
#include "engine/fusion/frame.h"
#include "engine/fusion/unify.h"

namespace gridloom {

// The faces before alignment and what became of them.
struct RawGround {
  const Arrangement& arrangement;
  const Frame& frame;
  std::span<const CoverTable> covers;  // per layer, as delivered
  const Alignment& aligned;
  const std::vector<double>& people;  // per raw face
  std::span<const Nesting> nestings;
};

// The dissolved ground of each set of faces, as Conflict::ground; sets may share faces. O(arcs log degree).
std::vector<std::vector<PolygonRings>> grounds_of(const Arrangement&, const std::vector<std::vector<FaceId>>& sets);

// One conflict per layer and story of cells before and after (and one per admin level and story), with its ground:
// delivered
// minus aligned area of every cell equals what these list. Overlaps and gaps that stay are listed, too; so is a cell
// all of whose ground another cell of its layer leads. Ground that a nesting moved or filled says how far its rim is
// from the delivered line, and whether the overlaps speak against the parent that was declared. Sorted by kind, level,
// layer, ids.
std::vector<Conflict> delivery_conflicts(const City&, const RawGround&);

// Split duties, and grids outside the band with the reason; special, locked and uninhabited grids need not be within
// it. `fixed` are the grids that regions refer to.
void add_plan_conflicts(City&, const Regions&, std::span<const std::uint32_t> region_of_grid,
                        std::span<const DrawnGrid> fixed);

}  // namespace gridloom
