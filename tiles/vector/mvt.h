// SPDX-License-Identifier: Apache-2.0
// Mapbox Vector Tiles 2.1.
#pragma once

#include <string>

#include "tiles/drawing/atlas.h"
#include "tiles/pyramid/tile_id.h"

namespace gridloom {

// How far beyond its edge a tile's geometry reaches, in units of kTileExtent: eight pixels of a 256 pixel tile.
inline constexpr std::int64_t kTileBuffer = 128;

// One layer with the polygons of the theme's served ground that meet the tile, clipped to its buffer; a label whose
// ground has collapsed at this zoom comes as a point where it was, so that no id is lost. Feature ids are label + 1.
// Valid polygons, outer rings clockwise as seen on the map; neighbours share their edges vertex by vertex within and
// across tiles, but for what clipping cuts at the edge of the buffer. Uncompressed; empty when nothing meets the tile.
// Deterministic.
std::string encode_mvt(const Atlas&, const MapDefinition&, const Theme&, TileId);

}  // namespace gridloom
