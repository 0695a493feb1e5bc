// SPDX-License-Identifier: Apache-2.0
#include "engine/density/coincidence.h"

#include <algorithm>

namespace gridloom {

Coincidence coincidence(std::span<const Point> points) {
  std::vector<Point> sorted(points.begin(), points.end());
  std::sort(sorted.begin(), sorted.end());
  Coincidence c;
  c.points = sorted.size();
  for (auto begin = sorted.begin(), end = begin; begin != sorted.end(); begin = end) {
    end = std::upper_bound(begin, sorted.end(), *begin);
    const auto here = static_cast<std::size_t>(end - begin);
    ++c.places;
    if (here > 1) c.coincident += here;
    if (here > c.most) {
      c.most = here;
      c.fullest = *begin;
    }
  }
  return c;
}

}  // namespace gridloom
