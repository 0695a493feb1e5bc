// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/sample_others.h"

#include <numeric>
#include <utility>

#include "engine/statistics/sample_lanes.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kMainPurpose = 1;
constexpr std::uint32_t kSparePurpose = 2;
constexpr std::size_t kMostCompared = 48;  // beyond, comparing all pairs of a sample costs more than a shuffle

static_assert(OtherSampler::kBatch % kGroup == 0);

}  // namespace

OtherSampler::OtherSampler(std::uint64_t seed, std::size_t n)
    : seed_(seed),
      cells_(static_cast<std::uint32_t>(n)),
      pool_(static_cast<std::uint32_t>(n - 1)),
      spare_(seed, 0, kSparePurpose) {}

void OtherSampler::start(std::uint32_t cell, std::size_t k) { start_with(cell, k, cells_ - 1); }

void OtherSampler::start_among_all(std::uint32_t cell, std::size_t k) { start_with(cell, k, cells_); }

void OtherSampler::start_with(std::uint32_t cell, std::size_t k, std::uint32_t pool) {
  cell_ = cell;
  k_ = k;
  pool_ = pool;
  block_ = 0;
  spare_ = RandomStream(seed_, cell, kSparePurpose);
  drawn_.resize(k * kBatch);
  shuffles_ = k > kMostCompared || k * (k - 1) > pool_;
  if (shuffles_ && deck_.size() != pool_) {
    deck_.resize(pool_);
    std::iota(deck_.begin(), deck_.end(), 0u);
  }
}

std::span<const std::uint32_t> OtherSampler::next() {
  if (shuffles_) {
    for (std::size_t s = 0; s < kBatch; ++s) shuffle(s);
  } else {
    draw();
    redraw_coinciding();
  }
  if (pool_ < cells_) step_over(cell_, drawn_.data(), drawn_.size());
  return drawn_;
}

void OtherSampler::draw() {
  const LaneDraws lanes{
      .key = philox_key(seed_),
      .counter = {static_cast<std::uint32_t>(block_), cell_, static_cast<std::uint32_t>(block_ >> 32), kMainPurpose},
      .bound = pool_,
      .threshold = (0 - pool_) % pool_};
  block_ += drawn_.size() / 4;
  if (!draw_lanes(lanes, drawn_.size() / kGroup, drawn_.data())) return;
  for (std::uint32_t& cell : drawn_)
    if (cell == kRejected) cell = static_cast<std::uint32_t>(spare_.below(pool_));
}

void OtherSampler::redraw_coinciding() {
  for (std::size_t s = 0; s < kBatch; s += kLanes) {
    unsigned coinciding = coinciding_lanes(drawn_.data() + s, kBatch, k_);
    for (std::size_t lane = 0; coinciding != 0; ++lane, coinciding >>= 1)
      if (coinciding & 1) redraw(s + lane);
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

}  // namespace gridloom
