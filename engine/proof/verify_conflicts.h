// SPDX-License-Identifier: Apache-2.0
// The listed conflicts against what was delivered and what the city became. Private to verify_city.
#pragma once

#include "engine/proof/verify_faults.h"
#include "engine/proof/verify_overlay.h"

namespace gridloom {

// Faults of kind "conflicts". Every row is as large as its ground. Of a layer that was not moved, the rows lie exactly
// where its delivered cells differ from its aligned ones, overlap or leave ground empty, kind and ids included, to
// kRounding_m: so delivered minus aligned area of every cell is what the rows list. Their people are no fewer than
// those of the atoms wholly inside and no more than those of the atoms they touch. Cells that lead nowhere, split
// duties and grids outside the band are listed once each, with the numbers of their grids.
std::vector<Fault> check_conflicts(const City&, const DeliveredOverlay&, std::size_t limit);

}  // namespace gridloom
