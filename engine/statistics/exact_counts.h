// SPDX-License-Identifier: Apache-2.0
// Exact tests of counts: the distribution that permutations only sample.
//
// Moran, G: with k neighbours of equal weight, the neighbours' sum is that of k of the n - 1 other values, drawn
// without replacement; the cell keeps its own. G*: the sum of the cell and its neighbours is that of k + 1 of all n
// values, the null hypothesis of its z (Ord & Getis 1995, equation 14), so that a cell that is busy all by itself is
// seen. For counts its whole distribution can be told: hypergeometric for two values, by convolution for more. Tails of
// 1e-9 are as good as those of .1, where 999 permutations end at .002: hot spots of a sparse field can survive the
// correction for ten thousand cells.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/permutation.h"

namespace gridloom {

// P(S < s), P(S = s), P(S > s) of the neighbours' sum at its observed value s.
struct ExactTails {
  double less = 0;
  double equal = 1;
  double greater = 0;
};

// `full`: P(as extreme or more), conservative. `mid_p`: P(more extreme) + P(equal)/2. Two-sided min(1, 2 min).
double p_value(const ExactTails&, Tail, Ties);

// Index: cell. NaN: an island. Empty: not asked for.
struct ExactLocal {
  std::vector<double> moran, g, g_star;  // p
};

struct ExactOptions {
  Tail tail = Tail::two_sided;
  Ties ties = Ties::mid_p;
  bool given_cell = true;  // Moran and G: distributions for each own value
  bool with_cell = true;   // G*: one set of them for all cells
};

// Whether exact_local can serve: whole numbers of range at most 4096, rows of equal weights and at most 64 neighbours.
bool exact_applies(std::span<const double> values, const SpatialWeights&);

// Additions that exact_local needs, about a second for each 10^9: sparse counts take few, dense ones in wide
// neighbourhoods very many. Precondition: exact_applies.
double exact_cost(std::span<const double> values, const SpatialWeights&, const ExactOptions&);

// Throws DataError when exact_applies is false. Cells with the same own value share one set of distributions:
// O(values k² range) for each, k the most neighbours and `values` the number of distinct counts; for the counts
// of incidents milliseconds. Error of a probability about 1e-12 relative, absolute below 1e-300.
ExactLocal exact_local(std::span<const double> values, const SpatialWeights&, const ExactOptions&);

}  // namespace gridloom
