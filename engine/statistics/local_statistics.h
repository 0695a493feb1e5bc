// SPDX-License-Identifier: Apache-2.0
// Where is the clustering? One value, expectation, variance and z for each cell.
//
// Moments are conditional: cell i keeps its value and the others are placed anew, so that with k neighbours the
// neighbours' values are a sample of the n - 1 others without replacement. For y_j any function of x_j,
//   E[sum w_ij y_j] = W m,   Var = s² ((n - 1) W2 - W²) / (n - 2),   W = sum w_ij, W2 = sum w_ij²
// with m and s² the mean and variance (divisor n - 1) of the y of the others (Ord & Getis 1995, equations 6-7; Sokal,
// Oden & Thomson 1998). Where the variance is 0 (an island, others that are all equal) z is NaN: nothing can be said.
//
// Everywhere: one finite value a cell, at least 3 cells, else DataError. O(n + links). z is normal in the limit only:
// for sparse counts take permutations or exact probabilities (permutation.h, exact_counts.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/spatial_weights.h"

namespace gridloom {

// Index: cell.
struct LocalStatistic {
  std::vector<double> value;
  std::vector<double> expected;
  std::vector<double> variance;
  std::vector<double> z;
};

// I_i = z_i sum w_ij z_j / m2, z = x - mean, m2 = sum z²/n (Anselin 1995; the scale of spdep; times (n - 1)/n gives
// that of esda). All values equal: values and z are NaN.
LocalStatistic local_moran(std::span<const double> values, const SpatialWeights&);

// G_i = sum w_ij x_j / sum over j != i of x_j (Ord & Getis 1995): a share of what there is. Value and variance
// are NaN where the others sum to 0, and for all cells where any value is negative (standardised rates
// sum to about 0: the shares would be noise, or upside down); z needs no such sum and holds for values of any sign.
LocalStatistic local_g(std::span<const double> values, const SpatialWeights&);

// G_i* = (sum w_ij x_j + w_ii x_i) / sum x_j with SpatialWeights::self as w_ii; a standardised row is standardised
// again with the cell in it. NaN as G. z as in Ord & Getis 1995, equation 14, which places all n values: x_i is not
// kept.
LocalStatistic local_g_star(std::span<const double> values, const SpatialWeights&);

// c_i = sum w_ij (z_i - z_j)², z = (x - mean)/sd with divisor n - 1 (Anselin 1995, 2019). Small: like its neighbours.
LocalStatistic local_geary(std::span<const double> values, const SpatialWeights&);

// BB_i = b_i sum w_ij b_j: black neighbours of a black cell (Anselin & Li 2019). 0 and z NaN for white cells. Throws
// DataError unless every value is 0 or 1.
LocalStatistic local_join_count(std::span<const std::uint8_t> black, const SpatialWeights&);

// The quarter of Moran's scatterplot: the cell and its neighbours' weighted mean against the mean. Ties with the mean
// count as low. Islands are `none`.
enum class Quadrant : std::uint8_t { none, high_high, low_high, low_low, high_low };
std::vector<Quadrant> moran_quadrants(std::span<const double> values, const SpatialWeights&);

}  // namespace gridloom
