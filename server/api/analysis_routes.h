// SPDX-License-Identifier: Apache-2.0
// Analyses over HTTP: the same questions and answers as `gridloom heatmap` and `gridloom hotspots`.
//
//   GET|POST /api/heatmap, /api/hotspots   parameters in the query, or in the body as a JSON object (POST); incidents
//                                          are chosen as in event_routes.h
//     format   heatmap: geojson (default), csv, gpkg, json, tif, png; hotspots: geojson (default), csv, gpkg, json
//     lang     en | zh: of pictures, names and errors
//     wait     seconds to wait for the answer, 0 to 30 (5): 200 with it, or 202 with the job
//   GET /api/jobs/{id}          state, stage, share, and the problem where it failed
//   GET /api/jobs/{id}/result   the answer; 409 while it is made, 410 where it was cancelled, else its problem
//   DELETE /api/jobs/{id}       cancels and forgets it
#pragma once

#include <functional>
#include <string_view>

#include "server/api/service.h"
#include "server/http/http_message.h"
#include "server/words/url.h"

namespace gridloom {

using Reply = std::function<void(Response)>;

bool is_analysis(std::string_view path);  // of the first two

// Replies once, on some thread; throws HttpError and replies never where the question has no meaning. A job sees the
// city and the incidents as they are now. To be called where the one who asked has left without a reply: cancels the
// job, which nobody can ask for.
using Left = std::function<void()>;
Left begin_analysis(const Request&, const Target&, const Service&, Reply);

bool is_job(std::string_view path);
Response job_route(const Request&, const Target&, const Service&);  // throws HttpError

}  // namespace gridloom
