// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: the k-th number of a stream is a function of (seed, stream, k), so that every cell and
// every permutation has its own stream and the result does not depend on threads, order or platform.
#pragma once

#include <array>
#include <cstdint>

namespace gridloom {

__extension__ typedef unsigned __int128 Uint128;

// Philox4x64 with 10 rounds: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A
// keyed bijection of 256 bits; passes BigCrush with 7 rounds already.
using PhiloxBlock = std::array<std::uint64_t, 4>;
using PhiloxKey = std::array<std::uint64_t, 2>;

inline PhiloxBlock philox(PhiloxBlock c, PhiloxKey key) {
  constexpr std::uint64_t kMultiply0 = 0xD2E7470EE14C6C93, kMultiply1 = 0xCA5A826395121157;
  constexpr std::uint64_t kWeyl0 = 0x9E3779B97F4A7C15, kWeyl1 = 0xBB67AE8584CAA73B;
  for (int round = 0; round < 10; ++round) {
    const Uint128 product0 = Uint128{kMultiply0} * c[0];
    const Uint128 product1 = Uint128{kMultiply1} * c[2];
    c = {static_cast<std::uint64_t>(product1 >> 64) ^ c[1] ^ key[0], static_cast<std::uint64_t>(product1),
         static_cast<std::uint64_t>(product0 >> 64) ^ c[3] ^ key[1], static_cast<std::uint64_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return c;
}

// The numbers of one stream, one after the other.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream, std::uint64_t purpose)
      : key_{seed, purpose}, counter_{0, stream, 0, 0} {}

  std::uint64_t next() {
    if (used_ == 4) {
      block_ = philox(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return block_[used_++];
  }

  // Uniform in [0, bound), without bias; bound > 0 (Lemire, "Fast random integer generation in an interval", 2019).
  std::uint64_t below(std::uint64_t bound) {
    Uint128 product = Uint128{next()} * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold) product = Uint128{next()} * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

 private:
  PhiloxKey key_;
  PhiloxBlock counter_;
  PhiloxBlock block_{};
  std::size_t used_ = 4;
};

}  // namespace gridloom
