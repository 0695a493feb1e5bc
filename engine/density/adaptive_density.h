// SPDX-License-Identifier: Apache-2.0
// Kernel density with a bandwidth for each event: narrow where events are dense, wide where they are few.
#pragma once

#include <span>
#include <vector>

#include "engine/density/kernel_density.h"

namespace gridloom {

// Abramson's square root law: b_p = b (f(p) / g)^(-1/2), f the density of all events with bandwidth b at the event,
// g the geometric mean of f over the events (Abramson, Annals of Statistics 10, 1982, 1217-1223; Silverman 1986,
// §5.3.1). In metres; between b/kMostChange and b kMostChange. f is read by bilinear interpolation off a raster of the
// events' reach, with cells of a tenth of b; coarser, and f smoother, where that would be over some 25 million.
inline constexpr double kMostChange = 10;
std::vector<double> abramson_bandwidths(std::span<const Point> points, const KernelOptions& pilot);

// Events per km², as kernel_density but with bandwidths_m[p] for event p (at least 1 mm). Stamps every event in
// floating point, the Gaussian cut at kGaussianReach: O(sum of (2b/cell)²). Independent of order and threads to the
// last bit. Throws std::invalid_argument where sizes differ or a bandwidth has no meaning.
std::vector<double> adaptive_density(std::span<const Point> points, std::span<const double> bandwidths_m,
                                     const RasterGrid&, Kernel, unsigned threads, std::span<const double> weights = {});

}  // namespace gridloom
