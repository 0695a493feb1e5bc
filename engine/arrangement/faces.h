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
  std::vector<std::uint32_t> first;  // node -> index in out; one entry more than nodes
  std::vector<HalfEdge> out;
  std::span<const HalfEdge> around(NodeId n) const { return std::span(out).subspan(first[n], first[n + 1] - first[n]); }
};

Stars stars(const Arrangement&);

// For every half-edge, by code, the next one along the boundary of the face on its left.
std::vector<HalfEdge> next_in_face(const Arrangement&, const Stars&);

struct TracedArcs {
  Arrangement arrangement;
  std::vector<std::uint32_t> segment_of_arc;  // index of one segment of each arc, ...
  std::vector<bool> forward;                  // ... and whether the arc walks it from a to b
};

// Chains the segments (sorted, distinct, meeting only at ends) through points of degree two into arcs; a closed loop
// without a node gets one at its lowest point. Faces are not set. O(n log n).
TracedArcs chain(const Lattice&, std::span<const Segment> segments, unsigned threads = 1);

// Finds faces, and sets left, right and face_count, from nodes, arcs and points: one face for every piece of ground,
// numbered by lowest half-edge. Loose ends and bridges get the same face on both sides. O(n log n).
void find_faces(Arrangement&);

// The arrangement without the arcs between faces of one group. Groups are edge-connected; group 0 is the outside and
// may have several pieces (the holes of the frame). face_of_group gets the new face number of every group (0 for 0);
// numbers depend on the geometry alone. O(n log n).
Arrangement condense(const Arrangement&, std::span<const std::uint32_t> group_of_face,
                     std::vector<FaceId>& face_of_group);

}  // namespace gridloom
