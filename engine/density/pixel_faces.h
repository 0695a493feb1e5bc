// SPDX-License-Identifier: Apache-2.0
// Which face of an arrangement each pixel centre of a raster lies in.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "engine/arrangement/arrangement.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom {

// Calls visit(row, faces of its pixels from the west) for every row from the north; the span is valid during the call.
// A centre on a boundary belongs to the face east of it, on a boundary that runs east and west to the one south of it,
// on a node to the one east of it.
// O(pixels + points + crossings of rows and arcs).
void for_pixel_faces(const Arrangement&, const RasterGrid&,
                     const std::function<void(std::uint32_t row, std::span<const FaceId>)>& visit);

}  // namespace gridloom
