// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/snapshot.h"

#include <algorithm>
#include <memory>

#include "engine/arrangement/editor.h"
#include "engine/arrangement/faces.h"
#include "engine/geometry/ring.h"

namespace gridloom {

Snapshot::Snapshot(const Arrangement& m, std::span<const Labeling> labelings)
    : lattice_(m.lattice), labelings_(labelings.size()) {
  const Stars s = stars(m);
  const std::vector<HalfEdge> next = gridloom::next_in_face(m, s);
  for (NodeId n = 0; n < m.nodes.size(); ++n) nodes_.push_back({m.nodes[n], s.around(n).front(), false});
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    const Arc& arc = m.arcs[a];
    arcs_.push_back({arc.from,
                     arc.to,
                     arc.left,
                     arc.right,
                     {next[2 * a], next[2 * a + 1]},
                     std::make_shared<const std::vector<Point>>(p.begin(), p.end())});
  }
  std::vector<FaceEntry> faces(m.face_count);
  for (std::uint32_t l = 0; l < labelings.size(); ++l) {
    for (FaceId f = 0; f < m.face_count; ++f) faces[f].leading.push_back(labelings[l].of_face[f]);
    for (const OverlapLabel& o : labelings[l].overlaps) faces[o.face].further.emplace_back(l, o.label);
  }
  std::vector<char> seen(next.size(), 0);
  for (std::uint32_t c = 0; c < next.size(); ++c) {
    if (seen[c]) continue;
    Int128 area = 0;
    for (HalfEdge h{c}; !seen[h.code]; h = next[h.code]) {
      seen[h.code] = 1;
      area += doubled_sweep(points_of(h.arc())) * (h.reversed() ? -1 : 1);
    }
    auto& loops = faces[left_of({c})].loops;
    loops.insert(area > 0 ? loops.begin() : loops.end(), {c});
  }
  for (FaceEntry& f : faces) faces_.push_back(std::move(f));
}

ArcRing Snapshot::loop(HalfEdge start) const {
  ArcRing ring;
  HalfEdge h = start;
  do {
    ring.push_back(h);
    h = next_in_face(h);
  } while (h != start);
  return ring;
}

std::vector<ArcRing> Snapshot::boundary(FaceId f) const {
  std::vector<ArcRing> out;
  for (HalfEdge h : faces_[f].loops) out.push_back(loop(h));
  return out;
}

std::vector<FaceId> Snapshot::neighbours(FaceId f) const {
  std::vector<FaceId> out;
  for (const ArcRing& ring : boundary(f))
    for (HalfEdge h : ring) out.push_back(left_of(h.twin()));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Int128 Snapshot::doubled_area(FaceId f) const {
  Int128 area = 0;
  for (const ArcRing& ring : boundary(f))
    for (HalfEdge h : ring) area += doubled_sweep(points_of(h.arc())) * (h.reversed() ? -1 : 1);
  return area;
}

std::vector<Label> Snapshot::cover(std::size_t labeling, FaceId f) const {
  const FaceEntry& face = faces_[f];
  std::vector<Label> out;
  if (face.leading[labeling] != kGap) out.push_back(face.leading[labeling]);
  for (const auto& [l, label] : face.further)
    if (l == labeling) out.push_back(label);
  return out;
}

Snapshot Snapshot::cut(FaceId f, std::span<const Point> line) const {
  Editor editor(*this);
  editor.cut(f, line);
  return editor.done();
}

Snapshot Snapshot::merge(ArcId a, FaceId keep) const {
  Editor editor(*this);
  editor.merge(a, keep);
  return editor.done();
}

Snapshot Snapshot::relabel(std::size_t labeling, FaceId f, std::span<const Label> cover) const {
  Editor editor(*this);
  editor.relabel(labeling, f, cover);
  return editor.done();
}

Snapshot::Flat Snapshot::flat() const {
  Flat out;
  Arrangement& m = out.arrangement;
  m.lattice = lattice_;
  std::vector<NodeId> node_of(nodes_.size());
  for (NodeId n = 0; n < nodes_.size(); ++n) {
    node_of[n] = static_cast<NodeId>(m.nodes.size());
    if (!nodes_[n].gone) m.nodes.push_back(nodes_[n].at);
  }
  std::vector<FaceId> face_of(faces_.size(), kOutside);
  for (FaceId f = 0; f < faces_.size(); ++f) {
    if (!has_face(f)) continue;
    face_of[f] = static_cast<FaceId>(out.face_of_snapshot.size());
    out.face_of_snapshot.push_back(f);
  }
  m.face_count = static_cast<std::uint32_t>(out.face_of_snapshot.size());
  for (ArcId a = 0; a < arcs_.size(); ++a) {
    if (!has_arc(a)) continue;
    const ArcEntry& arc = arcs_[a];
    m.arcs.push_back({node_of[arc.from], node_of[arc.to], face_of[arc.left], face_of[arc.right],
                      static_cast<std::uint32_t>(m.points.size()), static_cast<std::uint32_t>(arc.line->size())});
    m.points.insert(m.points.end(), arc.line->begin(), arc.line->end());
  }
  out.labelings.resize(labelings_);
  for (FaceId f = 0; f < m.face_count; ++f) {
    const FaceEntry& face = faces_[out.face_of_snapshot[f]];
    for (std::size_t l = 0; l < labelings_; ++l) out.labelings[l].of_face.push_back(face.leading[l]);
    for (const auto& [l, label] : face.further) out.labelings[l].overlaps.push_back({f, label});
  }
  return out;
}

}  // namespace gridloom
