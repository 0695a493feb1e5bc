// SPDX-License-Identifier: Apache-2.0
// Permutation tests of the global statistics: all values placed anew, each placement equally likely.
#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/permutation.h"

namespace gridloom {

// Placements in which the statistic is beyond its observed value, or ties with it (sums nearer than 1e-11 of their
// terms' total are ties). One placement serves all of them.
struct GlobalPermutations {
  TailCounts moran, geary, g;                        // p by p_value(counts, tail, ties)
  TailCounts black_black, black_white, white_white;  // no draws without `black`
};

// Placement k is the k-th of the seed, whatever the threads. options.tail and .ties are for p_value; .stop_at is not
// used. O(P (n + links)) time, O(threads n) memory. Throws DataError as moran() does, and as permute_local for
// `black`, which may be empty; std::invalid_argument for no permutations.
GlobalPermutations permute_global(std::span<const double> values, std::span<const std::uint8_t> black,
                                  const SpatialWeights&, const PermutationOptions&);

}  // namespace gridloom
