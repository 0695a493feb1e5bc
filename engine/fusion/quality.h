// SPDX-License-Identifier: Apache-2.0
// Quality measures of a fused city.
#pragma once

#include <vector>

#include "engine/city/city.h"
#include "engine/fusion/conflicts.h"
#include "engine/fusion/fuse.h"
#include "engine/fusion/unify.h"

namespace gridloom {

// Share of the people of those grids that the band speaks of (neither special, locked nor uninhabited) who live in one
// within the band; 1 where there are none.
double people_in_band(const City&);

// Rows for the `quality` table: faces and thin faces raw and aligned; per layer gap and overlap area raw and aligned,
// cells that lost or won more than a twentieth of their ground, cells that lost all of it (others of their layer cover
// it), how far its lines moved, how far from more trusted ones they were drawn (displacement.h), purity and inverse
// purity by people (P_l = sum over grids of the largest share; Q_l the other way round), mean splits (cells with at
// least 5 % of a grid); per nesting its confidence and the share of the frame that contradicts it, raw and aligned; of
// the grids count, share in band, mean compactness, the plan's soft cut with its lower bound (in all). Also fills the
// raw and thin counts of the statistics.
std::vector<QualityRow> quality(const City&, const RawGround&, std::span<const AlignLayer>, unsigned threads,
                                FuseStatistics&);

}  // namespace gridloom
