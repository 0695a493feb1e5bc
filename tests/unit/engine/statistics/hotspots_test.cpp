// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/hotspots.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/draw.h"
#include "support/reference_data.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kSide = 30;
const std::size_t kMiddle = 15 * kSide + 15;

const SpatialWeights& queen() {
  static const SpatialWeights w = lattice_contiguity(kSide, kSide, Contiguity::queen);
  return w;
}

// Sparse noise with a block of 5 x 5 busy cells around the middle.
std::vector<double> busy_middle() {
  draw::Random random(1);
  std::vector<double> x;
  for (std::size_t i = 0; i < kSide * kSide; ++i) {
    const auto far = [](std::size_t c) { return std::abs(static_cast<int>(c) - 15); };
    const bool busy = far(i / kSide) <= 2 && far(i % kSide) <= 2;
    x.push_back(busy ? random.between(2, 6) : random.one_in(5) ? 1 : 0);
  }
  return x;
}

std::size_t number_of(const Hotspots& h, CellClass c) {
  return static_cast<std::size_t>(std::count(h.of_cell.begin(), h.of_cell.end(), c));
}

TEST(Hotspots, FindTheBusyMiddleByEveryMethodAndInference) {
  const auto x = busy_middle();
  for (HotspotMethod method : {HotspotMethod::gi_star, HotspotMethod::gi, HotspotMethod::local_moran})
    for (Inference inference : {Inference::automatic, Inference::analytic, Inference::permutation}) {
      HotspotOptions o;
      o.method = method;
      o.inference = inference;
      o.ties = Ties::full;
      const Hotspots h = hotspots(x, {}, queen(), o);
      EXPECT_EQ(h.of_cell[kMiddle], method == HotspotMethod::local_moran ? CellClass::high_high : CellClass::hot)
          << word_of(h.provenance.inference);
      EXPECT_EQ(h.of_cell[0], CellClass::not_significant);
      EXPECT_LT(number_of(h, CellClass::not_significant), 900u - 9u);
      EXPECT_GT(number_of(h, CellClass::not_significant), 900u - 81u);
    }
}

TEST(Hotspots, OfCountsAreExactByDefault) {
  const Hotspots h = hotspots(busy_middle(), {}, queen(), {});
  EXPECT_EQ(h.provenance.inference, Inference::exact);
  EXPECT_EQ(h.provenance.ties, Ties::mid_p);
  EXPECT_TRUE(h.provenance.counts);
  EXPECT_LT(h.p[kMiddle], 1e-9);
  EXPECT_EQ(h.provenance.tested, 900u);
}

