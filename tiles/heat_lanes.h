// SPDX-License-Identifier: Apache-2.0
// Four doubles abreast, for the sums of heat tiles. The same operations on every machine, none fused: the same bits.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

// Where the processor has AVX2 a function of this name plus _avx2 runs, else the plain one.
#if defined(__x86_64__)
#define GRIDLOOM_AVX2 __attribute__((target("avx2")))
#define GRIDLOOM_HAS_AVX2 __builtin_cpu_supports("avx2")
#endif
// Everything that takes or gives lanes is inlined, so the calling convention of wide vectors does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"
#define GRIDLOOM_INLINE inline __attribute__((always_inline))

namespace gridloom::heat {

using Four = double __attribute__((vector_size(32)));
using FourInts = std::int64_t __attribute__((vector_size(32)));

// Rounds to 2^-bits by adding a number whose last place that is; |v| < 2^(51 - bits).
class Rounding {
 public:
  explicit Rounding(int bits) : shift_(1.5 * std::bit_cast<double>(std::uint64_t(1023 + 52 - bits) << 52)) {}
  // of(v) - nothing() is v in integers. Sums of of() may take nothing() away at the end, as often as they added.
  GRIDLOOM_INLINE FourInts of(const Four& v) const { return (FourInts)(v + shift_); }
  GRIDLOOM_INLINE std::int64_t nothing() const { return std::bit_cast<std::int64_t>(shift_); }

 private:
  double shift_;
};

GRIDLOOM_INLINE Four positive(const Four& v) { return (Four)((FourInts)v & (v > 0)); }

GRIDLOOM_INLINE std::int64_t sum_of(const FourInts& v) {
  std::uint64_t lane[4];
  std::memcpy(lane, &v, sizeof lane);
  return static_cast<std::int64_t>(lane[0] + lane[1] + lane[2] + lane[3]);
}

}  // namespace gridloom::heat
