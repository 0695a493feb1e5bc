// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "engine/base/words.h"

namespace gridloom {

// Which surprise counts. Two-sided unless the question was fixed before looking: choosing the tail afterwards halves p.
enum class Tail { two_sided, greater, less };
template <>
inline constexpr auto kWords<Tail> =
    words<Tail>({{"two-sided", Tail::two_sided}, {"greater", Tail::greater}, {"less", Tail::less}});

// p of a standard normal z; NaN gives NaN.
inline double normal_p(double z, Tail tail = Tail::two_sided) {
  constexpr double kRootHalf = 0.70710678118654752440;
  if (tail == Tail::greater) return 0.5 * std::erfc(z * kRootHalf);
  if (tail == Tail::less) return 0.5 * std::erfc(-z * kRootHalf);
  return std::erfc(std::abs(z) * kRootHalf);
}

}  // namespace gridloom
