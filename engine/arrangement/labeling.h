// SPDX-License-Identifier: Apache-2.0
// Labelings: what each face means to one layer.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"

namespace gridloom {

// Index of a cell (or unit, grid) in its table; kGap where no cell covers the face.
using Label = std::int32_t;
inline constexpr Label kGap = -1;

struct OverlapLabel {
  FaceId face = 0;
  Label label = kGap;
  friend auto operator<=>(const OverlapLabel&, const OverlapLabel&) = default;
};

// face -> cell, or gap; where several cells cover a face the lowest index leads and the others stand in
// `overlaps`, sorted by face and label. of_face[kOutside] is kGap.
struct Labeling {
  std::vector<Label> of_face;
  std::vector<OverlapLabel> overlaps;

  std::span<const OverlapLabel> further(FaceId f) const;  // O(log overlaps)
  friend bool operator==(const Labeling&, const Labeling&) = default;
};

// A ring is a closed walk of half-edges with its ground on the left; shells run counter-clockwise, holes clockwise.
using ArcRing = std::vector<HalfEdge>;
struct ArcPolygon {
  ArcRing shell;
  std::vector<ArcRing> holes;
};

// One polygon for every maximal edge-connected piece of a label's ground; polygons are valid in the OGC sense.
struct Dissolved {
  std::vector<std::vector<ArcPolygon>> of_label;  // index: label, 0 .. label_count-1
};

// The ground of each label 0..label_count-1, with the arcs between equal labels dissolved. Faces labelled kGap (or
// beyond) yield nothing. O(arcs log degree). Deterministic: polygons of a label come in order of their lowest arc.
Dissolved dissolve(const Arrangement&, std::span<const Label> of_face, std::size_t label_count);

// The ground of an overlap-aware labeling: a face belongs to its leading cell and to every further one.
Dissolved dissolve(const Arrangement&, const Labeling&, std::size_t cell_count);

// Closed point list of a ring (first point repeated at the end).
std::vector<Point> points_of(const Arrangement&, const ArcRing&);

// What covers a face: the leading label and the further ones, ascending; empty for a gap.
using CoverState = std::vector<Label>;

CoverState cover_of(const Labeling&, FaceId);

}  // namespace gridloom
