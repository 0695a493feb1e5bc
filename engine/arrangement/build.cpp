// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/build.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/noding.h"

namespace gridloom {
namespace {

using CellKey = std::uint32_t;  // layers one after the other

// Crossing a segment from its right to its left changes the winding number of a cell by `step`.
struct Crossing {
  CellKey cell = 0;
  std::int32_t step = 0;
  friend auto operator<=>(const Crossing&, const Crossing&) = default;
};

struct Drawn {
  Segment at;
  Crossing crossing;
  friend auto operator<=>(const Drawn&, const Drawn&) = default;
};

void draw(const Ring& ring, CellKey cell, std::vector<Drawn>& out) {
  // A ring of area zero may still have ground, the equal lobes of a bow-tie; one without any cancels itself out.
  const std::int32_t inside_left = (doubled_area(ring.points) < 0) != ring.hole ? -1 : 1;
  const std::size_t n = ring.points.size();
  for (std::size_t i = 0; i < n; ++i) {
    const Point p = ring.points[i], q = ring.points[i + 1 == n ? 0 : i + 1];
    if (p < q) out.push_back({{p, q}, {cell, inside_left}});
    if (q < p) out.push_back({{q, p}, {cell, -inside_left}});
  }
}

std::vector<Drawn> draw_all(std::span<const StackLayer> stack) {
  std::size_t n = 0;
  for (const StackLayer& layer : stack)
    for (const auto& cell : layer.cells)
      for (const Ring& ring : cell) n += ring.points.size();
  std::vector<Drawn> drawn;
  drawn.reserve(n);
  CellKey key = 0;
  for (const StackLayer& layer : stack)
    for (const auto& cell : layer.cells) {
      for (const Ring& ring : cell) draw(ring, key, drawn);
      ++key;
    }
  return drawn;
}

// Distinct segments, each with the crossings that do not cancel (CSR layout). Segments all of whose crossings
// cancel, such as spikes, are gone.
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
  for (std::size_t i = 0; i < drawn.size();) {
    const Segment at = drawn[i].at;
    while (i < drawn.size() && drawn[i].at == at) {
      const CellKey cell = drawn[i].crossing.cell;
      std::int32_t step = 0;
      for (; i < drawn.size() && drawn[i].at == at && drawn[i].crossing.cell == cell; ++i)
        step += drawn[i].crossing.step;
      if (step != 0) out.crossings.push_back({cell, step});
    }
    if (out.crossings.size() == out.first.back()) continue;
    out.segments.push_back(at);
    out.first.push_back(static_cast<std::uint32_t>(out.crossings.size()));
  }
  return out;
}

CrossedSegments node(const CrossedSegments& in, unsigned threads) {
  std::vector<Drawn> drawn;
  const std::vector<Piece> pieces = snap_round(in.segments, threads);
  drawn.reserve(pieces.size() * 2);
  for (const Piece& p : pieces)
    for (const Crossing& c : in.of(p.source)) drawn.push_back({p.at, {c.cell, p.along ? c.step : -c.step}});
  return gather(std::move(drawn));
}

// Winding numbers that are not zero, by cell: the coverage of a face.
using Coverage = std::vector<Crossing>;

// Sum of two sorted lists, `sign` times the second.
Coverage add(const Coverage& a, std::span<const Crossing> b, std::int32_t factor) {
  Coverage sum;
  sum.reserve(a.size() + b.size());
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->cell < j->cell)) {
      sum.push_back(*i++);
    } else if (i == a.end() || j->cell < i->cell) {
      sum.push_back({j->cell, factor * j->step});
      ++j;
    } else {
      const std::int32_t step = i->step + factor * j->step;
      if (step != 0) sum.push_back({i->cell, step});
      ++i, ++j;
    }
  }
  return sum;
}

// Walks the faces from the outside, where nothing covers, across arcs.
std::vector<Coverage> walk_coverage(const TracedArcs& traced, const CrossedSegments& noded) {
  const Arrangement& m = traced.arrangement;
  std::vector<std::vector<ArcId>> arcs_of(m.face_count);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    arcs_of[m.arcs[a].left].push_back(a);
    arcs_of[m.arcs[a].right].push_back(a);
  }
  std::vector<Coverage> coverage(m.face_count);
  std::vector<bool> seen(m.face_count, false);
  std::vector<FaceId> queue{kOutside};
  seen[kOutside] = true;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const FaceId f = queue[head];
    for (ArcId a : arcs_of[f]) {
      const bool to_left = m.arcs[a].right == f;
      const FaceId g = to_left ? m.arcs[a].left : m.arcs[a].right;
      if (seen[g]) continue;
      seen[g] = true;
      // The arc walks its segment forward or backward; crossings are counted right to left of a -> b.
      const bool up = to_left == static_cast<bool>(traced.forward[a]);
      coverage[g] = add(coverage[f], noded.of(traced.segment_of_arc[a]), up ? 1 : -1);
      queue.push_back(g);
    }
  }
  return coverage;
}

// Layer and cell of every key.
struct KeyTable {
  std::vector<std::uint32_t> layer;
  std::vector<Label> cell;

  explicit KeyTable(std::span<const StackLayer> stack) {
    for (std::uint32_t l = 0; l < stack.size(); ++l)
      for (std::size_t c = 0; c < stack[l].cells.size(); ++c) {
        layer.push_back(l);
        cell.push_back(static_cast<Label>(c));
      }
  }
};

void label(const std::vector<Coverage>& coverage, const KeyTable& keys, Subdivision& out) {
  for (Labeling& l : out.labelings) l.of_face.assign(coverage.size(), kGap);
  for (FaceId f = 1; f < coverage.size(); ++f)
    for (const Crossing& c : coverage[f]) {
      const std::uint32_t l = keys.layer[c.cell];
      const Label cell = keys.cell[c.cell];
      Label& leading = out.labelings[l].of_face[f];
      if (leading == kGap)
        leading = cell;  // ascending keys: the lowest index leads
      else
        out.labelings[l].overlaps.push_back({f, cell});
      if (c.step != 1) out.odd_windings.push_back({l, cell, f, c.step});
    }
  std::sort(out.odd_windings.begin(), out.odd_windings.end(), [](const OddWinding& a, const OddWinding& b) {
    return std::tie(a.layer, a.cell, a.face) < std::tie(b.layer, b.cell, b.face);
  });
}

}  // namespace

Subdivision build(const Lattice& lattice, std::span<const StackLayer> stack, unsigned threads) {
  Subdivision out;
  std::vector<Drawn> drawn = draw_all(stack);
  out.raw_segments = drawn.size();
  const CrossedSegments distinct = gather(std::move(drawn));
  out.distinct_segments = distinct.segments.size();
  const CrossedSegments noded = node(distinct, threads);
  TracedArcs traced = chain(lattice, noded.segments);
  find_faces(traced.arrangement);
  out.labelings.resize(stack.size());
  label(walk_coverage(traced, noded), KeyTable(stack), out);
  out.arrangement = std::move(traced.arrangement);
  return out;
}

}  // namespace gridloom
