// SPDX-License-Identifier: Apache-2.0
// Looking straight down in an arrangement: the step shared by face nesting and point location.
#pragma once

#include <optional>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/geometry/box_index.h"
#include "engine/geometry/predicates.h"

namespace gridloom {

// An index over the segments of all arcs. Needs nodes, points and arcs only, not the faces.
class Below {
 public:
  explicit Below(const Arrangement&);
  // Of the segments over some columns only: `under` may be asked for points with these x, `through` not at all.
  Below(const Arrangement&, std::vector<std::int32_t> columns);

  // The half-edge with the space directly below p on its left, or nothing when only the outside lies below. Segments
  // through p and vertical ones do not count; a segment spans x half-openly, [a.x, b.x).
  std::optional<HalfEdge> under(Point p) const;

  // The arcs p lies on, ascending.
  std::vector<ArcId> through(Point p) const;

 private:
  template <class Wanted>
  void fill(const Arrangement&, Wanted&&);

  std::vector<Segment> segments_;
  std::vector<HalfEdge> above_;  // with the space above the segment on its left
  BoxIndex index_;
  std::int64_t bottom_ = INT32_MAX;
};

}  // namespace gridloom
