// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/density/kernel_density.h"

namespace gridloom {

// K(u)/K(0) of the kernels in kernel_density.h, from u². The caller decides in its own way which places the kernel
// reaches; just beyond, where rounding may have led, the uniform kernel is still 1 and the other three are 0.
inline double kernel_profile(Kernel kernel, double u2) {
  const double v = std::max(0.0, 1 - u2);
  switch (kernel) {
    case Kernel::uniform:
      return 1;
    case Kernel::epanechnikov:
      return v;
    case Kernel::quartic:
      return v * v;
    case Kernel::triweight:
      return v * v * v;
    case Kernel::gaussian:
      break;
  }
  return std::exp(-0.5 * u2);
}

}  // namespace gridloom
