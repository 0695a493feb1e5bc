// SPDX-License-Identifier: Apache-2.0
// Fewer vertices on arcs, the same nodes, arcs, faces and neighbours.
#pragma once

#include <vector>

#include "engine/arrangement/arrangement.h"

namespace gridloom {

struct SimplifyOptions {
  // Every point of an old arc lies within this of the new one, and the other way round. Whole millimetres, rounded.
  double tolerance_m = 0;
  // arc -> must its line stay as it is? Empty: none.
  std::vector<bool> keep = {};
  // Merge bounded faces smaller than `min_area_m2` into a neighbour first.
  bool drop_small_faces = false;
  double min_area_m2 = 0;
};

// Removes inner vertices of arcs, those with the least effective area first (Visvalingam & Whyatt 1993, "Line
// generalisation by repeated elimination of points": it takes whole small bends where Douglas & Peucker keeps their
// tips), as long as all original vertices they stood between stay within the tolerance of the new segment. Distance to
// a segment is convex, so vertices speak for the line between them. Vertex b between a and c goes only when the closed
// triangle abc holds no other vertex (de Berg, van Kreveld & Schirra 1998; Estkowski & Mitchell 2001) and a-c is no
// segment yet: then nothing crosses or touches, no loop and no two arcs between the same nodes collapse. All tests are
// exact. A vertex held back by another is tried again once that one is gone. Tolerance 0 removes the collinear
// vertices.
//
// Nodes, arc numbers and face numbers stay, and so do areas' signs. The result is a function of the geometry alone.
// Not idempotent beyond tolerance 0: a second run measures from the line the first one left.
//
// With drop_small_faces, the smallest face goes first, into the bounded neighbour with the longest shared border (the
// lowest number on a tie), until none is too small that has such a neighbour. Ground never becomes outside; arcs to
// keep are never merged away. Arcs and faces are renumbered then.
//
// face_of_face, when given, gets the new number of every face. Throws std::invalid_argument when the tolerance or the
// area is negative or not finite, or keep has another size than the arcs. O(n log n) for city-like data, where the
// stretches replaced by one segment are short; one thread.
Arrangement simplify(const Arrangement&, const SimplifyOptions&, std::vector<FaceId>* face_of_face = nullptr);

}  // namespace gridloom
