// SPDX-License-Identifier: Apache-2.0
#include "tiles/pyramid/mercator.h"

#include <cmath>

#include "engine/base/errors.h"
#include "engine/io/crs.h"

namespace gridloom {

std::vector<Mercator> to_mercator(const Lattice& lattice, std::span<const Point> points) {
  std::vector<double> x, y;
  x.reserve(points.size());
  y.reserve(points.size());
  for (Point p : points) {
    const Projected m = lattice.metres(p);
    x.push_back(m.x);
    y.push_back(m.y);
  }
  if (!CrsTransform(lattice.crs, "EPSG:3857").transform(x, y))
    throw DataError("city_not_in_mercator", {{"crs", lattice.crs}});
  // A city at 180 degrees is one in Mercator, too: on both sides of the world's right edge.
  constexpr double kNear = 170.0 / 180;
  std::vector<double> at_x{lattice.origin_x}, at_y{lattice.origin_y};
  CrsTransform(lattice.crs, "EPSG:3857").transform(at_x, at_y);
  if (std::abs(at_x.front()) > kNear * kMercatorHalf && std::isfinite(at_x.front()))
    for (double& east : x)
      if (east < 0) east += 2 * kMercatorHalf;
  std::vector<Mercator> out;
  out.reserve(points.size());
  for (std::size_t i = 0; i < x.size(); ++i) out.push_back({x[i], y[i]});
  return out;
}

LonLat to_lon_lat(Mercator m) {
  constexpr double kDegrees = 180 / std::numbers::pi;
  const double radius = kMercatorHalf / std::numbers::pi;
  return {m.x / radius * kDegrees, std::atan(std::sinh(m.y / radius)) * kDegrees};
}

}  // namespace gridloom
