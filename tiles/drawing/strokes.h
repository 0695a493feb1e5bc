// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"

namespace gridloom {

// Where an arc stands in the line it is part of.
struct StrokePlace {
  std::uint32_t stroke = UINT32_MAX;  // UINT32_MAX: in none
  std::uint32_t position = 0;
  HalfEdge walk;  // the arc as the stroke walks it
  friend auto operator<=>(const StrokePlace&, const StrokePlace&) = default;
};

// Chains arcs of one class into the longest lines that pass every node where just two of them meet: lines drawn in
// pieces show a dot at each joint. `class_of_arc`: per arc, 0 for those that are not drawn. Classes below `classes`.
// Every other arc is in one stroke, once; strokes are numbered by class, so that sorted places come class by class.
// Deterministic. O(n log n).
std::vector<StrokePlace> chain_strokes(const Arrangement&, std::span<const std::uint8_t> class_of_arc,
                                       unsigned classes);

// The lines of the given places (sorted): consecutive arcs of a stroke in one piece.
std::vector<std::vector<Point>> lines_of(const Arrangement&, std::span<const StrokePlace> sorted);

}  // namespace gridloom
