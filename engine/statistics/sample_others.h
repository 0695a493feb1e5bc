// SPDX-License-Identifier: Apache-2.0
// Draws for permutations: which cells stand in for the neighbours of one cell, or for it and them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/random.h"

namespace gridloom {

// For one cell after the other, batches of samples: k distinct cells of the other n - 1, or of all n, every ordered
// sample equally likely, all samples independent. A sample is a function of (seed, n, cell, k, the pool, its number)
// alone, on every machine.
//
// Small k: k independent draws, and again from the start where two coincide (exact: every sample of distinct cells is
// equally likely). A draw is the upper half of number * (n - 1), numbers with a biased lower half being drawn again
// (Lemire 2019). Large k: the first k steps of a shuffle.
class OtherSampler {
 public:
  static constexpr std::size_t kBatch = 64;

  // n cells, 2 <= n < 2^31.
  OtherSampler(std::uint64_t seed, std::size_t n);

  void start(std::uint32_t cell, std::size_t k);            // 1 <= k <= n - 1
  void start_among_all(std::uint32_t cell, std::size_t k);  // 1 <= k <= n; the cell may be drawn itself

  // The next kBatch samples: draw d of sample s is result[d * kBatch + s], a cell. Valid until the next call.
  std::span<const std::uint32_t> next();

 private:
  void start_with(std::uint32_t cell, std::size_t k, std::uint32_t pool);
  std::uint32_t* column(std::size_t d) { return drawn_.data() + d * kBatch; }
  void draw();
  void redraw_coinciding();
  void redraw(std::size_t sample);
  void shuffle(std::size_t sample);

  std::uint64_t seed_;
  std::uint32_t cells_;
  std::uint32_t pool_;  // n - 1, or n
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
