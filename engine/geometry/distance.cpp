// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/distance.h"

#include <cmath>

namespace gridloom {
namespace {

bool near_any(Point p, std::span<const Segment> to, double limit, std::size_t& hint) {
  if (distance(p, to[hint]) <= limit) return true;
  const auto reach = static_cast<std::int64_t>(limit) + 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const Segment& s = to[i];
    if (p.x < s.a.x - reach || p.x > s.b.x + reach) continue;
    if (distance(p, s) > limit) continue;
    hint = i;
    return true;
  }
  return false;
}

}  // namespace

double distance(Point p, const Segment& s) {
  const double dx = static_cast<double>(s.b.x) - s.a.x, dy = static_cast<double>(s.b.y) - s.a.y;
  const double px = static_cast<double>(p.x) - s.a.x, py = static_cast<double>(p.y) - s.a.y;
  const double length2 = dx * dx + dy * dy;
  const double t = length2 == 0 ? 0 : std::clamp((px * dx + py * dy) / length2, 0.0, 1.0);
  return std::hypot(px - t * dx, py - t * dy);
}

bool within(std::span<const Segment> from, std::span<const Segment> to, double limit) {
  if (to.empty()) return false;
  std::size_t hint = 0;
  for (const Segment& s : from) {
    const double dx = static_cast<double>(s.b.x) - s.a.x, dy = static_cast<double>(s.b.y) - s.a.y;
    const int steps = 1 + static_cast<int>(std::hypot(dx, dy) / std::max(limit, 1.0));
    for (int i = 0; i <= steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      const Point p{s.a.x + static_cast<std::int32_t>(std::lround(t * dx)),
                    s.a.y + static_cast<std::int32_t>(std::lround(t * dy))};
      if (!near_any(p, to, limit, hint)) return false;
    }
  }
  return true;
}

}  // namespace gridloom
