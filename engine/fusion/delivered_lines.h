// SPDX-License-Identifier: Apache-2.0
// The segments of delivered rings, one after the other.
#pragma once

#include "engine/city/delivery.h"

namespace gridloom {

// Calls visit(a, b) for every segment that is not a point, closing ones included.
template <class Visit>
void for_each_segment(const DeliveredLayer& layer, Visit&& visit) {
  for (const DeliveredCell& c : layer.cells)
    for (const Ring& r : c.rings)
      for (std::size_t i = 0; i < r.points.size(); ++i) {
        const Point a = r.points[i], b = r.points[i + 1 < r.points.size() ? i + 1 : 0];
        if (a != b) visit(a, b);
      }
}

}  // namespace gridloom
