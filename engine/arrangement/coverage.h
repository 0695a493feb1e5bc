// SPDX-License-Identifier: Apache-2.0
// What covers what: winding numbers carried across noded segments. The step shared by building a stack, by areal
// weighting and by the simplified arrangements of zoom levels.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/arrangement/faces.h"
#include "engine/geometry/predicates.h"
#include "engine/geometry/ring.h"

namespace gridloom {

// Crossing a segment a -> b from its right to its left changes the winding number of `key`'s ground by `step`.
struct Crossing {
  std::uint32_t key = 0;
  std::int32_t step = 0;
  friend auto operator<=>(const Crossing&, const Crossing&) = default;
};

struct DrawnSegment {
  Segment at;
  Crossing crossing;
  friend auto operator<=>(const DrawnSegment&, const DrawnSegment&) = default;
};

// Draws p -> q with the key's ground on its left (step 1) or on its right (step -1); nothing where p equals q.
void draw(Point p, Point q, std::uint32_t key, std::int32_t step, std::vector<DrawnSegment>& out);

// Draws a ring: shells wind counter-clockwise and holes clockwise, however they run in the input.
void draw(const Ring&, std::uint32_t key, std::vector<DrawnSegment>& out);

// Distinct segments, sorted, each with the crossings that do not cancel (CSR layout), sorted by key. Segments all of
// whose crossings cancel, such as spikes, are gone.
struct CrossedSegments {
  std::vector<Segment> segments;
  std::vector<std::uint32_t> first{0};
  std::vector<Crossing> crossings;

  std::span<const Crossing> of(std::size_t s) const {
    return std::span(crossings).subspan(first[s], first[s + 1] - first[s]);
  }
};

CrossedSegments gather(std::vector<DrawnSegment>, unsigned threads);

// The same ground with its segments noded by snap rounding.
CrossedSegments noded(CrossedSegments, unsigned threads);

// Winding numbers that are not zero, sorted by key.
using Coverage = std::vector<Crossing>;

// The arrangement of noded segments, told by `visit` what covers each of its faces: the outside first, where nothing
// does, then every face once, in an order that depends on the geometry alone. One coverage is kept at a time: memory
// beyond the arrangement does not grow with what covers it. O(n log n) and O(covering keys) for each arc of a spanning
// tree.
Arrangement cover_faces(const Lattice&, CrossedSegments, unsigned threads,
                        const std::function<void(const Arrangement&, FaceId, const Coverage&)>& visit);

}  // namespace gridloom
