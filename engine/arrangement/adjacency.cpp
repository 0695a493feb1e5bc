// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/adjacency.h"

#include <algorithm>
#include <numeric>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/groups.h"
#include "engine/arrangement/verify.h"

namespace gridloom {

FaceEdges::FaceEdges(const Arrangement& m) : first(m.face_count + 1, 0), edges(2 * m.arcs.size()) {
  for (const Arc& a : m.arcs) {
    ++first[a.left + 1];
    ++first[a.right + 1];
  }
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::uint32_t> fill(first.begin(), first.end() - 1);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    edges[fill[m.arcs[a].left]++] = HalfEdge::forward(a);
    edges[fill[m.arcs[a].right]++] = HalfEdge::backward(a);
  }
}

std::vector<FaceId> neighbours(const Arrangement& m, const FaceEdges& edges, FaceId f) {
  std::vector<FaceId> out;
  for (HalfEdge h : edges.of(f)) out.push_back(left_of(m, h.twin()));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<HalfEdge> arcs_between(const Arrangement& m, std::span<const Label> of_face, Label left, Label right) {
  std::vector<HalfEdge> out;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Label l = of_face[m.arcs[a].left], r = of_face[m.arcs[a].right];
    if (l == left && r == right) out.push_back(HalfEdge::forward(a));
    if (l == right && r == left && left != right) out.push_back(HalfEdge::backward(a));
  }
  return out;
}

Reduced without_unneeded_arcs(const Arrangement& m, std::span<const Labeling* const> labelings) {
  const std::vector<std::uint64_t> support = arc_support(m, labelings);
  Groups groups(m.face_count);
  for (ArcId a = 0; a < m.arcs.size(); ++a)
    if (support[a] == 0 && m.arcs[a].left != kOutside && m.arcs[a].right != kOutside)
      groups.join(m.arcs[a].left, m.arcs[a].right);
  std::vector<std::uint32_t> group_of_face(m.face_count);
  for (FaceId f = 0; f < m.face_count; ++f) group_of_face[f] = groups.find(f);

  Reduced out;
  std::vector<FaceId> face_of_group;
  out.arrangement = condense(m, group_of_face, face_of_group);
  out.face_of_face.resize(m.face_count);
  for (FaceId f = 0; f < m.face_count; ++f) out.face_of_face[f] = face_of_group[group_of_face[f]];
  for (const Labeling* before : labelings) {
    Labeling& after = out.labelings.emplace_back();
    after.of_face.assign(out.arrangement.face_count, kGap);
    for (FaceId f = 1; f < m.face_count; ++f) after.of_face[out.face_of_face[f]] = before->of_face[f];
    for (const OverlapLabel& o : before->overlaps) after.overlaps.push_back({out.face_of_face[o.face], o.label});
    std::sort(after.overlaps.begin(), after.overlaps.end());
    after.overlaps.erase(std::unique(after.overlaps.begin(), after.overlaps.end()), after.overlaps.end());
  }
  return out;
}

}  // namespace gridloom
