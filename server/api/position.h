// SPDX-License-Identifier: Apache-2.0
// Where a client says something is: any coordinate system to the city's lattice and to WGS 84.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "engine/geometry/lattice.h"

namespace gridloom {

struct Place {
  std::optional<Point> at;  // on the city's lattice; empty where the lattice does not reach
  LonLat lonlat;            // WGS 84
};

// Safe to use from any number of threads.
class Positions {
 public:
  explicit Positions(const Lattice& working);
  ~Positions();

  // `crs` is wgs84, cgcs2000, gcj02 or bd09 (x = longitude, y = latitude, degrees) or epsg:N (x = easting or longitude, y =
  // northing or latitude, whatever the official axis order), in any case of letters. Throws DataError for an unknown
  // CRS, for degrees that are none, and for coordinates that the projection cannot take.
  Place place(std::string_view crs, double x, double y) const;

  // Throws DataError unless places can be given in this CRS.
  void require(std::string_view crs) const;

 private:
  struct Transforms;
  std::unique_ptr<Transforms> transforms_;
};

}  // namespace gridloom
