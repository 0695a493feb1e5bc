// SPDX-License-Identifier: Apache-2.0
// Incidents over HTTP, as they are asked for; append_route.h takes new ones.
#pragma once

#include "server/api/route.h"

namespace gridloom {

Response incidents_route(const Call&);
// At once and small, for pages that ask again and again whether anything came: another epoch, other answers and tiles.
Response epoch_route(const Call&);
Response counts_route(const Call&);

}  // namespace gridloom
