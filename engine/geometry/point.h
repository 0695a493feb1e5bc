// SPDX-License-Identifier: Apache-2.0
// Lattice points: the exact integer coordinates of everything inside an arrangement.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace gridloom {

__extension__ typedef __int128 Int128;

// A point of the 1 mm lattice, relative to the lattice's origin (see lattice.h).
// |x|, |y| < 2^30, so that a difference fits 31 bits and a cross product of differences 64.
struct Point {
  std::int32_t x = 0;
  std::int32_t y = 0;
  friend auto operator<=>(const Point&, const Point&) = default;
};

inline constexpr std::int32_t kCoordinateLimit = 1 << 30;

// A closed axis-parallel box; empty while min > max.
struct Box {
  Point min{INT32_MAX, INT32_MAX};
  Point max{INT32_MIN, INT32_MIN};

  void extend(Point p) {
    min = {std::min(min.x, p.x), std::min(min.y, p.y)};
    max = {std::max(max.x, p.x), std::max(max.y, p.y)};
  }
  void extend(const Box& b) {
    extend(b.min);
    extend(b.max);
  }
  bool empty() const { return min.x > max.x; }
  bool intersects(const Box& b) const {
    return min.x <= b.max.x && b.min.x <= max.x && min.y <= b.max.y && b.min.y <= max.y;
  }
  friend bool operator==(const Box&, const Box&) = default;
};

inline Box box_of(std::span<const Point> points) {
  Box box;
  for (Point p : points) box.extend(p);
  return box;
}

}  // namespace gridloom
