// SPDX-License-Identifier: Apache-2.0
// Snap rounding: the segments of a stack, cut where they meet, on the lattice.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/geometry/predicates.h"

namespace gridloom {

// A piece of a source segment after snap rounding. `along` tells whether it runs a -> b in the source's own direction.
struct Piece {
  Segment at;
  std::uint32_t source = 0;
  bool along = true;
  friend auto operator<=>(const Piece&, const Piece&) = default;
};

// Snap rounding by hot pixels, the plain definition (Hobby 1999; Guibas & Marimont 1998): a pixel is hot when it holds
// an end of a segment or a crossing; every segment is replaced by the polyline through the centres of the hot pixels it
// meets. No point of a segment moves by more than half a lattice unit in x and y; pieces meet only at their ends.
// Segments must be distinct. Exact: no floating point. Sorted by (at, source). O(n log n + k log k) for n segments and
// k crossings of city-like data. Independent of `threads`.
std::vector<Piece> snap_round(std::span<const Segment> segments, unsigned threads);

}  // namespace gridloom
