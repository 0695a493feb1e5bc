// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/arrangement.h"

#include <cmath>

#include "engine/geometry/ring.h"

namespace gridloom {

std::vector<Int128> doubled_areas(const Arrangement& m) {
  std::vector<Int128> area(m.face_count, 0);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    const Int128 sum = doubled_sweep(p);
    area[m.arcs[a].left] += sum;
    area[m.arcs[a].right] -= sum;
  }
  return area;
}

std::vector<double> arc_lengths(const Arrangement& m) {
  std::vector<double> length(m.arcs.size(), 0);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      length[a] += std::hypot(static_cast<double>(p[i + 1].x) - p[i].x, static_cast<double>(p[i + 1].y) - p[i].y);
    length[a] /= Lattice::kPerMetre;
  }
  return length;
}

std::vector<Box> face_boxes(const Arrangement& m) {
  std::vector<Box> boxes(m.face_count);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Box box = box_of(m.points_of(a));
    boxes[m.arcs[a].left].extend(box);
    boxes[m.arcs[a].right].extend(box);
    boxes[kOutside].extend(box);
  }
  return boxes;
}

}  // namespace gridloom
