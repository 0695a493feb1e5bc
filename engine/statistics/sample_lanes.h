// SPDX-License-Identifier: Apache-2.0
// The inner loops of OtherSampler, eight samples abreast: once for every machine, once for those with AVX2, chosen when
// the program runs. Both do the same integer arithmetic and give the same numbers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/base/random.h"

namespace gridloom {

inline constexpr std::size_t kLanes = 8;
inline constexpr std::size_t kGroup = 4 * kLanes;       // draws of eight Philox blocks
inline constexpr std::uint32_t kRejected = UINT32_MAX;  // no draw: the number would bias it

struct LaneDraws {
  PhiloxKey key{};
  PhiloxBlock counter{};        // of the first block; counter[0] counts on and must not overflow
  std::uint32_t bound = 1;      // draws are below it; less than 2^31
  std::uint32_t threshold = 0;  // 2^32 mod bound
};

// Draws `groups` * kGroup numbers: word w of block 8 g + l becomes out[32 g + 8 w + l]. True when any is kRejected.
bool draw_lanes(const LaneDraws&, std::size_t groups, std::uint32_t* out);

// Of eight samples, draw d of sample l at drawn[d * stride + l]: the bit l is set where two of its k draws are equal.
unsigned coinciding_lanes(const std::uint32_t* drawn, std::size_t stride, std::size_t k);

// Adds 1 to every number of `count`, a multiple of eight, that is at least `from`; all are below 2^31.
void step_over(std::uint32_t from, std::uint32_t* numbers, std::size_t count);

// The same without AVX2, for comparison.
bool draw_lanes_portable(const LaneDraws&, std::size_t groups, std::uint32_t* out);

}  // namespace gridloom
