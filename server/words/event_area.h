// SPDX-License-Identifier: Apache-2.0
// An area that events are asked for in, as people write it.
#pragma once

#include <string>

#include "engine/city/city.h"
#include "engine/events/event_filter.h"

namespace gridloom {

// Sets `area` or `faces` of the filter from one of
//   "west,south,east,north"   degrees in WGS 84; its edges are followed along parallels and meridians
//   "grid:370202001001"       the ground of a unified grid
//   "police:P1"               of a cell of a department's layer, its overlaps included
//   "community:370202001"     of a unit of an administrative level
// Events on the ground of a grid, cell or unit are those that counts give to it. Throws DataError saying what there is.
// O(faces).
void set_area(const std::string& text, const City&, EventFilter&);

}  // namespace gridloom
