// SPDX-License-Identifier: Apache-2.0
// Permutation tests of local statistics: how often do cells taken at random outdo a cell's neighbours?
//
// Moran, G, Geary and the join count are conditional: the cell keeps its own value, and k of the other n - 1 stand in
// for its k neighbours. Given its value Moran and G are increasing or decreasing functions of one number, the
// neighbours' weighted sum; so one comparison serves both, and the same draw serves Geary and the join count. G* is
// not: k + 1 of all n values stand in for the cell and its neighbours, the null hypothesis of its z (Ord & Getis 1995,
// equation 14) and of its exact p (exact_counts.h). A conditional G* is G under another name.
//
// Ties. Values are taken to whole steps, so that the sum of the longest row fits 31 bits: counts as they are, up to a
// range of 2^27 with 15 neighbours at most and of 2^25 with 63; other values to half of that part of their range or
// finer. So sums of equal values are equal in any order, and a tie is a tie. Unequal weights within a row leave
// rounding: sums nearer than 1e-11 of the largest possible are ties. A draw that ties counts in both tails. Counting
// ties in one tail only gives a sparse field p = 1/(P + 1) wherever nothing happened.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/words.h"
#include "engine/statistics/normal_distribution.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom {

// How many draws were beyond the observed value, and how many equal to it.
struct TailCounts {
  std::uint32_t greater = 0;
  std::uint32_t equal = 0;
  std::uint32_t draws = 0;
  bool stopped = false;  // before all permutations, see PermutationOptions::stop_at
  std::uint32_t less() const { return draws - greater - equal; }
  friend bool operator==(const TailCounts&, const TailCounts&) = default;
};

enum class Ties {
  full,  // p = (count of draws as extreme or more + 1)/(P + 1): never too small (Davison & Hinkley 1997, §4.3)
  mid_p  // ties, the observation itself included, count half: for counts, where `full` wastes power (Lancaster 1961)
};
template <>
inline constexpr auto kWords<Ties> = words<Ties>({{"full", Ties::full}, {"mid-p", Ties::mid_p}});

// p of the counts; two-sided is min(1, 2 min(upper, lower)). Stopped early: count/draws in place of
// (count + 1)/(draws + 1) (Besag & Clifford 1991, equation 3), ties counting half where they do. No draws: NaN.
double p_value(const TailCounts&, Tail, Ties);

struct PermutationOptions {
  std::uint32_t permutations = 999;
  std::uint64_t seed = 1;
  Tail tail = Tail::two_sided;
  Ties ties = Ties::full;
  // Besag & Clifford's sequential test: a statistic of a cell is done as soon as the tail that is asked about holds
  // this many draws, both tails where p is two-sided; 0 draws all. p of cells of interest is as fine as with all draws.
  std::uint32_t stop_at = 0;
  bool given_cell = true;  // Moran, G, Geary, join counts
  bool with_cell = true;   // G*
  unsigned threads = 1;    // the result does not depend on it, to the last bit
};

// Index: cell. NaN: an island; for join counts also a white cell. Empty: not asked for.
struct LocalPermutations {
  std::vector<double> moran, g, g_star, geary, join_count;  // p
  std::vector<std::uint32_t> draws;                         // the most that a statistic of the cell needed
};

// All five at once, or those asked for. `black` may be empty: no join counts then. `greater` means as large or larger a
// statistic: for Moran a cell more like its neighbours, for Geary less. O((n + links) + n P k) time, O(n + links)
// memory beside the result. Throws DataError for values that are not finite or not one a cell, black that is not 0 or
// 1, fewer than 3 cells; std::invalid_argument for no permutations.
LocalPermutations permute_local(std::span<const double> values, std::span<const std::uint8_t> black,
                                const SpatialWeights&, const PermutationOptions&);

}  // namespace gridloom