TEST(Hotspots, OfOtherValuesDrawAsManyPermutationsAsTheCorrectionNeeds) {
  auto x = busy_middle();
  for (double& v : x) v += 0.25;
  const Hotspots h = hotspots(x, {}, queen(), {});
  EXPECT_EQ(h.provenance.inference, Inference::permutation);
  EXPECT_EQ(h.provenance.permutations, 36'000u);
  EXPECT_EQ(h.provenance.stop_at, 20u);
  EXPECT_EQ(h.of_cell[kMiddle], CellClass::hot);
}

TEST(Hotspots, DrawAsManyPermutationsAsTheCorrectionNeedsInEveryTailWithEitherTreatmentOfTies) {
  auto x = busy_middle();
  const std::vector<double> people(x.size(), 1000);
  for (const Tail tail : {Tail::two_sided, Tail::greater})
    for (const Ties ties : {Ties::full, Ties::mid_p})
      for (const HotspotMethod method : {HotspotMethod::gi_star, HotspotMethod::gi, HotspotMethod::local_moran})
        for (const bool rates : {false, true}) {
          HotspotOptions o;
          o.method = method;
          o.inference = Inference::permutation;
          o.tail = tail;
          o.ties = ties;
          const Hotspots h =
              hotspots(x, rates ? std::span<const double>(people) : std::span<const double>(), queen(), o);
          EXPECT_EQ(h.provenance.permutations, tail == Tail::two_sided ? 36'000u : 18'000u);
          EXPECT_THAT(h.provenance.cautions, testing::Not(testing::Contains(Caution::too_few_permutations)));
          EXPECT_EQ(h.of_cell[kMiddle], method == HotspotMethod::local_moran ? CellClass::high_high : CellClass::hot)
              << word_of(tail) << ' ' << word_of(ties) << ' ' << word_of(method);
        }
}

TEST(Hotspots, OfOneMethodTestOneHypothesisWhateverTheInference) {
  auto x = busy_middle();
  const std::size_t lone = 2 * kSide + 2;  // busy all by itself
  x[lone] = 30;
  for (const HotspotMethod method : {HotspotMethod::gi_star, HotspotMethod::gi, HotspotMethod::local_moran}) {
    HotspotOptions o;
    o.method = method;
    o.tail = Tail::greater;
    const Hotspots exact = hotspots(x, {}, queen(), o);
    o.inference = Inference::permutation;
    o.permutations = 9999;
    const Hotspots drawn = hotspots(x, {}, queen(), o);
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(drawn.p[i], exact.p[i], 5 * std::sqrt(exact.p[i] * (1 - exact.p[i]) / 9999) + 1e-4) << i;
    if (method == HotspotMethod::gi_star) {
      EXPECT_GT(drawn.z[lone], 3);
      EXPECT_LT(drawn.p[lone], 0.05);
    }
  }
}

TEST(Hotspots, SayWhereEvenTenMillionPermutationsAreTooFew) {
  auto x = busy_middle();
  for (double& v : x) v += 0.25;
  HotspotOptions o;
  o.alpha = 1e-5;
  const Hotspots h =
      hotspots(std::vector<double>(x.begin(), x.begin() + 9), {}, lattice_contiguity(3, 3, Contiguity::rook), o);
  EXPECT_THAT(h.provenance.cautions, testing::Not(testing::Contains(Caution::too_few_permutations)));
  o.alpha = 1e-6;
  const Hotspots few =
      hotspots(std::vector<double>(x.begin(), x.begin() + 9), {}, lattice_contiguity(3, 3, Contiguity::rook), o);
  EXPECT_EQ(few.provenance.permutations, 10'000'000u);
  EXPECT_THAT(few.provenance.cautions, testing::Contains(Caution::too_few_permutations));
}

TEST(Hotspots, ColumbusEqualsSpdepWithEveryCorrection) {
  const auto crime = reference::Table("columbus_local_expected_spdep.csv")["CRIME"];
  const SpatialWeights w = reference::gal("columbus_queen.gal");
  const auto significant = [&](Correction correction) {
    HotspotOptions o;
    o.inference = Inference::analytic;
    o.correction = correction;
    const Hotspots h = hotspots(crime, {}, w, o);
    return number_of(h, CellClass::hot) + number_of(h, CellClass::cold);
  };
  EXPECT_EQ(significant(Correction::none), 18u);
  EXPECT_EQ(significant(Correction::fdr), 9u);
  EXPECT_EQ(significant(Correction::bonferroni), 2u);
}

TEST(Hotspots, RatesOfNextToNobodyTakeNoPart) {
  auto events = busy_middle();
  std::vector<double> people(events.size(), 1000);
  const Hotspots without = hotspots(events, people, queen(), {});
  const auto far = static_cast<std::size_t>(2 * kSide + 2);
  people[far] = 0.014;
  events[far] = 7;
  const Hotspots h = hotspots(events, people, queen(), {});
  EXPECT_EQ(h.of_cell[far], CellClass::untested);
  EXPECT_TRUE(std::isnan(h.p[far]) && std::isnan(h.q[far]) && std::isnan(h.z[far]));
  EXPECT_EQ(h.provenance.left_out, (LeftOut{1, 7, 0.014}));
  EXPECT_EQ(h.provenance.cells, events.size() - 1);
  EXPECT_THAT(h.provenance.cautions, testing::Contains(Caution::cells_left_out));
  EXPECT_EQ(h.provenance.least_population, 100);
  EXPECT_EQ(h.of_cell[kMiddle], CellClass::hot);
  EXPECT_NEAR(static_cast<double>(number_of(h, CellClass::hot)),
              static_cast<double>(number_of(without, CellClass::hot)), 3);

  HotspotOptions all;
  all.least_population = 0;
  const Hotspots drowned = hotspots(events, people, queen(), all);
  EXPECT_EQ(drowned.provenance.left_out, LeftOut{});
  EXPECT_LT(number_of(drowned, CellClass::hot), number_of(h, CellClass::hot));
  people.assign(people.size(), 99);
  EXPECT_THROW(hotspots(events, people, queen(), {}), DataError);
}

TEST(Hotspots, TellNoSharesOfRates) {
  const std::vector<double> people(kSide * kSide, 1000);
  const Hotspots h = hotspots(busy_middle(), people, queen(), {});
  for (std::size_t i = 0; i < h.z.size(); ++i) EXPECT_TRUE(std::isnan(h.statistic[i]) && !std::isnan(h.z[i]));
  EXPECT_EQ(h.of_cell[kMiddle], CellClass::hot);
  EXPECT_THAT(h.provenance.cautions, testing::Contains(Caution::shares_without_meaning));
  HotspotOptions moran;
  moran.method = HotspotMethod::local_moran;
  EXPECT_FALSE(std::isnan(hotspots(busy_middle(), people, queen(), moran).statistic[0]));
}

TEST(Hotspots, RatesTakeAwayWhatOnlyThePopulationExplains) {
  draw::Random random(2);
  std::vector<double> people, events;
  for (std::size_t i = 0; i < kSide * kSide; ++i) {
    const bool dense = i / kSide < 8 && i % kSide < 8;
    people.push_back(dense ? 20'000 : 1'000);
    events.push_back(dense ? random.between(190, 210) : random.between(8, 12));
  }
  const Hotspots raw = hotspots(events, {}, queen(), {});
  const Hotspots rates = hotspots(events, people, queen(), {});
  EXPECT_GT(number_of(raw, CellClass::hot), 40u);
  EXPECT_LT(number_of(rates, CellClass::hot), 5u);
  EXPECT_TRUE(rates.provenance.population_at_risk);
  EXPECT_THAT(raw.provenance.cautions, testing::Contains(Caution::people_unknown));
  EXPECT_THAT(rates.provenance.cautions, testing::Not(testing::Contains(Caution::people_unknown)));
}

TEST(Hotspots, GearyCallsLikeNeighboursSimilarAndJoinCountsFindJoins) {
  const auto x = busy_middle();
  HotspotOptions o;
  o.method = HotspotMethod::local_join_count;
  o.black_above = 1;
  const Hotspots joins = hotspots(x, {}, queen(), {o});
  EXPECT_EQ(joins.of_cell[0], CellClass::untested);
  EXPECT_EQ(joins.of_cell[kMiddle], CellClass::hot);
  EXPECT_EQ(joins.provenance.inference, Inference::exact);
  o.inference = Inference::permutation;
  o.permutations = 9999;
  const Hotspots sampled = hotspots(x, {}, queen(), o);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(std::isnan(sampled.p[i]), std::isnan(joins.p[i]));
    if (!std::isnan(joins.p[i])) {
      EXPECT_NEAR(sampled.p[i], joins.p[i], 0.05);
    }
  }
  o = {};
  std::vector<double> smooth;
  draw::Random random(3);
  for (std::size_t i = 0; i < x.size(); ++i) smooth.push_back(i / kSide < 10 && i % kSide < 10 ? 0.5 : random.real());
  o.method = HotspotMethod::local_geary;
  EXPECT_EQ(hotspots(smooth, {}, queen(), o).of_cell[4 * kSide + 4], CellClass::similar);
}

