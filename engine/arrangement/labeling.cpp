// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/labeling.h"

#include <algorithm>
#include <functional>

#include "engine/arrangement/adjacency.h"
#include "engine/arrangement/faces.h"
#include "engine/arrangement/groups.h"
#include "engine/geometry/ring.h"

namespace gridloom {
namespace {

// Rings around the ground of one predicate. A ring follows the sector of covered faces at every node, so that pieces
// which touch at a point stay apart; where a ring passes a node twice it is cut there into two.
class RingWalker {
 public:
  RingWalker(const Arrangement& m, const Stars& stars) : m_(m), stars_(stars), used_(2 * m.arcs.size(), 0) {
    position_.resize(2 * m.arcs.size());
    for (NodeId n = 0; n < m.nodes.size(); ++n)
      for (std::uint32_t i = stars.first[n]; i < stars.first[n + 1]; ++i) position_[stars.out[i].code] = i;
    seen_at_.assign(m.nodes.size(), 0);
  }

  // All rings through the given boundary half-edges (ground on the left), which must be all of that ground's.
  template <class Covered>
  std::vector<ArcRing> rings(std::span<const HalfEdge> boundary, Covered&& covered) {
    std::vector<ArcRing> out;
    for (HalfEdge start : boundary) {
      if (used_[start.code]) continue;
      ArcRing walk;
      HalfEdge h = start;
      do {
        used_[h.code] = 1;
        walk.push_back(h);
        h = next(h, covered);
      } while (h != start);
      split(walk, out);
    }
    for (HalfEdge h : boundary) used_[h.code] = 0;
    return out;
  }

 private:
  // Turn clockwise from the twin, over faces that are covered, to the first half-edge whose right side is not.
  template <class Covered>
  HalfEdge next(HalfEdge h, Covered&& covered) const {
    const NodeId n = end_of(m_, h);
    const std::uint32_t first = stars_.first[n], count = stars_.first[n + 1] - first;
    std::uint32_t i = position_[h.twin().code] - first;
    while (true) {
      i = (i + count - 1) % count;
      const HalfEdge out = stars_.out[first + i];
      if (!covered(left_of(m_, out.twin()))) return out;
    }
  }

  void split(const ArcRing& walk, std::vector<ArcRing>& out) {
    ArcRing open;
    for (HalfEdge h : walk) {
      const NodeId n = start_of(m_, h);
      if (seen_at_[n] != 0) {  // the part since the last visit is a ring of its own
        const auto from = open.begin() + (seen_at_[n] - 1);
        for (auto i = from; i != open.end(); ++i) seen_at_[start_of(m_, *i)] = 0;
        out.emplace_back(from, open.end());
        open.erase(from, open.end());
      }
      open.push_back(h);
      seen_at_[n] = static_cast<std::uint32_t>(open.size());
    }
    for (HalfEdge h : open) seen_at_[start_of(m_, h)] = 0;
    out.push_back(std::move(open));
  }

  const Arrangement& m_;
  const Stars& stars_;
  std::vector<char> used_;
  std::vector<std::uint32_t> position_;
  std::vector<std::uint32_t> seen_at_;  // node -> 1 + index in the open ring
};

// Sorts the rings of one label into polygons by the piece of ground on their left.
std::vector<ArcPolygon> polygons(const Arrangement& m, std::vector<ArcRing> rings,
                                 const std::function<std::uint32_t(FaceId)>& piece) {
  std::vector<std::pair<std::uint32_t, ArcPolygon>> found;
  std::vector<std::pair<std::uint32_t, ArcRing>> holes;
  for (ArcRing& r : rings) {
    const std::uint32_t id = piece(left_of(m, r.front()));
    if (doubled_area(points_of(m, r)) > 0)
      found.push_back({id, {std::move(r), {}}});
    else
      holes.push_back({id, std::move(r)});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [id, hole] : holes) {
    const auto at =
        std::lower_bound(found.begin(), found.end(), id, [](const auto& a, std::uint32_t i) { return a.first < i; });
    at->second.holes.push_back(std::move(hole));
  }
  std::vector<ArcPolygon> out;
  for (auto& [id, polygon] : found) out.push_back(std::move(polygon));
  return out;
}

std::vector<std::vector<HalfEdge>> boundaries(const Arrangement& m, std::span<const Label> of_face,
                                              std::size_t labels) {
  std::vector<std::vector<HalfEdge>> out(labels);
  const auto valid = [&](Label l) { return l >= 0 && static_cast<std::size_t>(l) < labels; };
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Label left = of_face[m.arcs[a].left], right = of_face[m.arcs[a].right];
    if (left == right) continue;
    if (valid(left)) out[left].push_back(HalfEdge::forward(a));
    if (valid(right)) out[right].push_back(HalfEdge::backward(a));
  }
  return out;
}

}  // namespace

