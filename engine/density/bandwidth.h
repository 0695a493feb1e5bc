// SPDX-License-Identifier: Apache-2.0
// Bandwidths chosen from the events: standard deviations of a Gaussian, in metres. Selectors differ by several times on
// the same events; print the one chosen beside its neighbours. All need two different places at least and throw
// DataError otherwise. Results do not depend on the order of the points beyond rounding.
#pragma once

#include <span>
#include <vector>

#include "engine/density/kernel_density.h"
#include "engine/geometry/point.h"

namespace gridloom {

// The radius of a kernel (of the Gaussian: its standard deviation) that spreads an event as far along each axis as a
// Gaussian of this standard deviation: sd sqrt(2 (k + 2)) for c (1 - u²)^k, whose variance is b²/(2 (k + 2)).
double radius_for(Kernel, double sd_m);

struct AxisBandwidths {
  double x_m = 0;
  double y_m = 0;
  double both_m = 0;  // from the root of the mean of the two variances
};

// sd n^(-1/6) along each axis (Scott, Multivariate Density Estimation, 1992, p. 152). O(n).
AxisBandwidths scott_bandwidth(std::span<const Point>);

// 0.9 min(SD, D / sqrt(ln 2)) n^(-1/5): SD the standard distance and D the median distance from the mean centre
// (Silverman 1986, equation 3.31, in the form GIS packages use for incidents). Robust to far outliers. O(n).
double silverman_bandwidth(std::span<const Point>);

// A criterion over candidate bandwidths, and where it is best.
struct BandwidthSearch {
  double from_m = 0;  // both ends are candidates; 0 < from < to
  double to_m = 0;
  int candidates = 64;         // evenly spaced in the logarithm
  std::vector<double> at_m{};  // not empty: these instead, ascending and positive
};

struct BandwidthChoice {
  double best_m = 0;    // of the candidates
  bool at_end = false;  // the best is the first or the last: search wider
  std::vector<double> candidates_m;
  std::vector<double> criterion;  // larger is better (likelihood) or smaller (the others), as the function says
};

// Leave-one-out likelihood: sum over i of log of the density at i of the other events; largest is best (Loader, Local
// Regression and Likelihood, 1999, §5.3; no edge correction). Coinciding events draw it to zero. O(candidates n²).
BandwidthChoice likelihood_bandwidth(std::span<const Point>, const BandwidthSearch&);

// Least squares cross-validation: integral of f² less twice the mean leave-one-out density, in closed form; smallest is
// best (Bowman, Biometrika 71, 1984, 353-360). O(candidates n²).
BandwidthChoice lscv_bandwidth(std::span<const Point>, const BandwidthSearch&);

// Berman & Diggle's estimate of the mean square error of the intensity in a moving disc of radius 2 sd, from the K
// function; smallest is best (Berman & Diggle, J. R. Statist. Soc. B 51, 1989, 81-92; Diggle 2003, pp. 115-118):
//   M(h) = (1/lambda - 2 K(h)) / (pi h²) + 1/(pi h²)² integral of overlap(r, h) dK(r),   h = 2 sd
// K is area/(n (n - 1)) times the ordered pairs within r, without edge correction: at the small distances that decide
// it matters little. `area_km2` is the city's. O(n² + candidates pairs within 4 times the largest candidate).
BandwidthChoice diggle_bandwidth(std::span<const Point>, double area_km2, const BandwidthSearch&);

}  // namespace gridloom
