// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"

namespace gridloom {

// Chains arcs into the longest lines that pass every node where just two of them meet: lines drawn in pieces show a dot
// at each joint. Every arc is in one stroke, once. A closed stroke ends where it began. Deterministic. O(n log n).
std::vector<std::vector<HalfEdge>> strokes(const Arrangement&, std::span<const ArcId>);

// The points along a stroke.
std::vector<Point> points_along(const Arrangement&, std::span<const HalfEdge> stroke);

}  // namespace gridloom
