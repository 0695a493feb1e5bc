// SPDX-License-Identifier: Apache-2.0
// What every plan must at least cut. Private to districting.
#pragma once

#include "engine/districting/district_search.h"

namespace gridloom {

// Lower bound on the cut of every plan whose parts weigh at most `limits.max`, for graphs of any size. A part P that
// holds vertex v cuts at least d_v, the greatest over a >= 0 of (least over P of cut(P) + a weight(P)) - a max: a
// Lagrangian bound of one minimum cut each. Each part has its cut shared out to its vertices by weight, so all plans
// cut at least half the sum of weight(v) d_v / max. O(vertices) maximum flows; graphs beyond 2 000 vertices get 0.
std::int64_t bound_by_flows(const DistrictGraph&, const DistrictAdjacency&, WeightLimits);

}  // namespace gridloom
