// SPDX-License-Identifier: Apache-2.0
// Which points lie in an area of rings. Exact in integers; even-odd; points on a ring's line are inside.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/geometry/ring.h"

namespace gridloom {

// Rings on the lattice, closed or not.

// One point, O(vertices).
bool in_area(Point, const PolygonRings&);

// The same for many points: edges by bands of y, so that a point is asked about the few edges beside it. A rectangle
// whose sides are drawn with many vertices costs what its two sides do. Built in O(vertices + edges of all bands); no
// ring: nothing lies inside.
class AreaIndex {
 public:
  AreaIndex() = default;
  explicit AreaIndex(const PolygonRings&);
  bool contains(Point) const;

 private:
  struct Edge {
    Point a, b;
  };
  std::size_t band_of(std::int32_t y) const {
    return static_cast<std::size_t>((std::int64_t{y} - box_.min.y) / height_);
  }

  Box box_;
  std::int64_t height_ = 1;           // of a band
  std::vector<std::uint32_t> start_;  // of each band's edges, and the end
  std::vector<Edge> edges_;
};

}  // namespace gridloom
