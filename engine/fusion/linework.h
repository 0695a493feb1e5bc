// SPDX-License-Identifier: Apache-2.0
// Roads, rivers, rails and walls: they weigh boundaries, they are none by themselves.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/city/delivery.h"

namespace gridloom {

// Per arc the share of its length that runs along linework, in [0, 1]: within the set's accuracy of one of its lines
// and no more than 30 degrees from that line's direction, judged every 10 m. Of several sets the mean by weight. Empty
// where no set weighs anything. O(length + lines log lines).
std::vector<double> linework_share(const Arrangement&, std::span<const DeliveredLinework>, unsigned threads);

// What all sets weigh together, beside layers of weight 1 each.
double linework_weight(std::span<const DeliveredLinework>);

}  // namespace gridloom
