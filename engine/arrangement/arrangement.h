// SPDX-License-Identifier: Apache-2.0
// The arrangement: the planar subdivision that all boundaries of a city cut together.
//
// Nodes, arcs and faces. An arc is a polyline stored once, with the face on its left and on its right; arcs
// meet only at nodes. Face 0 is the outside: the unbounded face and, in a fused city, the holes of its frame;
// faces 1..face_count-1 are bounded and edge-connected. Everything else in Gridloom is a labeling: a table face ->
// label (labeling.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/geometry/point.h"

namespace gridloom {

using NodeId = std::uint32_t;
using ArcId = std::uint32_t;
using FaceId = std::uint32_t;

inline constexpr FaceId kOutside = 0;

struct Arc {
  NodeId from = 0;
  NodeId to = 0;
  FaceId left = kOutside;  // seen when walking from -> to
  FaceId right = kOutside;
  std::uint32_t first = 0;  // its points are points[first, first + count), both ends included
  std::uint32_t count = 0;
  friend bool operator==(const Arc&, const Arc&) = default;
};

struct Arrangement {
  Lattice lattice;
  std::vector<Point> nodes;
  std::vector<Point> points;  // of all arcs, one after the other
  std::vector<Arc> arcs;
  std::uint32_t face_count = 1;

  std::span<const Point> points_of(ArcId a) const { return {points.data() + arcs[a].first, arcs[a].count}; }
  friend bool operator==(const Arrangement&, const Arrangement&) = default;
};

// An arc walked forward (from -> to) or backward.
struct HalfEdge {
  std::uint32_t code = 0;  // 2 * arc + (backward ? 1 : 0)

  static HalfEdge forward(ArcId a) { return {2 * a}; }
  static HalfEdge backward(ArcId a) { return {2 * a + 1}; }
  ArcId arc() const { return code >> 1; }
  bool reversed() const { return code & 1; }
  HalfEdge twin() const { return {code ^ 1}; }
  friend auto operator<=>(const HalfEdge&, const HalfEdge&) = default;
};

inline NodeId start_of(const Arrangement& m, HalfEdge h) {
  return h.reversed() ? m.arcs[h.arc()].to : m.arcs[h.arc()].from;
}
inline NodeId end_of(const Arrangement& m, HalfEdge h) { return start_of(m, h.twin()); }
inline FaceId left_of(const Arrangement& m, HalfEdge h) {
  return h.reversed() ? m.arcs[h.arc()].right : m.arcs[h.arc()].left;
}

// Doubled signed area in mm² of every face (index 0, the outside, gets minus the sum of the others): exact.
std::vector<Int128> doubled_areas(const Arrangement&);

// Length of each arc in metres.
std::vector<double> arc_lengths(const Arrangement&);

// The box of each face (index 0: everything).
std::vector<Box> face_boxes(const Arrangement&);

}  // namespace gridloom
