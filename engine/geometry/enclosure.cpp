// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/enclosure.h"

#include "engine/geometry/predicates.h"

namespace gridloom {

bool encloses(std::span<const Point> ring, Point p) {
  bool odd = false;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Segment s = segment_between(ring[i], ring[(i + 1) % ring.size()]);
    if (on_segment(s, p)) return true;
    if (s.a.x <= p.x && p.x < s.b.x && orientation(s.a, s.b, p) < 0) odd = !odd;
  }
  return odd;
}

}  // namespace gridloom
