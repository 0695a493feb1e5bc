// SPDX-License-Identifier: Apache-2.0
#include "engine/density/bandwidth_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

std::vector<Point> cloud(std::size_t n, std::uint64_t seed = 3) {
  std::mt19937_64 random(seed);
  std::vector<Point> points;
  while (points.size() < n) {
    const auto spread = points.size() % 3 == 0 ? 4'000'000u : 300'000u;
    points.push_back({static_cast<std::int32_t>(random() % spread), static_cast<std::int32_t>(random() % spread)});
  }
  return points;
}

constexpr double kArea_km2 = 16;

TEST(BandwidthChoice, FormulasAreThemselvesAndLookAtAll) {
  const auto points = cloud(300);
  const ChosenBandwidth scott = choose_bandwidth(points, kArea_km2, {.rule = BandwidthRule::scott, .sample = 10});
  EXPECT_EQ(scott.sd_m, scott_bandwidth(points).both_m);
  EXPECT_EQ(scott.sample, 300u);
  EXPECT_TRUE(scott.search.candidates_m.empty());
  EXPECT_EQ(choose_bandwidth(points, kArea_km2, {.rule = BandwidthRule::silverman}).sd_m, silverman_bandwidth(points));
  for (const auto& [word, rule] : kWords<BandwidthRule>)
    EXPECT_EQ(searches(rule), !choose_bandwidth(points, kArea_km2, {.rule = rule}).search.candidates_m.empty()) << word;
}

TEST(BandwidthChoice, SearchesFromAFiftiethOfScottsToFourTimesIt) {
  const auto points = cloud(200);
  const double scott = scott_bandwidth(points).both_m;
  for (const BandwidthRule rule : {BandwidthRule::diggle, BandwidthRule::ppl, BandwidthRule::lscv}) {
    const ChosenBandwidth chosen = choose_bandwidth(points, kArea_km2, {.rule = rule});
    ASSERT_EQ(chosen.search.candidates_m.size(), 64u);
    EXPECT_NEAR(chosen.search.candidates_m.front(), scott / 50, 1e-9 * scott);
    EXPECT_NEAR(chosen.search.candidates_m.back(), scott * 4, 1e-9 * scott);
    EXPECT_EQ(chosen.sd_m, chosen.search.best_m);  // of all of them
    EXPECT_EQ(chosen.sample, 200u);
  }
}

TEST(BandwidthChoice, IsTheBestOfTheCandidatesByEachRulesOwnCriterion) {
  const auto points = cloud(200);
  const BandwidthSearch range{60, 900, 20};
  const auto best = [&](BandwidthRule rule) {
    return choose_bandwidth(points, kArea_km2, {.rule = rule, .search = range}).sd_m;
  };
  const auto sorted = sample_of(points, 200, 1);
  EXPECT_EQ(best(BandwidthRule::diggle), diggle_bandwidth(sorted, kArea_km2, range).best_m);
  EXPECT_EQ(best(BandwidthRule::ppl), likelihood_bandwidth(sorted, range).best_m);
  EXPECT_EQ(best(BandwidthRule::lscv), lscv_bandwidth(sorted, range).best_m);
  EXPECT_EQ(choose_bandwidth(points, kArea_km2, {.search = {.at_m = {70, 90}}}).search.candidates_m,
            (std::vector<double>{70, 90}));
}

TEST(BandwidthChoice, WhatIsBestForASampleIsBroughtToAllByTheSixthRootOfItsShare) {
  const auto points = cloud(640);
  const ChosenBandwidth chosen =
      choose_bandwidth(points, kArea_km2, {.rule = BandwidthRule::lscv, .sample = 10, .seed = 4});
  EXPECT_EQ(chosen.sample, 10u);
  EXPECT_NEAR(chosen.sd_m, chosen.search.best_m / 2, 1e-9 * chosen.sd_m);  // 64^(1/6)
  const double scott = scott_bandwidth(sample_of(points, 10, 4)).both_m;   // the range is the sample's
  EXPECT_NEAR(chosen.search.candidates_m.back(), 4 * scott, 1e-9 * scott);
}

TEST(BandwidthChoice, IsTheSameInWhateverOrderTheEventsCome) {
  auto points = cloud(500);
  const BandwidthOptions options{.rule = BandwidthRule::ppl, .sample = 60, .seed = 9};
  const ChosenBandwidth once = choose_bandwidth(points, kArea_km2, options);
  std::shuffle(points.begin(), points.end(), std::mt19937_64(1));
  const ChosenBandwidth again = choose_bandwidth(points, kArea_km2, options);
  EXPECT_EQ(again.sd_m, once.sd_m);
  EXPECT_EQ(again.search.criterion, once.search.criterion);
  EXPECT_NE(
      choose_bandwidth(points, kArea_km2, {.rule = BandwidthRule::ppl, .sample = 60, .seed = 10}).search.criterion,
      once.search.criterion);
}

TEST(BandwidthSample, IsDrawnWithoutReplacementAndEveryEventAlikeOften) {
  std::vector<Point> points;
  for (std::int32_t i = 0; i < 20; ++i) points.push_back({i, -i});
  std::map<Point, int> drawn;
  constexpr int kRounds = 4000;
  for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
    const auto sample = sample_of(points, 5, seed);
    ASSERT_EQ(sample.size(), 5u);
    ASSERT_EQ(std::adjacent_find(sample.begin(), sample.end(), std::greater_equal<>()), sample.end());
    for (const Point p : sample) ++drawn[p];
  }
  ASSERT_EQ(drawn.size(), points.size());
  for (const auto& [point, times] : drawn) EXPECT_NEAR(times, kRounds / 4, 5 * std::sqrt(kRounds * 0.25 * 0.75));
  EXPECT_EQ(sample_of(points, 20, 1).size(), 20u);
  EXPECT_EQ(sample_of(points, 99, 1).size(), 20u);
}

TEST(BandwidthChoice, RefusesEventsAtOnePlaceAndNoGround) {
  const std::vector<Point> one(5, Point{7, 7});
  for (const auto& [word, rule] : kWords<BandwidthRule>)
    EXPECT_THROW(choose_bandwidth(one, kArea_km2, {.rule = rule}), DataError) << word;
  EXPECT_THROW(choose_bandwidth(cloud(20), 0, {}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
