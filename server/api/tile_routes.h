// SPDX-License-Identifier: Apache-2.0
// Tiles and TileJSON.
#pragma once

#include "server/api/route.h"

namespace gridloom {

Answering tile_route(const CallPtr&);
Answering heat_tile_route(const CallPtr&);
// Of rasters, or of vector tiles where ?format=mvt: a client takes one document as the one or the other.
Response tile_json_route(const Call&);
// The heat tiles of the question in the query.
Response heat_json_route(const Call&);

}  // namespace gridloom
