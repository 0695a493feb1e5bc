// SPDX-License-Identifier: Apache-2.0
// The polygons that a city is counted in.
#pragma once

#include "server/api/route.h"

namespace gridloom {

// Of one kind, each with its people: for clients that join counts to them.
Response cells_route(const Call&);

}  // namespace gridloom
