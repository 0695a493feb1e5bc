// SPDX-License-Identifier: Apache-2.0
// Counts displacements again from what a city stores; shares no code with displacement.cpp but the distance to a
// segment.
#pragma once

#include <vector>

#include "engine/city/city.h"
#include "engine/city/moved_lines.h"

namespace gridloom {

// Per layer, by the definition at `Displacement`. O(n) buckets of segments, then the neighbourhood of every place.
std::vector<Displacement> displacements_again(const City&);

}  // namespace gridloom
