// SPDX-License-Identifier: Apache-2.0
// Exact predicates on lattice points. With |c| < 2^30 every value below fits the type it is computed in.
#pragma once

#include <optional>

#include "engine/geometry/point.h"

namespace gridloom {

// Cross product of two positions, < 2^61.
inline std::int64_t cross(Point a, Point b) {
  return static_cast<std::int64_t>(a.x) * b.y - static_cast<std::int64_t>(a.y) * b.x;
}

// > 0 when c lies to the left of a -> b, 0 when the three are collinear.
inline std::int64_t orientation(Point a, Point b, Point c) {
  const std::int64_t abx = static_cast<std::int64_t>(b.x) - a.x, aby = static_cast<std::int64_t>(b.y) - a.y;
  const std::int64_t acx = static_cast<std::int64_t>(c.x) - a.x, acy = static_cast<std::int64_t>(c.y) - a.y;
  return abx * acy - aby * acx;
}

inline int sign(std::int64_t v) { return (v > 0) - (v < 0); }

// A segment between two different points, a < b.
struct Segment {
  Point a;
  Point b;
  friend auto operator<=>(const Segment&, const Segment&) = default;
};

inline Segment segment_between(Point p, Point q) { return p < q ? Segment{p, q} : Segment{q, p}; }

inline Box box_of(const Segment& s) { return {{s.a.x, std::min(s.a.y, s.b.y)}, {s.b.x, std::max(s.a.y, s.b.y)}}; }

// The lattice point whose pixel [x - 1/2, x + 1/2) x [y - 1/2, y + 1/2) holds the point where the segments cross in
// their interiors; empty when they do not cross properly (disjoint, touching at an end, or collinear).
std::optional<Point> proper_crossing(const Segment& s, const Segment& t);

// Does the segment meet the half-open pixel around p? Exact; p may be an end of the segment.
bool meets_pixel(const Segment& s, Point p);

// Angle order of the directions origin -> a and origin -> b, counter-clockwise from the positive x axis:
// true when a comes strictly before b. Both differ from the origin.
bool angle_less(Point origin, Point a, Point b);

// Orders points by their projections on a -> b: the hot pixels a segment meets come without ties.
inline std::int64_t along(const Segment& s, Point p) {
  return (static_cast<std::int64_t>(p.x) - s.a.x) * (static_cast<std::int64_t>(s.b.x) - s.a.x) +
         (static_cast<std::int64_t>(p.y) - s.a.y) * (static_cast<std::int64_t>(s.b.y) - s.a.y);
}

// Is the point in the closed triangle, of whatever orientation, flat ones included?
inline bool in_triangle(Point p, Point a, Point b, Point c) {
  const int u = sign(orientation(a, b, p)), v = sign(orientation(b, c, p)), w = sign(orientation(c, a, p));
  if (u == 0 && v == 0 && w == 0) {
    const Point corners[] = {a, b, c};
    return box_of(corners).intersects({p, p});
  }
  return (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0);
}

// Is the point on the closed segment?
inline bool on_segment(const Segment& s, Point p) {
  const Box box = box_of(s);
  return box.intersects({p, p}) && orientation(s.a, s.b, p) == 0;
}

// Compares the heights at which two segments, neither vertical, pass over x: -1, 0, 1. Both must span x.
int compare_heights(const Segment& s, const Segment& t, std::int32_t x);

}  // namespace gridloom
