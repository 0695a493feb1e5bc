// SPDX-License-Identifier: Apache-2.0
// Kernel density of points on a raster, in events per km².
//
//   f(q) = sum over events p of  K(|q - p| / b) / b²,       b = bandwidth
//
//   kernel         K(u), its plane integral being 1       support
//   uniform        1/pi                                   u <= 1
//   epanechnikov   2/pi (1 - u²)                          u <= 1
//   quartic        3/pi (1 - u²)²                         u <= 1
//   triweight      4/pi (1 - u²)³                         u <= 1
//   gaussian       1/(2 pi) exp(-u²/2)                    the plane; here |dx|, |dy| <= kGaussianReach b
//
// (Silverman, Density Estimation for Statistics and Data Analysis, 1986, §4.2.1, equations 4.4-4.6.) The bandwidth is
// the radius of the first four and the standard deviation of the Gaussian. No edge correction: near the city limit the
// density is low because nothing was counted beyond.
//
// Method of the polynomial kernels: along one raster row an event's kernel is a polynomial in x between two pixels, so
// each event adds its coefficients where it begins and takes them away where it ends, and a running sum carries the
// row. O(n 2b/cell + nx ny) time, against O(n (2b/cell)²) of stamping and O(n nx ny) of the definition. Which pixels an
// event reaches is decided in integers. Error against the definition at most 1e-9 of the largest value; uniform and
// Epanechnikov are summed in integers and exact but for the last rounding.
// Gaussian: binned (gaussian_density.cpp has the method and the proof), O(64 n + nx ny) time for any bandwidth; error
// at most kBinnedGaussianError times the surface's maximum over the plane. Below two pixels: separable
// stamping, O(n (2 reach b/cell)²); what the reach leaves out is at most exp(-kGaussianReach²/2) = 1.5e-8 of the
// kernel's peak per event, at any pixel. With `exact`: stamping to kExactReach, which leaves out 1e-16.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/words.h"
#include "engine/geometry/point.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom {

enum class Kernel { uniform, epanechnikov, quartic, triweight, gaussian };
template <>
inline constexpr auto kWords<Kernel> = words<Kernel>({{"uniform", Kernel::uniform},
                                                      {"epanechnikov", Kernel::epanechnikov},
                                                      {"quartic", Kernel::quartic},
                                                      {"triweight", Kernel::triweight},
                                                      {"gaussian", Kernel::gaussian}});

inline constexpr double kGaussianReach = 6.0;
inline constexpr double kExactReach = 8.6;
inline constexpr double kBinnedGaussianError = 1e-4;

// A bandwidth as densities take it: to the millimetre, one at least.
double whole_millimetres(double metres);

struct KernelOptions {
  Kernel kernel = Kernel::quartic;
  double bandwidth_m = 500;  // taken to the millimetre; at most 500 km
  unsigned threads = 1;      // the result does not depend on it, to the last bit
  // Gaussian: stamp every event instead of binning (the other kernels are exact always). Edge correction: the mass of
  // every pixel or event from the limit's edges, O(pixels * edges), instead of within 4e-4.
  bool exact = false;
};

// Events per km² at every pixel centre, row by row from the north (index row * nx + column). The order of the points
// does not matter; coinciding points count each. `weights`, one for each point or none, multiply the events; they are
// finite and not negative. Throws std::invalid_argument for other weights, a bandwidth or a cell that is not positive
// or too large, or a raster of more than 2^31 pixels.
std::vector<double> kernel_density(std::span<const Point> points, const RasterGrid&, const KernelOptions&,
                                   std::span<const double> weights = {});

}  // namespace gridloom
