// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/sample_lanes.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define GRIDLOOM_AVX2 __attribute__((target("avx2")))
#endif

namespace gridloom {
namespace {

#define GRIDLOOM_INLINE inline __attribute__((always_inline))

using Eight = std::int32_t __attribute__((vector_size(32)));

GRIDLOOM_INLINE unsigned coinciding(const std::uint32_t* drawn, std::size_t stride, std::size_t k) {
  Eight equal{};
  for (std::size_t d = 1; d < k; ++d) {
    Eight mine;
    std::memcpy(&mine, drawn + d * stride, sizeof mine);
    for (std::size_t e = 0; e < d; ++e) {
      Eight other;
      std::memcpy(&other, drawn + e * stride, sizeof other);
      equal |= mine == other;
    }
  }
  std::uint64_t parts[4];
  std::memcpy(parts, &equal, sizeof parts);
  unsigned mask = 0;
  if ((parts[0] | parts[1] | parts[2] | parts[3]) == 0) return mask;
  for (unsigned lane = 0; lane < kLanes; ++lane) mask |= equal[lane] != 0 ? 1u << lane : 0u;
  return mask;
}

GRIDLOOM_INLINE void add_from(std::uint32_t from, std::uint32_t* numbers, std::size_t count) {
  const auto before = static_cast<std::int32_t>(from) - 1;
  for (std::size_t at = 0; at < count; at += kLanes) {
    Eight v;
    std::memcpy(&v, numbers + at, sizeof v);
    v -= v > before;
    std::memcpy(numbers + at, &v, sizeof v);
  }
}

#if defined(__x86_64__)

bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}

GRIDLOOM_AVX2 unsigned coinciding_avx2(const std::uint32_t* drawn, std::size_t stride, std::size_t k) {
  return coinciding(drawn, stride, k);
}

GRIDLOOM_AVX2 void add_from_avx2(std::uint32_t from, std::uint32_t* numbers, std::size_t count) {
  add_from(from, numbers, count);
}

// Eight blocks abreast in two halves, one block in each 64-bit lane; what stands in the upper half of a lane is never
// read. Two halves at once, because one alone would wait for its own multiplications.
GRIDLOOM_AVX2 bool draw_avx2(const LaneDraws& o, std::size_t groups, std::uint32_t* out) {
  using P = PhiloxConstants;
  const __m256i multiply0 = _mm256_set1_epi64x(P::kMultiply0), multiply1 = _mm256_set1_epi64x(P::kMultiply1);
  const __m256i low_half = _mm256_set1_epi64x(UINT32_MAX);
  const __m256i bound = _mm256_set1_epi64x(o.bound), threshold = _mm256_set1_epi64x(o.threshold);
  const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  __m256i keys[P::kRounds][2];
  for (std::uint32_t round = 0; round < P::kRounds; ++round) {
    keys[round][0] = _mm256_set1_epi64x(o.key[0] + round * P::kWeyl0);
    keys[round][1] = _mm256_set1_epi64x(o.key[1] + round * P::kWeyl1);
  }
  __m256i block = _mm256_add_epi64(_mm256_set1_epi64x(o.counter[0]), _mm256_setr_epi64x(0, 1, 2, 3));
  __m256i rejected = _mm256_setzero_si256();
  for (std::size_t g = 0; g < groups; ++g, out += kGroup) {
    __m256i c[4][2];
    for (std::size_t h = 0; h < 2; ++h, block = _mm256_add_epi64(block, _mm256_set1_epi64x(4))) {
      c[0][h] = block;
      for (std::size_t w = 1; w < 4; ++w) c[w][h] = _mm256_set1_epi64x(o.counter[w]);
    }
    for (const auto& key : keys)
      for (std::size_t h = 0; h < 2; ++h) {
        const __m256i product0 = _mm256_mul_epu32(multiply0, c[0][h]);
        const __m256i product1 = _mm256_mul_epu32(multiply1, c[2][h]);
        c[0][h] = _mm256_xor_si256(_mm256_srli_epi64(product1, 32), _mm256_xor_si256(c[1][h], key[0]));
        c[1][h] = product1;
        c[2][h] = _mm256_xor_si256(_mm256_srli_epi64(product0, 32), _mm256_xor_si256(c[3][h], key[1]));
        c[3][h] = product0;
      }
    for (std::size_t w = 0; w < 4; ++w)
      for (std::size_t h = 0; h < 2; ++h) {
        const __m256i product = _mm256_mul_epu32(c[w][h], bound);
        const __m256i biased = _mm256_cmpgt_epi64(threshold, _mm256_and_si256(product, low_half));
        rejected = _mm256_or_si256(rejected, biased);
        const __m256i drawn = _mm256_or_si256(_mm256_srli_epi64(product, 32), biased);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + w * kLanes + h * 4),
                         _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(drawn, even)));
      }
  }
  return !_mm256_testz_si256(rejected, rejected);
}

#endif

}  // namespace

bool draw_lanes_portable(const LaneDraws& o, std::size_t groups, std::uint32_t* out) {
  bool rejected = false;
  PhiloxBlock counter = o.counter;
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t lane = 0; lane < kLanes; ++lane, ++counter[0]) {
      const PhiloxBlock block = philox(counter, o.key);
      for (std::size_t w = 0; w < 4; ++w) {
        const std::uint64_t product = std::uint64_t{block[w]} * o.bound;
        const bool biased = static_cast<std::uint32_t>(product) < o.threshold;
        rejected = rejected || biased;
        out[g * kGroup + w * kLanes + lane] = biased ? kRejected : static_cast<std::uint32_t>(product >> 32);
      }
    }
  return rejected;
}

#if defined(__x86_64__)
bool draw_lanes(const LaneDraws& o, std::size_t groups, std::uint32_t* out) {
  return has_avx2() ? draw_avx2(o, groups, out) : draw_lanes_portable(o, groups, out);
}
unsigned coinciding_lanes(const std::uint32_t* drawn, std::size_t stride, std::size_t k) {
  return has_avx2() ? coinciding_avx2(drawn, stride, k) : coinciding(drawn, stride, k);
}
void step_over(std::uint32_t from, std::uint32_t* numbers, std::size_t count) {
  return has_avx2() ? add_from_avx2(from, numbers, count) : add_from(from, numbers, count);
}
#else
bool draw_lanes(const LaneDraws& o, std::size_t groups, std::uint32_t* out) {
  return draw_lanes_portable(o, groups, out);
}
unsigned coinciding_lanes(const std::uint32_t* drawn, std::size_t stride, std::size_t k) {
  return coinciding(drawn, stride, k);
}
void step_over(std::uint32_t from, std::uint32_t* numbers, std::size_t count) { add_from(from, numbers, count); }
#endif

}  // namespace gridloom
