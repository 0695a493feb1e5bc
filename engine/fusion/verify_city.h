// SPDX-License-Identifier: Apache-2.0
// Proof of a whole city, and its canonical digest.
#pragma once

#include <string>
#include <vector>

#include "engine/arrangement/verify.h"
#include "engine/fusion/city.h"

namespace gridloom {

// The arrangement's proof, and: every admin level, the grid labeling and the layers are total (id, gap or overlap),
// every grid is one edge-connected piece inside one unit of the lowest level, arc support agrees with the labels, units
// nest, grid areas and populations are the sums of their atoms, crosswalk sums equal the aligned layers to 1e-9, and an
// independent count gives the same measures of quality, grids, responsibilities and zones.
std::vector<Fault> verify(const City&, std::size_t limit = 100);

// Canonical digest (32 hex digits) of geometry (as seen from the lower left corner of the city's box), labelings, codes
// and derived tables. Independent of arc and face numbering, of arc direction, of threads and of input order; without
// timestamps.
std::string digest(const City&);

}  // namespace gridloom
