// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: the k-th number of a stream is a function of (seed, stream, k), so that every cell and
// every permutation has its own stream and the result does not depend on threads, order or platform.
#pragma once

#include <array>
#include <cstdint>

namespace gridloom {

__extension__ typedef unsigned __int128 Uint128;

// Philox4x32 with 10 rounds: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A
// keyed bijection of 128 bits that passes BigCrush.
using PhiloxBlock = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

struct PhiloxConstants {
  static constexpr int kRounds = 10;
  static constexpr std::uint32_t kMultiply0 = 0xD2511F53, kMultiply1 = 0xCD9E8D57;
  static constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
};

inline PhiloxBlock philox(PhiloxBlock c, PhiloxKey key) {
  using P = PhiloxConstants;
  for (int round = 0; round < P::kRounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{P::kMultiply0} * c[0];
    const std::uint64_t product1 = std::uint64_t{P::kMultiply1} * c[2];
    c = {static_cast<std::uint32_t>(product1 >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(product1),
         static_cast<std::uint32_t>(product0 >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += P::kWeyl0;
    key[1] += P::kWeyl1;
  }
  return c;
}

inline PhiloxKey philox_key(std::uint64_t seed) {
  return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
}

// The numbers of one stream, one after the other. Streams of different purposes never meet.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint32_t stream, std::uint32_t purpose)
      : key_(philox_key(seed)), counter_{0, stream, 0, purpose} {}

  std::uint64_t next() {
    if (used_ == 4) {
      block_ = philox(counter_, key_);
      if (++counter_[0] == 0) ++counter_[2];
      used_ = 0;
    }
    const std::uint64_t low = block_[used_];
    const std::uint64_t high = block_[used_ + 1];
    used_ += 2;
    return high << 32 | low;
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
