// SPDX-License-Identifier: Apache-2.0
#include "engine/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "engine/statistics/sample_lanes.h"
#include "engine/statistics/sample_others.h"

namespace gridloom {
namespace {

// The known answers that its authors publish beside the generator.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}, {UINT32_MAX, UINT32_MAX}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Whatever the machine is good at: the numbers are those of the plain loop.
TEST(DrawLanes, EqualThePortableOnes) {
  for (std::uint32_t bound : {1u, 7u, 99'855u, 1'500'000'000u}) {
    const LaneDraws o{.key = {5, 6}, .counter = {1000, 7, 0, 1}, .bound = bound, .threshold = (0 - bound) % bound};
    std::vector<std::uint32_t> here(kGroup * 40), portable(kGroup * 40);
    const bool rejected = draw_lanes(o, 40, here.data());
    EXPECT_EQ(draw_lanes_portable(o, 40, portable.data()), rejected);
    EXPECT_EQ(here, portable);
    EXPECT_EQ(rejected, std::count(here.begin(), here.end(), kRejected) > 0);
    const PhiloxBlock block = philox({1000 + 9, 7, 0, 1}, {5, 6});  // group 1, lane 1
    const std::uint64_t product = std::uint64_t{block[2]} * bound;
    if (static_cast<std::uint32_t>(product) >= o.threshold) {
      EXPECT_EQ(here[kGroup + 2 * kLanes + 1], product >> 32);
    }
  }
}

TEST(CoincidingLanes, TellsWhichSamplesRepeatADraw) {
  std::vector<std::uint32_t> drawn(5 * kLanes);
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] = static_cast<std::uint32_t>(i);
  EXPECT_EQ(coinciding_lanes(drawn.data(), kLanes, 5), 0u);
  drawn[4 * kLanes + 3] = drawn[3];
  drawn[2 * kLanes + 7] = drawn[1 * kLanes + 7];
  EXPECT_EQ(coinciding_lanes(drawn.data(), kLanes, 5), 1u << 3 | 1u << 7);
  EXPECT_EQ(coinciding_lanes(drawn.data(), kLanes, 4), 1u << 7);
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream stream(1, 1, 3);
  std::vector<int> count(7, 0);
  for (int i = 0; i < 70'000; ++i) ++count[stream.below(7)];
  for (int c : count) EXPECT_NEAR(c, 10'000, 4 * 93);  // sd 92.6
}

TEST(RandomStream, StreamsDiffer) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed : {1, 2})
    for (std::uint32_t stream : {0u, 1u, 2u})
      for (std::uint32_t purpose : {1u, 2u}) firsts.insert(RandomStream(seed, stream, purpose).next());
  EXPECT_EQ(firsts.size(), 12u);
}

// --- samples of the other cells ---

std::vector<std::uint32_t> sample(std::span<const std::uint32_t> batch, std::size_t k, std::size_t s) {
  std::vector<std::uint32_t> cells;
  for (std::size_t d = 0; d < k; ++d) cells.push_back(batch[d * OtherSampler::kBatch + s]);
  return cells;
}

TEST(OtherSampler, EveryOrderedSampleIsEquallyLikely) {
  // 5 cells, cell 2: 4 samples of one, 12 of two (draws repeated), 24 of three (a shuffle).
  for (std::size_t k : {1u, 2u, 3u}) {
    OtherSampler sampler(7, 5);
    sampler.start(2, k);
    std::map<std::vector<std::uint32_t>, int> seen;
    constexpr int kBatches = 1000;
    for (int b = 0; b < kBatches; ++b) {
      const auto batch = sampler.next();
      for (std::size_t s = 0; s < OtherSampler::kBatch; ++s) ++seen[sample(batch, k, s)];
    }
    const std::size_t kinds = k == 1 ? 4 : k == 2 ? 12 : 24;
    ASSERT_EQ(seen.size(), kinds);
    double chi2 = 0;
    const double expected = 1.0 * kBatches * OtherSampler::kBatch / static_cast<double>(kinds);
    for (const auto& [cells, count] : seen) {
      EXPECT_EQ(std::count(cells.begin(), cells.end(), 2u), 0);
      chi2 += (count - expected) * (count - expected) / expected;
    }
    EXPECT_LT(chi2, 49.7);  // 0.999 of chi² with 23 degrees of freedom, more than enough for fewer
  }
}

TEST(OtherSampler, SamplesAreDistinctAndReachAllOthersInCitiesOfAnySize) {
  for (std::size_t n : {12u, 300u, 40'000u, 100'000u, 3'000'000u}) {
    for (std::size_t k : {1u, 8u, 11u}) {
      const auto cell = static_cast<std::uint32_t>(n / 3);
      OtherSampler sampler(3, n);
      sampler.start(cell, k);
      double sum = 0;
      std::uint32_t lowest = UINT32_MAX, highest = 0;
      constexpr int kBatches = 60;
      for (int b = 0; b < kBatches; ++b) {
        const auto batch = sampler.next();
        for (std::size_t s = 0; s < OtherSampler::kBatch; ++s) {
          const auto cells = sample(batch, k, s);
          ASSERT_EQ(std::set<std::uint32_t>(cells.begin(), cells.end()).size(), k);
          for (std::uint32_t c : cells) {
            ASSERT_NE(c, cell);
            lowest = std::min(lowest, c);
            highest = std::max(highest, c);
            sum += c;
          }
        }
      }
      const double draws = 1.0 * kBatches * OtherSampler::kBatch * static_cast<double>(k);
      const double size = static_cast<double>(n);
      EXPECT_LT(highest, n);
      EXPECT_LT(lowest, size * 0.01 + 1);
      EXPECT_GT(highest, size * 0.99 - 2);
      EXPECT_NEAR(sum / draws / size, 0.5, 4 * 0.29 / std::sqrt(draws) + 1 / size);
    }
  }
}

TEST(OtherSampler, DependsOnSeedAndCellOnly) {
  OtherSampler a(1, 1000), b(1, 1000), other_seed(2, 1000);
  a.start(5, 8);
  a.next();
  a.start(600, 30);
  a.start(9, 4);
  b.start(9, 4);
  other_seed.start(9, 4);
  const auto first = a.next();
  EXPECT_TRUE(std::ranges::equal(first, b.next()));
  EXPECT_FALSE(std::ranges::equal(first, other_seed.next()));
}

}  // namespace
}  // namespace gridloom
