// SPDX-License-Identifier: Apache-2.0
// From the parameters of a tile to what it is kept by.
#pragma once

#include "server/words/parameters.h"
#include "tiles/cache/tile_cache.h"
#include "tiles/service/tile_service.h"

namespace gridloom {

// The map, set, z, x, y ("12.png", "12@2x.png", "12.mvt"), layer and lang of a tile. `epoch` stays 0, and a layer given
// to a map that needs none is dropped, so that one picture has one key. Throws WrongParameter and HttpError: 400
// malformed (a number that is none, an unknown format or language, a missing layer, @2x of a vector tile), 404 not
// there (unknown map, layer or tile matrix set; a tile outside the matrix or the zooms served).
TileKey parse_tile(const Parameters&, const TileService&);

// The set (WebMercatorQuad or WorldCRS84Quad), z, x, y of a heat tile; throws likewise.
TileKey parse_heat_tile(const Parameters&, const TileService&);

// The radius of a heat tile, metres on the ground: 500 unless told otherwise. Throws WrongParameter.
double parse_heat_radius(const Parameters&);

// The map, layer, lang and format of a tile set; throws likewise.
struct TileSetAddress {
  MapRequest map;
  TileFormat format = TileFormat::png;
};
TileSetAddress parse_tile_set(const Parameters&, const TileService&);

}  // namespace gridloom
