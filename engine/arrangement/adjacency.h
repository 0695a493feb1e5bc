// SPDX-License-Identifier: Apache-2.0
// What bounds a face, and who lies beyond.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"

namespace gridloom {

// The half-edges with each face on their left, ascending (CSR layout). Built in O(arcs).
struct FaceEdges {
  std::vector<std::uint32_t> first;  // face -> index in edges; one entry more than faces
  std::vector<HalfEdge> edges;

  explicit FaceEdges(const Arrangement&);
  std::span<const HalfEdge> of(FaceId f) const { return std::span(edges).subspan(first[f], first[f + 1] - first[f]); }
};

// The faces that share an arc with f, ascending, the outside included; touching at a point is not enough.
// O(k log k) for k arcs of f.
std::vector<FaceId> neighbours(const Arrangement&, const FaceEdges&, FaceId f);

// The half-edges with `left` on the left and `right` on the right, by leading labels, ascending. kGap asks for the
// ground without a cell, the outside included. O(arcs).
std::vector<HalfEdge> arcs_between(const Arrangement&, std::span<const Label> of_face, Label left, Label right);

// The arrangement without the arcs that no labeling needs: those whose two faces have the same cover in all of them.
// Labelings follow. The outside keeps to itself. O(n log n + arcs * labelings).
struct Reduced {
  Arrangement arrangement;
  std::vector<Labeling> labelings;
  std::vector<FaceId> face_of_face;  // before -> after
};
Reduced without_unneeded_arcs(const Arrangement&, std::span<const Labeling* const>);

}  // namespace gridloom
