// SPDX-License-Identifier: Apache-2.0
#include "tiles/zoom_level.h"

#include <algorithm>
#include <cmath>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/noding.h"
#include "tiles/simplify.h"

namespace gridloom {
namespace {

// Whoever crosses a segment a -> b from its right to its left enters a face (step 1) or leaves it (step -1).
struct Crossing {
  FaceId face = kOutside;
  std::int32_t step = 0;
  friend auto operator<=>(const Crossing&, const Crossing&) = default;
};

struct Drawn {
  Segment at;
  Crossing crossing;
  friend auto operator<=>(const Drawn&, const Drawn&) = default;
};

// Distinct segments with the crossings that do not cancel. A face that has collapsed onto a line is left as it is
// entered: it is gone, and with it every spike.
struct CrossedSegments {
  std::vector<Segment> segments;
  std::vector<std::uint32_t> first{0};
  std::vector<Crossing> crossings;

  std::span<const Crossing> of(std::size_t s) const {
    return std::span(crossings).subspan(first[s], first[s + 1] - first[s]);
  }
};

CrossedSegments gather(std::vector<Drawn> drawn) {
  std::sort(drawn.begin(), drawn.end());
  CrossedSegments out;
  for (auto i = drawn.begin(); i != drawn.end();) {
    const Segment at = i->at;
    while (i != drawn.end() && i->at == at) {
      Crossing sum{i->crossing.face, 0};
      for (; i != drawn.end() && i->at == at && i->crossing.face == sum.face; ++i) sum.step += i->crossing.step;
      if (sum.step != 0) out.crossings.push_back(sum);
    }
    if (out.crossings.size() == out.first.back()) continue;
    out.segments.push_back(at);
    out.first.push_back(static_cast<std::uint32_t>(out.crossings.size()));
  }
  return out;
}

void draw(Point from, Point to, const Arc& arc, std::vector<Drawn>& out) {
  if (from == to || arc.left == arc.right) return;
  const bool along = from < to;
  const Segment at = along ? Segment{from, to} : Segment{to, from};
  out.push_back({at, {along ? arc.left : arc.right, 1}});
  out.push_back({at, {along ? arc.right : arc.left, -1}});
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
  Mercator low{kMercatorHalf, kMercatorHalf}, high{-kMercatorHalf, -kMercatorHalf};
  for (const Mercator& m : lines.points) {
    low = {std::min(low.x, m.x), std::min(low.y, m.y)};
    high = {std::max(high.x, m.x), std::max(high.y, m.y)};
  }
  if (lines.points.empty()) return {};
  return Grid(zoom, {}).world({(low.x + high.x) / 2, (low.y + high.y) / 2});
}

CrossedSegments draw_all(const CityLines& lines, unsigned zoom, WorldPoint origin) {
  const Grid grid(zoom, origin);
  const double tolerance = kSimplifyPixels * 2 * kMercatorHalf / (static_cast<double>(kTilePixels) * std::exp2(zoom));
  std::vector<Drawn> drawn;
  for (const Arc& arc : lines.arrangement->arcs) {
    Point last = grid.local(lines.points[arc.first]);
    for (std::uint32_t i = arc.first + 1; i < arc.first + arc.count; ++i) {
      if (!(lines.significance[i] > tolerance)) continue;
      const Point next = grid.local(lines.points[i]);
      draw(last, next, arc, drawn);
      last = next;
    }
  }
  return gather(std::move(drawn));
}

CrossedSegments snapped(const CrossedSegments& in) {
  std::vector<Drawn> drawn;
  for (const Piece& p : snap_round(in.segments, 1))
    for (const Crossing& c : in.of(p.source)) drawn.push_back({p.at, {c.face, p.along ? c.step : -c.step}});
  return gather(std::move(drawn));
}

// How often each face of the city winds around a face of the level; sorted by face, no zeros.
using Winding = std::vector<Crossing>;

Winding across(const Winding& from, std::span<const Crossing> crossings, std::int32_t direction) {
  Winding sum = from;
  for (const Crossing& c : crossings) {
    const auto at =
        std::lower_bound(sum.begin(), sum.end(), c.face, [](const Crossing& a, FaceId face) { return a.face < face; });
    if (at == sum.end() || at->face != c.face)
      sum.insert(at, {c.face, direction * c.step});
    else if ((at->step += direction * c.step) == 0)
      sum.erase(at);
  }
  return sum;
}

FaceId owner(const Winding& winding) {
  for (const Crossing& c : winding)
    if (c.step > 0 && c.face != kOutside) return c.face;
  return kOutside;
}

// Walks from the outside over all faces of the level.
std::vector<FaceId> city_faces(const TracedArcs& traced, const CrossedSegments& segments) {
  const Arrangement& m = traced.arrangement;
  std::vector<std::vector<ArcId>> arcs_of(m.face_count);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    arcs_of[m.arcs[a].left].push_back(a);
    arcs_of[m.arcs[a].right].push_back(a);
  }
  std::vector<Winding> winding(m.face_count);
  std::vector<char> seen(m.face_count, 0);
  std::vector<FaceId> queue{kOutside};
  seen[kOutside] = 1;
  winding[kOutside] = {{kOutside, 1}};
  for (std::size_t head = 0; head < queue.size(); ++head)
    for (ArcId a : arcs_of[queue[head]]) {
      const FaceId here = queue[head];
      const bool to_left = m.arcs[a].right == here;
      const FaceId there = to_left ? m.arcs[a].left : m.arcs[a].right;
      if (seen[there]) continue;
      seen[there] = 1;
      const bool enters = to_left == static_cast<bool>(traced.forward[a]);
      winding[there] = across(winding[here], segments.of(traced.segment_of_arc[a]), enters ? 1 : -1);
      queue.push_back(there);
    }
  std::vector<FaceId> out(m.face_count, kOutside);
  for (FaceId f = 1; f < m.face_count; ++f) out[f] = owner(winding[f]);
  return out;
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
  const CrossedSegments segments = snapped(draw_all(lines, zoom, level.origin));
  TracedArcs traced = chain({}, segments.segments);
  find_faces(traced.arrangement);
  level.city_face = city_faces(traced, segments);
  level.map = std::move(traced.arrangement);
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
