// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/lattice.h"

#include <cmath>
#include <stdexcept>

namespace gridloom {
namespace {

std::int32_t to_lattice(double metres) {
  const double mm = std::round(metres * Lattice::kPerMetre);
  if (!(std::abs(mm) < kCoordinateLimit))
    throw std::out_of_range("coordinate is not within 1073 km of the lattice origin");
  return static_cast<std::int32_t>(mm);
}

}  // namespace

Point Lattice::round(Projected p) const { return {to_lattice(p.x - origin_x), to_lattice(p.y - origin_y)}; }

}  // namespace gridloom
