// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

std::int64_t dx(const Segment& s) { return static_cast<std::int64_t>(s.b.x) - s.a.x; }
std::int64_t dy(const Segment& s) { return static_cast<std::int64_t>(s.b.y) - s.a.y; }

// floor(n / d + 1/2) for d > 0.
std::int64_t round_half_up(Int128 n, Int128 d) {
  const Int128 twice = 2 * n + d;
  const Int128 q = twice / (2 * d);
  return static_cast<std::int64_t>(twice % (2 * d) < 0 ? q - 1 : q);
}

}  // namespace

std::optional<Point> proper_crossing(const Segment& s, const Segment& t) {
  const int a = sign(orientation(s.a, s.b, t.a)), b = sign(orientation(s.a, s.b, t.b));
  if (a * b >= 0) return std::nullopt;
  const int c = sign(orientation(t.a, t.b, s.a)), d = sign(orientation(t.a, t.b, s.b));
  if (c * d >= 0) return std::nullopt;
  // s.a + (s.b - s.a) * num / den; products of 31 and 63 bits.
  Int128 num = static_cast<Int128>(static_cast<std::int64_t>(t.a.x) - s.a.x) * dy(t) -
               static_cast<Int128>(static_cast<std::int64_t>(t.a.y) - s.a.y) * dx(t);
  Int128 den = static_cast<Int128>(dx(s)) * dy(t) - static_cast<Int128>(dy(s)) * dx(t);
  if (den < 0) {
    num = -num;
    den = -den;
  }
  return Point{static_cast<std::int32_t>(s.a.x + round_half_up(dx(s) * num, den)),
               static_cast<std::int32_t>(s.a.y + round_half_up(dy(s) * num, den))};
}

bool meets_pixel(const Segment& s, Point p) {
  // Other lattice points are at least a whole unit away, so the segment can only meet the pixel when its box holds p.
  if (!box_of(s).intersects({p, p})) return false;
  if (s.a == p || s.b == p) return true;
  // Sides of the four corners p ± 1/2, times two: 2 * orientation(a, b, p) -+ dy -+ dx.
  const Int128 centre = static_cast<Int128>(2) * orientation(s.a, s.b, p);
  const std::int64_t x = dx(s), y = dy(s);
  const Int128 lower_left = centre + y - x, lower_right = centre - y - x;
  const Int128 upper_left = centre + y + x, upper_right = centre - y + x;
  const bool left = lower_left > 0 || lower_right > 0 || upper_left > 0 || upper_right > 0;
  const bool right = lower_left < 0 || lower_right < 0 || upper_left < 0 || upper_right < 0;
  // Through the inside, or touching the one corner that belongs to the half-open pixel.
  return (left && right) || lower_left == 0;
}

bool angle_less(Point origin, Point a, Point b) {
  const auto upper = [origin](Point p) { return p.y > origin.y || (p.y == origin.y && p.x > origin.x); };
  const bool ua = upper(a), ub = upper(b);
  if (ua != ub) return ua;
  return orientation(origin, a, b) > 0;
}

int compare_heights(const Segment& s, const Segment& t, std::int32_t x) {
  const auto numerator = [x](const Segment& g) {
    return static_cast<Int128>(g.a.y) * dx(g) + static_cast<Int128>(dy(g)) * (static_cast<std::int64_t>(x) - g.a.x);
  };
  const Int128 left = numerator(s) * dx(t), right = numerator(t) * dx(s);
  return (left > right) - (left < right);
}

}  // namespace gridloom
