// SPDX-License-Identifier: Apache-2.0
// Longitudes at 180 degrees: continuous while one computes, cut where GeoJSON is written (RFC 7946, 3.1.9).
#pragma once

#include <span>
#include <vector>

#include "engine/geometry/lattice.h"

namespace gridloom {

// No step of more than 180 degrees between one longitude and the next: what comes after a step is a turn further.
void unwrap_longitudes(std::span<double> lon);

// Closed rings of degrees, the shell first.
using DegreePolygon = std::vector<std::vector<LonLat>>;

// Parts that do not cross 180 degrees; the polygon itself where it does not.
std::vector<DegreePolygon> cut_at_antimeridian(DegreePolygon);
std::vector<std::vector<LonLat>> cut_at_antimeridian(std::vector<LonLat> line);

}  // namespace gridloom
