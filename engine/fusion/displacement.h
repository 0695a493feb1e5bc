// SPDX-License-Identifier: Apache-2.0
// How far the departments' lines moved, and how far from more trusted lines they were drawn.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "engine/city/moved_lines.h"
#include "engine/fusion/conflicts.h"

namespace gridloom {

// Of a layer's delivered lines inside the frame: the distance to the nearest line that is trusted more, which are the
// frame's and those of layers of better accuracy, among equals of higher rank.
struct ReferenceDistances {
  std::array<double, kDistanceClasses_m.size() + 1> share{};  // of their length, by class
  std::optional<double> suggested_accuracy_m;
};

// Distances of places sampled evenly along the lines, at most 5000 per layer; none is reported beyond 1 km.
// O(n log n) in the segments, plus one search of the neighbourhood per sample. The result does not depend on threads.
std::vector<Displacement> displacements(const City&, unsigned threads);
std::vector<ReferenceDistances> reference_distances(const RawGround&, std::span<const AlignLayer>, unsigned threads);

// The accuracy that distances (metres) to more trusted lines speak for: those of lines that mean the same spread like
// the offsets of a badly drawn line, half-normal, the others lie anywhere between 0 and 200 m. The two are told apart
// by expectation maximisation (Dempster, Laird & Rubin 1977); 95 % of the first lie below the answer. Distances up to 2
// mm, of the very same line, say nothing. Empty where under 100 distances are there to judge from, or where the group
// does not stand out: where it is not at least twice as many of the distances below the answer as the others are, as
// with layers that copied their common lines and mean something else by all the rest.
std::optional<double> suggested_accuracy(std::span<const double> distances_m);

}  // namespace gridloom
