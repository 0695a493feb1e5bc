// SPDX-License-Identifier: Apache-2.0
// Web Mercator (EPSG:3857), the CRS of all tiles.
#pragma once

#include <numbers>
#include <span>
#include <vector>

#include "engine/geometry/lattice.h"

namespace gridloom {

// EPSG:3857 in metres, y to the north.
struct Mercator {
  double x = 0;
  double y = 0;
  friend bool operator==(const Mercator&, const Mercator&) = default;
};

// Half the side of the world square: the WGS 84 equatorial radius times pi (EPSG method 1024).
inline constexpr double kMercatorHalf = 6378137.0 * std::numbers::pi;

// Points of the lattice in EPSG:3857, in one go. Throws DataError when the lattice's CRS is unknown or a point
// cannot be projected.
// Of a city within ten degrees of the antimeridian, what is west of it lies beyond kMercatorHalf, so that the city is in
// one piece.
std::vector<Mercator> to_mercator(const Lattice&, std::span<const Point>);

LonLat to_lon_lat(Mercator);

}  // namespace gridloom
