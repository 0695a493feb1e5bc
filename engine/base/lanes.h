// SPDX-License-Identifier: Apache-2.0
// Four doubles abreast, for inner loops that compilers do not see through. The same operations on every machine, none
// of them fused: the same bits with AVX2 and without.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <emmintrin.h>
#define GRIDLOOM_AVX2 __attribute__((target("avx2")))
#else
#include <cmath>
#define GRIDLOOM_AVX2
#endif

// Everything that takes or gives lanes is inlined, so the calling convention of wide vectors does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"
#define GRIDLOOM_INLINE inline __attribute__((always_inline))

namespace gridloom {

// Asked once: which of a function and its twin with GRIDLOOM_AVX2 to call.
inline bool has_avx2() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
#else
  return false;
#endif
}

using Four = double __attribute__((vector_size(32)));
using FourInts = std::int64_t __attribute__((vector_size(32)));
using FourWords = std::uint64_t __attribute__((vector_size(32)));  // sums that may wrap
using Int4 = std::int32_t __attribute__((vector_size(16)));

// Rounds to 2^-bits by adding a number whose last place that is; |v| < 2^(51 - bits).
class Rounding {
 public:
  explicit Rounding(int bits) : shift_(1.5 * std::bit_cast<double>(std::uint64_t(1023 + 52 - bits) << 52)) {}
  // of(v) - nothing() is v in integers, modulo 2^64. Sums of of() may take nothing() away at the end, as often as they
  // added.
  GRIDLOOM_INLINE FourWords of(const Four& v) const { return (FourWords)(v + shift_); }
  GRIDLOOM_INLINE std::uint64_t nothing() const { return std::bit_cast<std::uint64_t>(shift_); }

 private:
  double shift_;
};

GRIDLOOM_INLINE Four positive(const Four& v) { return (Four)((FourInts)v & (v > 0)); }

// |v| < 2^51. SSE and AVX2 have no such conversion.
GRIDLOOM_INLINE Four doubles_of(const FourInts& v) {
  constexpr double kShift = 6755399441055744.0;  // 1.5 * 2^52
  return (Four)(v + std::bit_cast<std::int64_t>(kShift)) - kShift;
}

GRIDLOOM_INLINE void take_roots(Four& v) {
  double lane[4];
  std::memcpy(lane, &v, sizeof lane);
#if defined(__x86_64__)
  _mm_storeu_pd(lane, _mm_sqrt_pd(_mm_loadu_pd(lane)));
  _mm_storeu_pd(lane + 2, _mm_sqrt_pd(_mm_loadu_pd(lane + 2)));
#else
  for (double& x : lane) x = std::sqrt(x);
#endif
  std::memcpy(&v, lane, sizeof lane);
}

GRIDLOOM_INLINE std::uint64_t sum_of(const FourWords& v) {
  std::uint64_t lane[4];
  std::memcpy(lane, &v, sizeof lane);
  return lane[0] + lane[1] + lane[2] + lane[3];
}

}  // namespace gridloom