std::span<const OverlapLabel> Labeling::further(FaceId f) const {
  const auto first = std::lower_bound(overlaps.begin(), overlaps.end(), OverlapLabel{f, INT32_MIN});
  auto last = first;
  while (last != overlaps.end() && last->face == f) ++last;
  return {first, last};
}

Dissolved dissolve(const Arrangement& m, std::span<const Label> of_face, std::size_t label_count) {
  Groups groups(m.face_count);
  for (const Arc& a : m.arcs)
    if (of_face[a.left] == of_face[a.right]) groups.join(a.left, a.right);
  const Stars s = stars(m);
  RingWalker walker(m, s);
  Dissolved out;
  out.of_label.resize(label_count);
  const auto boundary = boundaries(m, of_face, label_count);
  for (std::size_t l = 0; l < label_count; ++l)
    out.of_label[l] =
        polygons(m, walker.rings(boundary[l], [&](FaceId f) { return of_face[f] == static_cast<Label>(l); }),
                 [&](FaceId f) { return groups.find(f); });
  return out;
}

Dissolved dissolve(const Arrangement& m, const Labeling& labeling, std::size_t cell_count) {
  // Cells that share ground with another are done one by one with their own cover, all others in one go.
  std::vector<char> shared(cell_count, 0);
  for (const OverlapLabel& o : labeling.overlaps) shared[o.label] = shared[labeling.of_face[o.face]] = 1;
  std::vector<Label> plain = labeling.of_face;
  for (Label& l : plain)
    if (l != kGap && shared[l]) l = kGap;
  Dissolved out = dissolve(m, plain, cell_count);
  if (labeling.overlaps.empty()) return out;

  std::vector<std::vector<FaceId>> faces(cell_count);
  for (FaceId f = 1; f < m.face_count; ++f)
    if (labeling.of_face[f] != kGap && shared[labeling.of_face[f]]) faces[labeling.of_face[f]].push_back(f);
  for (const OverlapLabel& o : labeling.overlaps) faces[o.label].push_back(o.face);
  const FaceEdges edges(m);
  const Stars s = stars(m);
  RingWalker walker(m, s);
  std::vector<char> covered(m.face_count, 0);
  Groups groups(m.face_count);
  for (std::size_t c = 0; c < cell_count; ++c) {
    if (!shared[c]) continue;
    for (FaceId f : faces[c]) covered[f] = 1;
    std::vector<HalfEdge> boundary;
    Groups local(faces[c].size());
    std::sort(faces[c].begin(), faces[c].end());
    const auto index = [&](FaceId f) {
      return static_cast<std::uint32_t>(std::lower_bound(faces[c].begin(), faces[c].end(), f) - faces[c].begin());
    };
    for (FaceId f : faces[c])
      for (HalfEdge h : edges.of(f)) {
        const FaceId other = left_of(m, h.twin());
        if (covered[other])
          local.join(index(f), index(other));
        else
          boundary.push_back(h);
      }
    std::sort(boundary.begin(), boundary.end());
    out.of_label[c] = polygons(m, walker.rings(boundary, [&](FaceId f) { return covered[f] != 0; }),
                               [&](FaceId f) { return local.find(index(f)); });
    for (FaceId f : faces[c]) covered[f] = 0;
  }
  return out;
}

std::vector<Point> points_of(const Arrangement& m, const ArcRing& ring) {
  std::vector<Point> out;
  for (HalfEdge h : ring) {
    const auto p = m.points_of(h.arc());
    if (h.reversed())
      out.insert(out.end(), p.rbegin(), p.rend() - 1);
    else
      out.insert(out.end(), p.begin(), p.end() - 1);
  }
  if (!out.empty()) out.push_back(out.front());
  return out;
}

CoverState cover_of(const Labeling& labeling, FaceId f) {
  CoverState state;
  if (labeling.of_face[f] != kGap) state.push_back(labeling.of_face[f]);
  for (const OverlapLabel& o : labeling.further(f)) state.push_back(o.label);
  return state;
}

}  // namespace gridloom
