// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/ring.h"

#include "engine/geometry/predicates.h"

namespace gridloom {

Int128 doubled_sweep(std::span<const Point> line) {
  Int128 sum = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) sum += cross(line[i], line[i + 1]);
  return sum;
}

Int128 doubled_area(std::span<const Point> ring) {
  return ring.empty() ? 0 : doubled_sweep(ring) + cross(ring.back(), ring.front());
}

}  // namespace gridloom
