// SPDX-License-Identifier: Apache-2.0
// What became of the ground drawn beside the layers. Private to verify_city.
#pragma once

#include "engine/proof/verify_faults.h"
#include "engine/proof/verify_overlay.h"

namespace gridloom {

// Faults of kind "conflicts". The rows lie exactly, to kRounding_m, where areas of City::drawn leave the frame or claim
// ground together; grids that others cover wholly, areas without ground in the frame, and grids drawn to stay that
// became several are listed once each, with the numbers of their grids.
std::vector<Fault> check_drawn(const City&, const DeliveredOverlay&, std::size_t limit);

}  // namespace gridloom
