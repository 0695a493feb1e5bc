// SPDX-License-Identifier: Apache-2.0
// Contiguity of polygons as they are drawn.
#pragma once

#include <optional>
#include <span>

#include "engine/geometry/ring.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom {

// Where polygons are a coverage that is drawn with common vertices, as grids, zones and aligned layers are: no two
// lines cross or touch but at vertices of both, no ground is covered twice, and what is drawn once is near nothing
// else. Rook neighbours share a segment, queen neighbours a vertex, and the answer is that of the arrangement which the
// polygons came from; noding them anew would move lines that pass within half a millimetre of a corner. Empty for other
// polygons: they have to be noded (build, contiguity). O(n log n) for n segments.
std::optional<SpatialWeights> contiguity_as_drawn(std::span<const std::span<const Ring>> cells, Contiguity);

}  // namespace gridloom
