// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/drawn_contiguity.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/geometry/box_index.h"
#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

struct Edge {
  Segment segment;
  bool forwards = true;  // the ground lies left of a -> b
  std::uint32_t cell = 0;
};

using Pairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;

void join(Pairs& pairs, std::uint32_t a, std::uint32_t b) {
  if (a != b) pairs.emplace(std::min(a, b), std::max(a, b));
}

std::vector<Edge> edges_of(std::span<const std::span<const Ring>> cells) {
  std::vector<Edge> edges;
  for (std::uint32_t cell = 0; cell < cells.size(); ++cell)
    for (const Ring& ring : cells[cell]) {
      const bool ground_left = (doubled_area(ring.points) > 0) != ring.hole;
      for (std::size_t i = 0; i < ring.points.size(); ++i) {
        const Point p = ring.points[i], q = ring.points[(i + 1) % ring.points.size()];
        if (p != q) edges.push_back({segment_between(p, q), (p < q) == ground_left, cell});
      }
    }
  std::ranges::sort(edges, {}, [](const Edge& e) { return std::tuple(e.segment, e.forwards, e.cell); });
  return edges;
}

// Segments with the ground of two cells on either side join them; the others, drawn once, are put into `once`. False
// where a segment is drawn in another way.
bool match(const std::vector<Edge>& edges, Pairs& pairs, std::vector<Segment>& segments, std::vector<Edge>& once) {
  for (std::size_t i = 0; i < edges.size();) {
    std::size_t end = i + 1;
    while (end < edges.size() && edges[end].segment == edges[i].segment) ++end;
    if (end - i > 2) return false;
    segments.push_back(edges[i].segment);
    if (end - i == 1) {
      once.push_back(edges[i]);
    } else {
      if (edges[i].forwards == edges[i + 1].forwards || edges[i].cell == edges[i + 1].cell) return false;
      join(pairs, edges[i].cell, edges[i + 1].cell);
    }
    i = end;
  }
  return true;
}

bool is_end(const Segment& s, Point p) { return p == s.a || p == s.b; }

// Do they meet elsewhere than in an end of both?
bool meet_otherwise(const Segment& s, const Segment& t) {
  for (const Point p : {t.a, t.b})
    if (!is_end(s, p) && on_segment(s, p)) return true;
  for (const Point p : {s.a, s.b})
    if (!is_end(t, p) && on_segment(t, p)) return true;
  return proper_crossing(s, t).has_value();
}

bool meet_in_ends_only(const std::vector<Segment>& segments) {
  std::vector<Box> boxes;
  for (const Segment& s : segments) boxes.push_back(box_of(s));
  const BoxIndex index(boxes);
  bool clean = true;
  for (std::uint32_t i = 0; i < segments.size() && clean; ++i)
    index.query(boxes[i],
                [&](std::uint32_t j) { clean = clean && (j <= i || !meet_otherwise(segments[i], segments[j])); });
  return clean;
}

void join_at_corners(const std::vector<Edge>& edges, Pairs& pairs) {
  std::vector<std::pair<Point, std::uint32_t>> corners;
  for (const Edge& e : edges)
    for (const Point p : {e.segment.a, e.segment.b}) corners.emplace_back(p, e.cell);
  std::ranges::sort(corners);
  corners.erase(std::ranges::unique(corners).begin(), corners.end());
  for (std::size_t i = 0; i < corners.size();) {
    std::size_t end = i + 1;
    while (end < corners.size() && corners[end].first == corners[i].first) ++end;
    for (std::size_t a = i; a < end; ++a)
      for (std::size_t b = a + 1; b < end; ++b) join(pairs, corners[a].second, corners[b].second);
    i = end;
  }
}

// Does a line that is drawn once pass a corner of another so near that noding would join cells that are none's
// neighbours yet?
bool nearly_touch(const std::vector<Edge>& once, const Pairs& pairs) {
  std::vector<Box> boxes;
  for (const Edge& e : once) boxes.push_back(box_of(e.segment));
  const BoxIndex index(boxes);
  bool touch = false;
  for (const Edge& e : once)
    for (const Point p : {e.segment.a, e.segment.b})
      index.query({{p.x - 1, p.y - 1}, {p.x + 1, p.y + 1}}, [&](std::uint32_t i) {
        const Edge& other = once[i];
        if (other.cell == e.cell || is_end(other.segment, p) || !meets_pixel(other.segment, p)) return;
        touch = touch || !pairs.contains({std::min(e.cell, other.cell), std::max(e.cell, other.cell)});
      });
  return touch;
}

// Twice the middle of a segment against twice the ring: crossings of the ray to the east, exact.
bool holds_middle(std::span<const Ring> rings, const Segment& s) {
  const std::int64_t x = std::int64_t{s.a.x} + s.b.x, y = std::int64_t{s.a.y} + s.b.y;
  bool inside = false;
  for (const Ring& ring : rings)
    for (std::size_t i = 0; i < ring.points.size(); ++i) {
      const Point p = ring.points[i], q = ring.points[(i + 1) % ring.points.size()];
      const std::int64_t py = 2 * std::int64_t{p.y}, qy = 2 * std::int64_t{q.y};
      if ((py > y) == (qy > y)) continue;
      const std::int64_t px = 2 * std::int64_t{p.x}, qx = 2 * std::int64_t{q.x};
      const Int128 side = Int128{qx - px} * (y - py) - Int128{qy - py} * (x - px);
      if ((side > 0) == (qy > py)) inside = !inside;
    }
  return inside;
}

bool covered_twice(std::span<const std::span<const Ring>> cells, const std::vector<Edge>& once) {
  std::vector<Box> boxes;
  for (const auto& rings : cells) {
    std::vector<Point> points;
    for (const Ring& ring : rings) points.insert(points.end(), ring.points.begin(), ring.points.end());
    boxes.push_back(box_of(points));
  }
  const BoxIndex index(boxes);
  bool twice = false;
  for (const Edge& e : once)
    index.query(box_of(e.segment),
                [&](std::uint32_t cell) { twice = twice || (cell != e.cell && holds_middle(cells[cell], e.segment)); });
  return twice;
}

}  // namespace

std::optional<SpatialWeights> contiguity_as_drawn(std::span<const std::span<const Ring>> cells, Contiguity kind) {
  const std::vector<Edge> edges = edges_of(cells);
  Pairs pairs;
  std::vector<Segment> segments;
  std::vector<Edge> once;
  if (!match(edges, pairs, segments, once) || !meet_in_ends_only(segments)) return std::nullopt;
  if (kind == Contiguity::queen) join_at_corners(edges, pairs);
  if (nearly_touch(once, pairs) || covered_twice(cells, once)) return std::nullopt;
  std::vector<std::vector<std::uint32_t>> lists(cells.size());
  for (const auto& [a, b] : pairs) {
    lists[a].push_back(b);
    lists[b].push_back(a);
  }
  return weights_from_lists(lists);
}

}  // namespace gridloom
