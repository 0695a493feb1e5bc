// SPDX-License-Identifier: Apache-2.0
// The time zone that a city probably has. Private to engine/io.
#pragma once

#include <string>

#include "engine/geometry/lattice.h"

namespace gridloom {

// In China Asia/Shanghai; elsewhere that of the nearest of the towns for which the IANA database names zones
// (zone1970.tab): right but near the limits of zones. Empty where the system has no such table.
std::string likely_time_zone(LonLat wgs84);

}  // namespace gridloom
