// SPDX-License-Identifier: Apache-2.0
// Draws for conditional permutations: which cells stand in for the neighbours of one cell.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/incidents/random.h"

namespace gridloom {

// For one cell after the other, batches of samples: k distinct cells of the other n - 1, every ordered sample equally
// likely, all samples independent. A sample is a function of (seed, cell, its number) alone.
//
// Small k: k independent draws, and again from the start where two coincide (exact: every sample of distinct cells is
// equally likely). One 64-bit number serves up to four draws, without bias: Brackett-Rozinsky & Lemire, "Batched
// ranged random integer generation", Software: Practice and Experience 2024. Large k: the first k steps of a shuffle.
class OtherSampler {
 public:
  static constexpr std::size_t kBatch = 48;  // a multiple of 4 draws x 2, 3 or 4 draws a number

  // n cells, 2 <= n < 2^31.
  OtherSampler(std::uint64_t seed, std::size_t n);

  void start(std::uint32_t cell, std::size_t k);  // 1 <= k <= n - 1

  // The next kBatch samples: draw d of sample s is result[d * kBatch + s], a cell. Valid until the next call.
  std::span<const std::uint32_t> next();

 private:
  std::uint32_t* column(std::size_t d) { return drawn_.data() + d * kBatch; }
  template <int Draws>
  void fill();
  void redraw_coinciding();
  void redraw(std::size_t sample);
  void shuffle(std::size_t sample);
  void step_over_cell();

  std::uint64_t seed_;
  std::uint64_t pool_;       // n - 1
  int draws_per_number_;     // 2, 3 or 4
  std::uint64_t threshold_;  // 2^64 mod pool^draws
  std::uint32_t cell_ = 0;
  std::size_t k_ = 0;
  bool shuffles_ = false;
  std::uint64_t block_ = 0;  // of the cell's main stream
  RandomStream spare_;       // for redraws and shuffles
  std::vector<std::uint32_t> drawn_;
  std::vector<std::uint32_t> deck_;   // 0 .. pool - 1, only for shuffles
  std::vector<std::uint32_t> swaps_;  // to put the deck back in order
};

}  // namespace gridloom
