// SPDX-License-Identifier: Apache-2.0
// From a request to a response. No sockets here.
//
//   GET /healthz /readyz /metrics
//   GET /api/city
//   GET|POST /api/heatmap, /api/hotspots; GET|DELETE /api/jobs/{id}; GET /api/jobs/{id}/result    see
//   analysis_routes.h GET /api/incidents; GET /api/incidents/counts; GET /tiles/heat/...     see
//   event_routes.h POST /api/incidents     see append_route.h GET /api/locate?lon=&lat=[&crs=wgs84|gcj02|bd09|epsg:N]
//   degrees; with epsg:N lon is the easting, lat the northing GET /tiles/{map}.json?layer=&lang=en|zh&format=png|mvt
//   TileJSON 3.0.0 GET /tiles/{map}/WebMercatorQuad/{z}/{x}/{y}[@2x].png?layer=&lang=      and .mvt GET /... the web
//   application
//
// HEAD is answered as GET without the body, OPTIONS with what is allowed; errors are RFC 9457 problems. Every answer
// may be read by pages of any origin: nothing here depends on who asks.
#pragma once

#include <functional>
#include <optional>

#include "server/api/analysis_routes.h"
#include "server/api/service.h"
#include "server/http/http_message.h"

namespace gridloom {

// Never throws: what goes wrong inside is a 500 and told to Service::on_error. May take as long as a tile takes to
// draw.
Response handle(const Request&, const Service&);

// What begins an answer that is made elsewhere, on threads of its own; empty for all requests but analyses and appends.
// It replies once, on some thread, and neither throws nor waits; what it returns, if anything, is told when the one who
// asked has left.
std::optional<std::function<Left(Reply)>> handle_later(const Request&, const Service&);

// The answer if it needs no drawing and no waiting: all but tiles that are not in the cache, and what asks all
// incidents. Never throws.
std::optional<Response> handle_at_once(const Request&, const Service&);

}  // namespace gridloom
