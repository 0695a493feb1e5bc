// SPDX-License-Identifier: Apache-2.0
// Measures of what was delivered, counted again. Private to verify_city.
#pragma once

#include "engine/proof/verify_faults.h"
#include "engine/proof/verify_overlay.h"

namespace gridloom {

// Faults of kind "quality". From the conflicts, exactly: gap and overlap area as delivered, cells changed and lost.
// From the overlay, to kRounding_m along the lines of both layers: the contradiction of a nesting as delivered. And
// what must hold of the others: shares of a distance histogram add up to one, confidences are shares, thin faces are
// faces, of which there are at least as many as atoms.
std::vector<Fault> check_raw_quality(const City&, const DeliveredOverlay&, std::size_t limit);

}  // namespace gridloom
