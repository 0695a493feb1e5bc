// SPDX-License-Identifier: Apache-2.0
// The lattice: 1 mm integer coordinates around a whole-metre origin in the city's projected working CRS.
#pragma once

#include <string>

#include "engine/geometry/point.h"

namespace gridloom {

// A position in the working CRS, in metres: x is the easting, y the northing, whatever the EPSG axis order.
struct Projected {
  double x = 0;
  double y = 0;
  friend bool operator==(const Projected&, const Projected&) = default;
};

// Longitude and latitude in degrees; WGS 84 unless the name says otherwise.
struct LonLat {
  double lon = 0;
  double lat = 0;
  friend bool operator==(const LonLat&, const LonLat&) = default;
};

struct Lattice {
  static constexpr double kPerMetre = 1000.0;
  std::string crs;      // "EPSG:32618": projected, in metres
  double origin_x = 0;  // whole metres
  double origin_y = 0;

  // Nearest lattice point, halves away from zero. Throws std::out_of_range beyond ±1 073 km of the origin
  // and for coordinates that are not finite.
  Point round(Projected p) const;
  Projected metres(Point p) const { return {origin_x + p.x / kPerMetre, origin_y + p.y / kPerMetre}; }
  friend bool operator==(const Lattice&, const Lattice&) = default;
};

// Doubled area in mm² to area in m².
inline double square_metres(Int128 doubled_mm2) { return static_cast<double>(doubled_mm2) / 2e6; }

}  // namespace gridloom
