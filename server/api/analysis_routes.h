// SPDX-License-Identifier: Apache-2.0
// Analyses over HTTP: the same questions and answers as `gridloom heatmap` and `gridloom hotspots`, each made by a job.
#pragma once

#include "server/api/route.h"

namespace gridloom {

// Refuse at once what has no meaning. A job sees the city and the incidents as they are now; when the one who asked
// leaves without a reply it is cancelled, for nobody can ask for it.
Answering heatmap_route(const CallPtr&);
Answering hotspots_route(const CallPtr&);

Response job_route(const Call&);
Response job_result_route(const Call&);  // may be large, and is packed for the one who asks
Response cancel_job_route(const Call&);

}  // namespace gridloom
