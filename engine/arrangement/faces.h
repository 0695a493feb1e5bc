// SPDX-License-Identifier: Apache-2.0
// From noded segments to nodes, arcs and faces.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/geometry/predicates.h"

namespace gridloom {

// The half-edges that leave each node, counter-clockwise from the positive x axis (CSR layout).
struct Stars {
  std::vector<std::uint32_t> first;     // node -> index in out; one entry more than nodes
  std::vector<HalfEdge> out;
  std::span<const HalfEdge> around(NodeId n) const {
    return std::span(out).subspan(first[n], first[n + 1] - first[n]);
  }
};

Stars stars(const Arrangement&);

// For every half-edge, by code, the next one along the boundary of the face on its left.
std::vector<HalfEdge> next_in_face(const Arrangement&, const Stars&);

struct TracedArcs {
  Arrangement arrangement;
  std::vector<std::uint32_t> segment_of_arc;  // index of one segment of each arc, ...
  std::vector<bool> forward;                  // ... and whether the arc walks it from a to b
};

// Chains the segments (sorted, distinct, meeting only at ends, every point of even or odd degree >= 2) through points of
// degree two into arcs and finds the faces. Face numbers follow the lowest half-edge of each face. O(n log n).
TracedArcs trace_faces(const Lattice&, std::span<const Segment> segments);

// Sets left, right and face_count from nodes, arcs and points. O(n log n).
void find_faces(Arrangement&);

}  // namespace gridloom
