// SPDX-License-Identifier: Apache-2.0
// Ground that may belong to nobody.
#pragma once

#include <vector>

#include "engine/fusion/cover.h"
#include "engine/fusion/frame.h"

namespace gridloom {

// Per face, whether it lies in a gap of the layer that is lawful: all of the layer's gaps, or with `areas` those pieces
// of which at least half lies in one of these. Such ground stays as delivered. O(faces + arcs).
std::vector<char> lawful_gaps(const Arrangement&, const Frame&, const CoverTable&, const Labeling* areas);

}  // namespace gridloom
