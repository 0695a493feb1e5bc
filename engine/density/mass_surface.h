// SPDX-License-Identifier: Apache-2.0
// The share of a kernel that lies inside the city limit, at any place of a raster's ground; see edge_correction.h.
#pragma once

#include <span>
#include <vector>

#include "engine/density/edge_correction.h"

namespace gridloom {

// On a lattice of nodes an eighth of a Gaussian's standard deviation apart, a twentieth of the other kernels' radius,
// and between them by cubic interpolation. The other kernels are summed only at nodes that the limit is in reach of: in
// a row of cells those wholly inside are few stretches, and a table of the kernel's running sums gives what a stretch
// adds; only cells that the limit cuts are summed one by one. Deeper inside the mass is 1. O(cells + nodes near the
// limit * 20); the Gaussian reaches everywhere and is one density of the cells.
class MassSurface {
 public:
  MassSurface(std::span<const LimitEdge>, const RasterGrid&, const KernelOptions&);

  // 0 .. 1, and 1 to the last bit where the limit is out of reach; lattice mm. Within 4e-4 of the integral (uniform
  // kernel: 5e-3), Gaussian in a rectangle 2e-4.
  double at(double x_mm, double y_mm) const;

 private:
  double node(std::int64_t i, std::int64_t j) const;  // the nearest one there is

  RasterGrid nodes_;  // each stands in the middle of its cell
  std::vector<float> values_;
};

}  // namespace gridloom
