// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/coverage.h"

#include <algorithm>
#include <utility>

#include "engine/arrangement/adjacency.h"
#include "engine/arrangement/noding.h"
#include "engine/base/parallel.h"

namespace gridloom {
namespace {

// Appends a segment with its crossings summed by key, unless they all cancel.
void append(const Segment& at, Coverage& crossings, CrossedSegments& out) {
  std::sort(crossings.begin(), crossings.end());
  for (auto i = crossings.begin(); i != crossings.end();) {
    Crossing sum{i->key, 0};
    for (; i != crossings.end() && i->key == sum.key; ++i) sum.step += i->step;
    if (sum.step != 0) out.crossings.push_back(sum);
  }
  if (out.crossings.size() == out.first.back()) return;
  out.segments.push_back(at);
  out.first.push_back(static_cast<std::uint32_t>(out.crossings.size()));
}

// Adds the crossings, times `factor`, to a sorted list without zeros.
void add(std::span<const Crossing> crossings, std::int32_t factor, Coverage& coverage) {
  for (const Crossing& c : crossings) {
    const auto at = std::lower_bound(coverage.begin(), coverage.end(), c.key,
                                     [](const Crossing& have, std::uint32_t key) { return have.key < key; });
    if (at == coverage.end() || at->key != c.key)
      coverage.insert(at, {c.key, factor * c.step});
    else if ((at->step += factor * c.step) == 0)
      coverage.erase(at);
  }
}

// Walks a spanning tree of the faces from the outside, where nothing covers, across arcs and back.
class Walk {
 public:
  Walk(const TracedArcs& traced, const CrossedSegments& segments)
      : traced_(traced), m_(traced.arrangement), segments_(segments), edges_(m_) {}

  void run(const std::function<void(const Arrangement&, FaceId, const Coverage&)>& visit) {
    std::vector<bool> seen(m_.face_count, false);
    std::vector<Step> path{{kOutside, {}, edges_.first[kOutside]}};
    seen[kOutside] = true;
    visit(m_, kOutside, coverage_);
    while (!path.empty()) {
      Step& at = path.back();
      if (at.next == edges_.first[at.face + 1]) {
        if (at.face != kOutside) cross(at.entered.twin());
        path.pop_back();
        continue;
      }
      const HalfEdge h = edges_.edges[at.next++];
      const FaceId beyond = left_of(m_, h.twin());
      if (seen[beyond]) continue;
      seen[beyond] = true;
      cross(h);
      visit(m_, beyond, coverage_);
      path.push_back({beyond, h, edges_.first[beyond]});
    }
  }

 private:
  struct Step {
    FaceId face;
    HalfEdge entered;    // crossed from its left to its right
    std::uint32_t next;  // edge of the face to look across
  };

  // From the left of h to its right. Crossings count from the right of a -> b to its left.
  void cross(HalfEdge h) {
    const bool up = h.reversed() == static_cast<bool>(traced_.forward[h.arc()]);
    add(segments_.of(traced_.segment_of_arc[h.arc()]), up ? 1 : -1, coverage_);
  }

  const TracedArcs& traced_;
  const Arrangement& m_;
  const CrossedSegments& segments_;
  const FaceEdges edges_;
  Coverage coverage_;
};

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

CrossedSegments gather(std::vector<DrawnSegment> drawn, unsigned threads) {
  parallel_sort(drawn, threads);
  CrossedSegments out;
  Coverage sum;
  for (auto i = drawn.begin(); i != drawn.end();) {
    const Segment at = i->at;
    for (sum.clear(); i != drawn.end() && i->at == at; ++i) sum.push_back(i->crossing);
    append(at, sum, out);
  }
  return out;
}

CrossedSegments noded(CrossedSegments in, unsigned threads) {
  const std::vector<Piece> pieces = snap_round(in.segments, threads);
  in.segments = {};
  CrossedSegments out;
  out.segments.reserve(pieces.size());
  out.first.reserve(pieces.size() + 1);
  out.crossings.reserve(pieces.size() + in.crossings.size());
  Coverage sum;
  for (auto i = pieces.begin(); i != pieces.end();) {
    const Segment at = i->at;
    for (sum.clear(); i != pieces.end() && i->at == at; ++i)
      for (const Crossing& c : in.of(i->source)) sum.push_back({c.key, i->along ? c.step : -c.step});
    append(at, sum, out);
  }
  return out;
}

Arrangement cover_faces(const Lattice& lattice, CrossedSegments segments, unsigned threads,
                        const std::function<void(const Arrangement&, FaceId, const Coverage&)>& visit) {
  TracedArcs traced = chain(lattice, segments.segments, threads);
  segments.segments = {};  // the crossings suffice from here on
  find_faces(traced.arrangement);
  Walk(traced, segments).run(visit);
  return std::move(traced.arrangement);
}

}  // namespace gridloom
