// SPDX-License-Identifier: Apache-2.0
// The JSON interface. All throw HttpError.
#pragma once

#include "server/api/service.h"
#include "server/http/http_message.h"
#include "server/words/url.h"

namespace gridloom {

Response health_route(const Request&, const Service&);
// 503 where incidents cannot be taken: the project was replaced, is damaged, or cannot be written to.
Response ready_route(const Request&, const Service&);
Response city_route(const Request&, const Service&);
Response locate_route(const Request&, const Target&, const Service&);

}  // namespace gridloom
