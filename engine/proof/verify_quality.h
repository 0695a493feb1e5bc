// SPDX-License-Identifier: Apache-2.0
// The stored measures against an independent recomputation. Private to verify_city.
#pragma once

#include <vector>

#include "engine/arrangement/verify.h"
#include "engine/city/city.h"

namespace gridloom {

// Recomputes, from arcs and labels alone, what the city says of itself after alignment: every row of `quality` whose
// stage is `aligned` or `unified` and that follows from the city (those that need the delivered lines do not), the
// measures of grids, responsibilities and zones. Faults of kind "quality" name stage, layer, metric and both numbers.
// The city's references must be good. O(atoms x layers).
std::vector<Fault> check_quality(const City&, std::size_t limit);

}  // namespace gridloom
