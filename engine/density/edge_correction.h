// SPDX-License-Identifier: Apache-2.0
// Edge correction of densities: near the city limit a kernel reaches ground where nothing was counted.
//
//   mass(q)   the integral over the city of K(|q - y| / b) / b²: 1 deep inside, about one half on a straight limit
//   uniform   f(q) = sum of w_p K_p(q) / mass(q): divides at the pixel
//   diggle    f(q) = sum of w_p K_p(q) / mass(p): each event weighs more, and over the city the integral is the weights
// (Diggle, A kernel method for smoothing point process data, Applied Statistics 34, 1985, 138-147; Jones, Simple
// boundary correction for kernel density estimation, Statistics and Computing 3, 1993.)
#pragma once

#include <span>
#include <vector>

#include "engine/base/words.h"
#include "engine/density/kernel_density.h"

namespace gridloom {

enum class EdgeCorrection { none, uniform, diggle };
template <>
inline constexpr auto kWords<EdgeCorrection> = words<EdgeCorrection>({{"none", EdgeCorrection::none},
                                                                      {"uniform", EdgeCorrection::uniform},
                                                                      {"diggle", EdgeCorrection::diggle}});

// A piece of the city limit; the city is on its left as one goes from `from` to `to`. A limit is any closed set of
// them: several parts, with holes.
struct LimitEdge {
  Point from, to;
};

// Below this mass nothing is divided: the place lies outside the limit, further than a kernel can tell.
inline constexpr double kLeastMass = 1e-3;

// Events per km² as kernel_density gives them, corrected by the masses of mass_surface.h, or with `exact` by those of
// kernel_mass.h: within rounding, O(pixels * edges) or O(events * edges). NaN (uniform) where the mass is below
// kLeastMass; events with less mass are left out (diggle): they lie outside. Independent of order and threads.
std::vector<double> corrected_density(std::span<const Point> points, std::span<const LimitEdge>, const RasterGrid&,
                                      const KernelOptions&, EdgeCorrection, std::span<const double> weights = {});

}  // namespace gridloom
