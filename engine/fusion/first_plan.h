// SPDX-License-Identifier: Apache-2.0
// Plans to start the search of unify from, their parts numbered by their lowest vertex. Private to unify.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/fusion/unify.h"

namespace gridloom {

// Connected parts by greedy agglomeration towards the middle of the band: the smallest part that still wants ground
// takes the neighbour with the longest, least supported border. O(n log n) merges.
std::vector<std::uint32_t> agglomerated_plan(const AtomGraph&, HouseholdBand);

// Today's plan as connected parts: of each grid in `home` (kGap: none) the piece with most households; other pieces,
// and atoms without a home, join the part beside them with the longest soft border, those that touch none are parts.
std::vector<std::uint32_t> todays_plan(const AtomGraph&, std::span<const Label> home);

}  // namespace gridloom
