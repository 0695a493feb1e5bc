// SPDX-License-Identifier: Apache-2.0
// Tiles and TileJSON. All throw HttpError.
#pragma once

#include <optional>

#include "server/api/service.h"
#include "server/http/http_message.h"
#include "server/words/url.h"

namespace gridloom {

Response tile_route(const Request&, const Target&, const Service&);
std::optional<Response> cached_tile_route(const Request&, const Target&, const Service&);  // empty: not in the cache
// Of rasters, or of vector tiles where ?format=mvt: a client takes one document as the one or the other.
Response tile_json_route(const Request&, const Target&, const Service&);
// The heat tiles of the question in the query.
Response heat_json_route(const Request&, const Target&, const Service&);

}  // namespace gridloom
