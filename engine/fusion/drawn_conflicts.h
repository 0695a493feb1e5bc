// SPDX-License-Identifier: Apache-2.0
// What became of ground drawn beside the layers: special grids, today's grids, areas of allowed gaps.
#pragma once

#include <span>

#include "engine/city/city.h"
#include "engine/fusion/unify.h"

namespace gridloom {

// Adds to City::conflicts what was not kept whole of City::drawn: ground outside the frame, ground that several grids
// claim (of special grids and locked ones the first keeps it; today's others make way for a special one, which is no
// conflict), grids that others cover wholly or that have no ground in the frame, and special or locked grids that
// became several. Ground that rounding to the lattice can explain is none. Sorted by kind, ids. O(n log n) in the
// segments drawn and those of the city's outline.
void add_drawn_conflicts(City&, const Regions&, std::span<const std::uint32_t> region_of_grid, unsigned threads);

}  // namespace gridloom
