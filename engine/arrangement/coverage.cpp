// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/coverage.h"

#include <algorithm>
#include <utility>

#include "engine/arrangement/adjacency.h"
#include "engine/arrangement/noding.h"

namespace gridloom {
namespace {

// Sum of two sorted lists, the second times `factor`.
Coverage add(const Coverage& a, std::span<const Crossing> b, std::int32_t factor) {
  Coverage sum;
  sum.reserve(a.size() + b.size());
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->key < j->key)) {
      sum.push_back(*i++);
    } else if (i == a.end() || j->key < i->key) {
      sum.push_back({j->key, factor * j->step});
      ++j;
    } else {
      const std::int32_t step = i->step + factor * j->step;
      if (step != 0) sum.push_back({i->key, step});
      ++i, ++j;
    }
  }
  return sum;
}

// Walks the faces from the outside, where nothing covers, across arcs.
std::vector<Coverage> walk(const TracedArcs& traced, const CrossedSegments& segments) {
  const Arrangement& m = traced.arrangement;
  const FaceEdges edges(m);
  std::vector<Coverage> coverage(m.face_count);
  std::vector<bool> seen(m.face_count, false);
  std::vector<FaceId> queue{kOutside};
  seen[kOutside] = true;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const FaceId f = queue[head];
    for (HalfEdge h : edges.of(f)) {
      const FaceId g = left_of(m, h.twin());
      if (seen[g]) continue;
      const ArcId a = h.arc();
      seen[g] = true;
      // The arc walks its segment forward or backward; crossings are counted right to left of a -> b.
      const bool up = h.reversed() == static_cast<bool>(traced.forward[a]);
      coverage[g] = add(coverage[f], segments.of(traced.segment_of_arc[a]), up ? 1 : -1);
      queue.push_back(g);
    }
  }
  return coverage;
}

}  // namespace

void draw(Point p, Point q, std::uint32_t key, std::int32_t step, std::vector<DrawnSegment>& out) {
  if (p < q) out.push_back({{p, q}, {key, step}});
  if (q < p) out.push_back({{q, p}, {key, -step}});
}

void draw(const Ring& ring, std::uint32_t key, std::vector<DrawnSegment>& out) {
  // A ring of area zero may still have ground, the equal lobes of a bow-tie; one without any cancels itself out.
  const std::int32_t inside_left = (doubled_area(ring.points) < 0) != ring.hole ? -1 : 1;
  const std::size_t n = ring.points.size();
  for (std::size_t i = 0; i < n; ++i) draw(ring.points[i], ring.points[i + 1 == n ? 0 : i + 1], key, inside_left, out);
}

CrossedSegments gather(std::vector<DrawnSegment> drawn) {
  std::sort(drawn.begin(), drawn.end());
  CrossedSegments out;
  for (auto i = drawn.begin(); i != drawn.end();) {
    const Segment at = i->at;
    while (i != drawn.end() && i->at == at) {
      Crossing sum{i->crossing.key, 0};
      for (; i != drawn.end() && i->at == at && i->crossing.key == sum.key; ++i) sum.step += i->crossing.step;
      if (sum.step != 0) out.crossings.push_back(sum);
    }
    if (out.crossings.size() == out.first.back()) continue;
    out.segments.push_back(at);
    out.first.push_back(static_cast<std::uint32_t>(out.crossings.size()));
  }
  return out;
}

CrossedSegments noded(const CrossedSegments& in, unsigned threads) {
  std::vector<DrawnSegment> drawn;
  const std::vector<Piece> pieces = snap_round(in.segments, threads);
  drawn.reserve(pieces.size() * 2);
  for (const Piece& p : pieces)
    for (const Crossing& c : in.of(p.source)) drawn.push_back({p.at, {c.key, p.along ? c.step : -c.step}});
  return gather(std::move(drawn));
}

CoveredFaces cover_faces(const Lattice& lattice, const CrossedSegments& segments) {
  TracedArcs traced = chain(lattice, segments.segments);
  find_faces(traced.arrangement);
  std::vector<Coverage> coverage = walk(traced, segments);
  return {std::move(traced.arrangement), std::move(coverage)};
}

}  // namespace gridloom
