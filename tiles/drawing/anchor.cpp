// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/anchor.h"
#include "engine/geometry/ring.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <queue>

namespace gridloom {
namespace {

constexpr double kPrecision = 0.03;  // of the radius

struct Place {
  double x = 0, y = 0;
};

PolygonRings rings_of(const Arrangement& m, const ArcPolygon& polygon) {
  PolygonRings rings{points_of(m, polygon.shell)};
  for (const ArcRing& hole : polygon.holes) rings.push_back(points_of(m, hole));
  return rings;
}

double squared_distance(Place p, Point a, Point b) {
  const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
  const double t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
  const double ex = p.x - (a.x + t * dx), ey = p.y - (a.y + t * dy);
  return ex * ex + ey * ey;
}

// Distance from the boundary, negative outside.
double depth(Place p, const PolygonRings& rings) {
  double least = std::numeric_limits<double>::infinity();
  bool inside = false;
  for (const auto& ring : rings)
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const Point a = ring[i], b = ring[i + 1];
      if ((a.y > p.y) != (b.y > p.y) && p.x < (static_cast<double>(b.x) - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
        inside = !inside;
      least = std::min(least, squared_distance(p, a, b));
    }
  return inside ? std::sqrt(least) : -std::sqrt(least);
}

struct Square {
  Place middle;
  double half = 0;
  double depth = 0;
  double bound() const { return depth + half * std::numbers::sqrt2; }
  bool operator<(const Square& o) const { return bound() < o.bound(); }
};

Square square(Place middle, double half, const PolygonRings& rings) { return {middle, half, depth(middle, rings)}; }

Square pole(const Box& box, const PolygonRings& rings) {
  const double width = static_cast<double>(box.max.x) - box.min.x, height = static_cast<double>(box.max.y) - box.min.y;
  const double side = std::max(1.0, std::min(width, height));
  std::priority_queue<Square> open;
  for (double x = box.min.x; x < box.max.x; x += side)
    for (double y = box.min.y; y < box.max.y; y += side)
      open.push(square({x + side / 2, y + side / 2}, side / 2, rings));
  Square best = square({box.min.x + width / 2, box.min.y + height / 2}, 0, rings);
  while (!open.empty()) {
    const Square s = open.top();
    open.pop();
    if (s.depth > best.depth) best = s;
    if (s.bound() <= best.depth * (1 + kPrecision) || s.half < 0.25) break;
    const double half = s.half / 2;
    for (const double dx : {-half, half})
      for (const double dy : {-half, half}) open.push(square({s.middle.x + dx, s.middle.y + dy}, half, rings));
  }
  return best;
}

}  // namespace

std::vector<Anchor> anchors(const ZoomLevel& level, const Patches& patches, std::size_t label_count) {
  const double unit = level.metres_per_unit();
  std::vector<Anchor> out(label_count);
  for (const Patch& patch : patches.all) {
    Anchor& anchor = out[static_cast<std::size_t>(patch.label)];
    const double width = static_cast<double>(patch.box.max.x) - patch.box.min.x;
    const double height = static_cast<double>(patch.box.max.y) - patch.box.min.y;
    if (std::min(width, height) / 2 * unit <= anchor.radius) continue;  // no room for a better one
    const Square s = pole(patch.box, rings_of(level.map, patch.polygon));
    if (s.depth * unit <= anchor.radius) continue;
    const Mercator origin = level.mercator({0, 0});
    anchor = {{origin.x + s.middle.x * unit, origin.y + s.middle.y * unit}, s.depth * unit};
  }
  return out;
}

}  // namespace gridloom
