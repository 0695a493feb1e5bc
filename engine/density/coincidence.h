// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "engine/geometry/point.h"

namespace gridloom {

// Points that share their exact place: incidents geocoded to one address, station or street centroid pile up there and
// look like a spike; selectors of bandwidth by likelihood collapse on them.
struct Coincidence {
  std::size_t points = 0;
  std::size_t coincident = 0;  // points that share their millimetre with another one
  std::size_t places = 0;      // distinct places
  std::size_t most = 0;        // points at the fullest place
  Point fullest;               // the lowest such place by x, then y; (0, 0) without points
  double share() const { return points > 0 ? static_cast<double>(coincident) / static_cast<double>(points) : 0; }
};

Coincidence coincidence(std::span<const Point>);  // O(n log n)

}  // namespace gridloom
