// SPDX-License-Identifier: Apache-2.0
// How much of a kernel lies on the ground, exactly, from the edges of the ground's limit.
#pragma once

#include <span>

#include "engine/density/edge_correction.h"

namespace gridloom {

// The integral over the ground of K(|q - y| / b) / b² for q = (x_mm, y_mm), in [0, 1].
//
// Seen from q an edge spans angles; a kernel holds F(r) of its mass within distance r, F = 1 - (1 - u²)^(k+1) for the
// kernel c (1 - u²)^k, u = r/b up to 1, and 1 - exp(-u²/2) for the Gaussian. By Green's theorem in polar coordinates
//   mass = 1/(2 pi) sum over the edges of the integral of F(r(phi)) dphi
// which along a straight edge is a polynomial, for the Gaussian Owen's T function (Owen, Annals of Mathematical
// Statistics 27, 1956, 1075-1090), and an angle beyond the kernel's reach. Within rounding, about 1e-14, for any closed
// limit. O(edges).
double exact_kernel_mass(std::span<const LimitEdge>, double x_mm, double y_mm, Kernel, double bandwidth_m);

}  // namespace gridloom
