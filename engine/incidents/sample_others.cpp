// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/sample_others.h"

#include <cstring>
#include <numeric>
#include <utility>

namespace gridloom {
namespace {

using Four = std::int32_t __attribute__((vector_size(16)));

constexpr std::uint64_t kMainPurpose = 1;
constexpr std::uint64_t kSparePurpose = 2;
constexpr std::size_t kMostCompared = 48;  // beyond, comparing all pairs of a sample costs more than a shuffle

Four load(const std::uint32_t* from) {
  Four v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

bool any(Four v) {
  std::uint64_t halves[2];
  std::memcpy(halves, &v, sizeof v);
  return (halves[0] | halves[1]) != 0;
}

std::uint64_t power(std::uint64_t base, int exponent) {
  std::uint64_t p = 1;
  for (int i = 0; i < exponent; ++i) p *= base;
  return p;
}

// As many draws as leave at most one number in 16 to be rejected.
int draws_of(std::uint64_t pool) {
  if (pool <= std::uint64_t{1} << 15) return 4;
  return pool <= std::uint64_t{1} << 20 ? 3 : 2;
}

// Takes `Draws` numbers below `pool` out of one 64-bit number; false when it must be rejected.
template <int Draws>
inline bool split(std::uint64_t number, std::uint64_t pool, std::uint64_t threshold, std::uint32_t* out) {
  for (int d = 0; d < Draws; ++d) {
    const Uint128 product = Uint128{number} * pool;
    out[d] = static_cast<std::uint32_t>(product >> 64);
    number = static_cast<std::uint64_t>(product);
  }
  return number >= threshold;
}

}  // namespace

OtherSampler::OtherSampler(std::uint64_t seed, std::size_t n)
    : seed_(seed), pool_(n - 1), draws_per_number_(draws_of(pool_)), spare_(seed, 0, kSparePurpose) {
  const std::uint64_t all = power(pool_, draws_per_number_);
  threshold_ = (0 - all) % all;
}

void OtherSampler::start(std::uint32_t cell, std::size_t k) {
  cell_ = cell;
  k_ = k;
  block_ = 0;
  spare_ = RandomStream(seed_, cell, kSparePurpose);
  drawn_.resize(k * kBatch);
  shuffles_ = k > kMostCompared || k * (k - 1) > pool_;
  if (shuffles_ && deck_.empty()) {
    deck_.resize(pool_);
    std::iota(deck_.begin(), deck_.end(), 0u);
  }
}

std::span<const std::uint32_t> OtherSampler::next() {
  if (shuffles_) {
    for (std::size_t s = 0; s < kBatch; ++s) shuffle(s);
  } else {
    if (draws_per_number_ == 4)
      fill<4>();
    else if (draws_per_number_ == 3)
      fill<3>();
    else
      fill<2>();
    redraw_coinciding();
  }
  step_over_cell();
  return drawn_;
}

template <int Draws>
void OtherSampler::fill() {
  std::uint32_t* out = drawn_.data();
  const std::uint32_t* const end = out + drawn_.size();
  const PhiloxKey key{seed_, kMainPurpose};
  for (; out != end; out += 4 * Draws) {
    const PhiloxBlock block = philox({block_++, cell_, 0, 0}, key);
    for (std::size_t w = 0; w < 4; ++w)
      if (!split<Draws>(block[w], pool_, threshold_, out + w * Draws)) [[unlikely]]
        while (!split<Draws>(spare_.next(), pool_, threshold_, out + w * Draws)) {
        }
  }
}

void OtherSampler::redraw_coinciding() {
  for (std::size_t s = 0; s < kBatch; s += 4) {
    Four equal{};
    for (std::size_t d = 1; d < k_; ++d) {
      const Four mine = load(column(d) + s);
      for (std::size_t e = 0; e < d; ++e) equal |= mine == load(column(e) + s);
    }
    if (!any(equal)) [[likely]]
      continue;
    for (std::size_t lane = 0; lane < 4; ++lane)
      if (equal[lane]) redraw(s + lane);
  }
}

void OtherSampler::redraw(std::size_t sample) {
  for (std::size_t d = 0; d < k_;) {
    const auto cell = static_cast<std::uint32_t>(spare_.below(pool_));
    column(d)[sample] = cell;
    bool distinct = true;
    for (std::size_t e = 0; e < d; ++e) distinct = distinct && column(e)[sample] != cell;
    d = distinct ? d + 1 : 0;
  }
}

void OtherSampler::shuffle(std::size_t sample) {
  swaps_.clear();
  for (std::size_t d = 0; d < k_; ++d) {
    const auto other = static_cast<std::uint32_t>(d + spare_.below(pool_ - d));
    swaps_.push_back(other);
    std::swap(deck_[d], deck_[other]);
    column(d)[sample] = deck_[d];
  }
  for (std::size_t d = k_; d-- > 0;) std::swap(deck_[d], deck_[swaps_[d]]);
}

// Draws are below n - 1: those from the cell's own number on mean the next cell.
void OtherSampler::step_over_cell() {
  const auto own = static_cast<std::int32_t>(cell_);
  const Four before = Four{own, own, own, own} - 1;
  for (std::size_t at = 0; at < drawn_.size(); at += 4) {
    Four v = load(drawn_.data() + at);
    v -= v > before;
    std::memcpy(drawn_.data() + at, &v, sizeof v);
  }
}

}  // namespace gridloom
