// SPDX-License-Identifier: Apache-2.0
// Incidents over HTTP, as they are asked for; append_route.h takes new ones. All throw HttpError.
#pragma once

#include <optional>

#include "server/api/service.h"
#include "server/http/http_message.h"
#include "server/words/url.h"

namespace gridloom {

// All that follow may be asked of some incidents only: ?from=&to=&hours=&weekdays=&category=&subcategory=&agency=
// &severity=&area= (event_question).
//
// GET /api/incidents: how many there are and how many are `selected` by the question, the epoch, first and last time,
// the words of each column, the heat scale.
Response incidents_route(const Request&, const Target&, const Service&);
// GET /api/incidents/epoch: {epoch, incidents}, at once and small, for pages that ask again and again whether anything
// came: another epoch, other answers and tiles.
Response epoch_route(const Request&, const Service&);
// GET /api/incidents/counts?by=grid,month,category[&format=json]: CSV, or the same table as an array of objects.
Response counts_route(const Request&, const Target&, const Service&);

// GET /tiles/heat/{WebMercatorQuad|WorldCRS84Quad}/{z}/{x}/{y}[@2x].png?radius=: metres on the ground
Response heat_tile_route(const Request&, const Target&, const Service&);
std::optional<Response> cached_heat_tile_route(const Request&, const Target&, const Service&);

}  // namespace gridloom
