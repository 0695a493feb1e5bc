// SPDX-License-Identifier: Apache-2.0
// The report that a planning meeting reads: one page of HTML that needs no other file and no network.
#pragma once

#include <string>

#include "engine/fusion/city.h"
#include "tiles/tile_service.h"

namespace gridloom {

// Maps before and after, quality by layer and stage with its formulas, how far lines moved, how many departments draw
// each boundary, the conflicts that concern most people with a small map each, targets that were not met and why, what
// became of former grids, and the crosswalks to save. Every figure is one of the city's; nothing is recomputed but
// sums. O(n log n).
std::string report_page(const City&, Language);

}  // namespace gridloom
