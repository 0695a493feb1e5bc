// SPDX-License-Identifier: Apache-2.0
#include "tiles/pyramid/zoom_level.h"

#include <algorithm>
#include <cmath>

#include "engine/arrangement/coverage.h"
#include "tiles/pyramid/simplify.h"

namespace gridloom {
namespace {

// Both faces of an arc, each as ground of its own: a face that collapses onto a line cancels out, and with it every
// spike.
void draw(Point from, Point to, const Arc& arc, std::vector<DrawnSegment>& out) {
  if (arc.left == arc.right) return;
  draw(from, to, arc.left, 1, out);
  draw(from, to, arc.right, -1, out);
}

// Rounds mercator coordinates to the units of a zoom, as seen from an origin.
class Grid {
 public:
  Grid(unsigned zoom, WorldPoint origin) : units_(static_cast<double>(kTileExtent << zoom)), origin_(origin) {}
  WorldPoint world(Mercator m) const { return {std::llround(scaled(m.x)), std::llround(scaled(m.y))}; }
  Point local(Mercator m) const {
    const WorldPoint w = world(m);
    return {static_cast<std::int32_t>(w.x - origin_.x), static_cast<std::int32_t>(w.y - origin_.y)};
  }

 private:
  double scaled(double c) const { return (c + kMercatorHalf) / (2 * kMercatorHalf) * units_; }
  double units_;
  WorldPoint origin_;
};

// The middle of the city: half the world is 2^29 units at the finest level, so every local coordinate fits.
WorldPoint middle(const CityLines& lines, unsigned zoom) {
  if (lines.points.empty()) return {};
  Mercator low = lines.points.front(), high = low;
  for (const Mercator& m : lines.points) {
    low = {std::min(low.x, m.x), std::min(low.y, m.y)};
    high = {std::max(high.x, m.x), std::max(high.y, m.y)};
  }
  return Grid(zoom, {}).world({(low.x + high.x) / 2, (low.y + high.y) / 2});
}

CrossedSegments draw_all(const CityLines& lines, unsigned zoom, WorldPoint origin) {
  const Grid grid(zoom, origin);
  const double tolerance = kSimplifyPixels * 2 * kMercatorHalf / (static_cast<double>(kTilePixels) * std::exp2(zoom));
  std::vector<DrawnSegment> drawn;
  for (const Arc& arc : lines.arrangement->arcs) {
    Point last = grid.local(lines.points[arc.first]);
    for (std::uint32_t i = arc.first + 1; i < arc.first + arc.count; ++i) {
      if (!(lines.significance[i] > tolerance)) continue;
      const Point next = grid.local(lines.points[i]);
      draw(last, next, arc, drawn);
      last = next;
    }
  }
  return gather(std::move(drawn), 1);
}

FaceId owner(const Coverage& coverage) {
  for (const Crossing& c : coverage)
    if (c.step > 0 && c.key != kOutside) return c.key;
  return kOutside;
}

}  // namespace

CityLines project(const Arrangement& m) {
  CityLines lines{&m, to_mercator(m.lattice, m.points), {}};
  lines.significance.reserve(lines.points.size());
  for (const Arc& arc : m.arcs) {
    const std::vector<float> values = significance(std::span(lines.points).subspan(arc.first, arc.count));
    lines.significance.insert(lines.significance.end(), values.begin(), values.end());
  }
  return lines;
}

Mercator ZoomLevel::mercator(Point p) const {
  const double unit = metres_per_unit();
  return {static_cast<double>(origin.x + p.x) * unit - kMercatorHalf,
          static_cast<double>(origin.y + p.y) * unit - kMercatorHalf};
}

ZoomLevel make_level(const CityLines& lines, unsigned zoom) {
  ZoomLevel level;
  level.zoom = zoom;
  level.origin = middle(lines, zoom);
  level.map = cover_faces({}, noded(draw_all(lines, zoom, level.origin), 1), 1,
                          [&](const Arrangement& m, FaceId f, const Coverage& coverage) {
                            if (f == kOutside) level.city_face.resize(m.face_count);
                            level.city_face[f] = owner(coverage);
                          });
  return level;
}

std::vector<Label> labels_at(const ZoomLevel& level, std::span<const Label> of_city_face) {
  std::vector<Label> out;
  out.reserve(level.city_face.size());
  for (FaceId f : level.city_face) out.push_back(f == kOutside ? kGap : of_city_face[f]);
  return out;
}

Labeling labels_at(const ZoomLevel& level, const Labeling& of_city) {
  Labeling out{labels_at(level, of_city.of_face), {}};
  for (FaceId f = 1; f < level.city_face.size(); ++f)
    for (const OverlapLabel& o : of_city.further(level.city_face[f])) out.overlaps.push_back({f, o.label});
  return out;
}

}  // namespace gridloom
