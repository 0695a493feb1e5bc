// SPDX-License-Identifier: Apache-2.0
// Which projected CRS suits a city that has none.
#pragma once

#include <string>

#include "engine/geometry/lattice.h"

namespace gridloom {

// Metres, within 0.1 % of the ground: in China the 3-degree Gauss-Krüger zone of CGCS 2000 without zone prefix
// (EPSG:4534 to 4554), elsewhere the UTM zone, on NAD 83 (EPSG:26901 to 26923) where the data are, else on WGS 84. ""
// where there is none, near the poles.
std::string zone_around(LonLat wgs84, bool nad83 = false);

}  // namespace gridloom
