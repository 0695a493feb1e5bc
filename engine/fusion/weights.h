// SPDX-License-Identifier: Apache-2.0
// Areal weighting: people of census areas laid over the faces of an arrangement.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/fusion/delivery.h"

namespace gridloom {

// People per face. Each area's people are spread evenly over its ground on the faces with included[f]; the total of the
// areas that count is kept to rounding. An area with less than a twentieth of its ground there belongs to a
// neighbouring city: its people are left out, and a finding says so. Where areas overlap each counts. O(n log n).
std::vector<double> areal_weights(const Arrangement&, const std::vector<bool>& included, const DeliveredPopulation&,
                                  unsigned threads, std::vector<Finding>&);

}  // namespace gridloom
