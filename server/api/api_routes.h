// SPDX-License-Identifier: Apache-2.0
// The server itself, the city, and who has charge of a place in it.
#pragma once

#include "server/api/route.h"

namespace gridloom {

Response health_route(const Call&);
// 503 where incidents cannot be taken: the project was replaced, is damaged, or cannot be written to.
Response ready_route(const Call&);
Response metrics_route(const Call&);
Response city_route(const Call&);
Response locate_route(const Call&);
Response page_route(const Call&);  // the web application's files

}  // namespace gridloom
