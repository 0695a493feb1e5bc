// SPDX-License-Identifier: Apache-2.0
#include "tiles/pyramid/simplify.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gridloom {
namespace {

// Distance of p from the segment a-b (from the point where both coincide).
double distance(Mercator p, Mercator a, Mercator b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  const double t = length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - (a.x + t * dx), p.y - (a.y + t * dy));
}

struct Span {
  std::size_t first, last;
  float limit;  // value of the split that made this span
};

}  // namespace

std::vector<float> significance(std::span<const Mercator> line) {
  constexpr float kAlways = std::numeric_limits<float>::infinity();
  std::vector<float> value(line.size(), 0);
  if (line.empty()) return value;
  value.front() = value.back() = kAlways;
  std::vector<Span> open{{0, line.size() - 1, kAlways}};
  while (!open.empty()) {
    const Span s = open.back();
    open.pop_back();
    if (s.last - s.first < 2) continue;
    std::size_t far = s.first + 1;
    double most = -1;
    for (std::size_t i = s.first + 1; i < s.last; ++i) {
      const double d = distance(line[i], line[s.first], line[s.last]);
      if (d > most) most = d, far = i;
    }
    value[far] = std::min(s.limit, static_cast<float>(most));
    open.push_back({s.first, far, value[far]});
    open.push_back({far, s.last, value[far]});
  }
  return value;
}

}  // namespace gridloom
