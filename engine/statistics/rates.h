// SPDX-License-Identifier: Apache-2.0
// Rates over a population at risk: raw rates of small populations are the largest and the smallest by chance alone.
//
// Everywhere: one finite count >= 0 and one finite population > 0 a cell, else DataError naming the cell; at_risk takes
// a population of 0 too. O(n) unless said otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/spatial_weights.h"

namespace gridloom {

// A rate over fewer people than this is told by nobody who is not asked to: seven events where areal weighting left a
// hundredth of a person are 492 events a person, which no standardisation tames. A hundred is the usual threshold of
// published small-area rates.
inline constexpr double kLeastPopulation = 100;

// What a rate's floor leaves out.
struct LeftOut {
  std::size_t cells = 0;
  double events = 0;
  double people = 0;
  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

// The cells whose rate is told, ascending: those with a population of `least` or more, and never of 0.
struct AtRisk {
  std::vector<std::uint32_t> cells;
  LeftOut left_out;
};
AtRisk at_risk(std::span<const double> counts, std::span<const double> population, double least);

// (p_i - b) / sqrt(v_i): rates with equal variance, to be fed to any statistic of this folder in place of raw rates
// (Assuncao & Reis 1999, equation 3). b is the overall rate, v_i = a + b/population_i with the prior's variance a by
// moments; where v_i is not positive it is b/population_i, as in the paper. DataError when nothing happened at all.
std::vector<double> standardised_rates(std::span<const double> counts, std::span<const double> population);

// Global empirical Bayes rates (Marshall 1991): b + (p_i - b) a/(a + b/population_i), each rate drawn to the overall
// one as much as its population is small; a is 0 where the moments make it negative.
std::vector<double> smoothed_rates(std::span<const double> counts, std::span<const double> population);

// Local empirical Bayes rates (Marshall 1991): the same with b and a of the cell and its neighbours, drawn to the
// local rate. A neighbourhood without events gives 0. O(n + links).
std::vector<double> locally_smoothed_rates(std::span<const double> counts, std::span<const double> population,
                                           const SpatialWeights&);

}  // namespace gridloom
