// SPDX-License-Identifier: Apache-2.0
// Is there clustering anywhere? One number for all cells: Moran's I, Geary's c, Getis and Ord's G, join counts.
//
// Everywhere: `values` has one finite value a cell and weights.size() entries, else DataError. Fewer than 4 cells, no
// links, or values that are all equal leave nothing to test: DataError. Weights need not be symmetric. O(n + links log
// k).
//
// Moments: Cliff & Ord, Spatial Processes (1981), §1.5 and §2.3; under randomisation the values are fixed and their
// places random. They equal the mean and variance over all n! placements exactly.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "engine/base/words.h"
#include "engine/statistics/normal_distribution.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom {

struct GlobalTest {
  double value = 0;
  double expected = 0;
  double variance = 0;  // under randomisation
  // Under normality, for Moran and Geary; NaN for the others, which have none.
  double variance_normality = std::numeric_limits<double>::quiet_NaN();

  double z() const { return (value - expected) / std::sqrt(variance); }
  double z_normality() const { return (value - expected) / std::sqrt(variance_normality); }
  double p(Tail tail = Tail::two_sided) const { return normal_p(z(), tail); }
};

// Cells without neighbours add nothing to the sums over links. `counted`: they are cells all the same, n includes them
// (as in esda), and the moments equal those over all placements. `left_out`: n does not (as in spdep's adjust.n), while
// mean and variance of the values stay those of all cells.
enum class Islands { counted, left_out };
template <>
inline constexpr auto kWords<Islands> = words<Islands>({{"counted", Islands::counted},
                                                        {"left out", Islands::left_out}});

// I = n/S0 sum w_ij z_i z_j / sum z_i², z = x - mean (Moran 1950).
GlobalTest moran(std::span<const double> values, const SpatialWeights&, Islands = Islands::counted);

// c = (n - 1)/(2 S0) sum w_ij (x_i - x_j)² / sum z_i²; 1 without, under 1 with clustering (Geary 1954).
GlobalTest geary(std::span<const double> values, const SpatialWeights&, Islands = Islands::counted);

// G = sum w_ij x_i x_j / sum over i != j of x_i x_j (Getis & Ord 1992, equation 5). Meant for binary weights and a
// variable with a natural zero: DataError for a negative value.
GlobalTest getis_ord_g(std::span<const double> values, const SpatialWeights&);

// Joins of black (1) and white (0) cells; a link that stands in both rows counts once (the factor 1/2).
struct JoinCounts {
  GlobalTest black_black, black_white, white_white;
};
// DataError unless every value is 0 or 1 and both occur.
JoinCounts join_counts(std::span<const std::uint8_t> black, const SpatialWeights&);

// n/S0 sum w_ij dx_i dy_j / sqrt(sum dx² sum dy²): does x go with y in the neighbourhood? (Wartenberg 1985; Anselin,
// Syabri & Smirnov 2002). It has no analytic moments under conditional independence: test it by permutation.
double bivariate_moran(std::span<const double> x, std::span<const double> y, const SpatialWeights&);

}  // namespace gridloom
