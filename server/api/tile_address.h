// SPDX-License-Identifier: Apache-2.0
// From a tile URL to typed, checked parameters.
#pragma once

#include <string_view>

#include "server/words/url.h"
#include "tiles/cache/tile_cache.h"
#include "tiles/service/tile_service.h"

namespace gridloom {

// The parameters of /tiles/{map}/WebMercatorQuad/{z}/{x}/{y}[@2x].{png|mvt}?layer=&lang=. `epoch` stays 0, and a layer
// given to a map that needs none is dropped, so that one picture has one key. Throws HttpError: 400 malformed (a number
// that is none, an unknown format or language, a missing layer, @2x of a vector tile), 404 not there (unknown map,
// layer or tile matrix set; a tile outside the matrix or the zooms served).
TileKey parse_tile(const Target&, const TileService&);

// z, x, y, scale and raster of /tiles/heat/{WebMercatorQuad|WorldCRS84Quad}/{z}/{x}/{y}[@2x].png; throws HttpError
// likewise.
TileKey parse_heat_tile(const Target&, const TileService&);

// ?radius= of a heat tile, metres on the ground: 500 unless told otherwise. Throws HttpError 400.
double parse_heat_radius(const Target&);

// The map, layer and language of /tiles/{map}.json?layer=&lang=&format=; throws HttpError likewise.
struct TileSetAddress {
  MapRequest map;
  TileFormat format = TileFormat::png;
};
TileSetAddress parse_tile_set(const Target&, const TileService&);

// ?lang= of any of them: English unless told otherwise. Throws HttpError 400.
Language parse_language(const Target&);

}  // namespace gridloom