TEST(Hotspots, SayHowTheyCameAbout) {
  HotspotOptions o;
  o.inference = Inference::permutation;
  o.permutations = 99;
  o.seed = 7;
  o.window = "2024-01-01 to 2024-02-01, noise";
  const Hotspots h = hotspots(busy_middle(), {}, row_standardised(queen()), o);
  EXPECT_EQ(h.provenance.inference, Inference::permutation);
  EXPECT_EQ(h.provenance.ties, Ties::mid_p);
  EXPECT_EQ(h.provenance.cells, 900u);
  EXPECT_EQ(h.provenance.links, 6844u);
  EXPECT_TRUE(h.provenance.row_standardised && h.provenance.counts);
  EXPECT_EQ(h.provenance.permutations, 99u);
  EXPECT_EQ(h.provenance.seed, 7u);
  EXPECT_EQ(h.provenance.window, o.window);
  EXPECT_THAT(h.provenance.cautions, testing::Contains(Caution::too_few_permutations));
}

TEST(Hotspots, AreTheSameForAnyNumberOfThreads) {
  auto x = busy_middle();
  for (double& v : x) v += 0.25;
  HotspotOptions o;
  const Hotspots one = hotspots(x, {}, queen(), o);
  o.threads = 8;
  const Hotspots eight = hotspots(x, {}, queen(), o);
  EXPECT_EQ(one.p, eight.p);
  EXPECT_EQ(one.q, eight.q);
  EXPECT_EQ(one.of_cell, eight.of_cell);
}

TEST(Hotspots, RefuseWhatCannotBe) {
  EXPECT_THROW(hotspots(busy_middle(), {}, queen(), {.alpha = 0}), std::invalid_argument);
  EXPECT_THROW(hotspots(busy_middle(), std::vector<double>(900, 0.0), queen(), {}), DataError);
  HotspotOptions o;
  o.method = HotspotMethod::local_geary;
  o.inference = Inference::exact;
  EXPECT_THROW(hotspots(busy_middle(), {}, queen(), o), DataError);
}

}  // namespace
}  // namespace gridloom
