// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/ring.h"

#include "engine/geometry/predicates.h"

namespace gridloom {

Int128 doubled_area(std::span<const Point> ring) {
  Int128 sum = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) sum += cross(ring[i], ring[i + 1 == ring.size() ? 0 : i + 1]);
  return sum;
}

}  // namespace gridloom
