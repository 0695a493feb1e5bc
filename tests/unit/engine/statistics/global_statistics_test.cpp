// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/global_statistics.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/statistics/rates.h"
#include "support/reference_data.h"

namespace gridloom {
namespace {

#define EXPECT_CLOSE(actual, expected, relative) EXPECT_NEAR(actual, expected, std::abs(expected) * (relative))

std::vector<double> columbus_crime() { return reference::Table("columbus_local_expected_spdep.csv")["CRIME"]; }
reference::Table sids() { return reference::Table("pysal_sids2.csv"); }
SpatialWeights sids_queen() { return row_standardised(reference::gal("pysal_sids2.gal", sids().text("FIPSNO"))); }

// --- published and computed values: Columbus with R spdep; esda's own tests ---

TEST(GlobalReference, ColumbusQueen) {
  const SpatialWeights b = reference::gal("columbus_queen.gal");
  const SpatialWeights w = row_standardised(b);
  const auto crime = columbus_crime();
  ASSERT_EQ(b.links(), 236u);
  const GlobalTest t = moran(crime, w);
  EXPECT_CLOSE(t.value, 0.500188557183, 1e-11);
  EXPECT_DOUBLE_EQ(t.expected, -1.0 / 48);
  EXPECT_CLOSE(t.variance, 0.00868928920, 1e-8);
  EXPECT_CLOSE(t.z(), 5.58938267504, 1e-11);
  EXPECT_CLOSE(t.variance_normality, 0.00856341312, 1e-8);
  EXPECT_CLOSE(t.z_normality(), 5.63031278774, 1e-11);
  EXPECT_CLOSE(moran(crime, b).value, 0.515461436886, 1e-11);
  EXPECT_CLOSE(geary(crime, w).value, 0.540528202702, 1e-11);
  EXPECT_CLOSE(getis_ord_g(crime, b).value, 0.127807457382, 1e-11);
  EXPECT_NEAR(getis_ord_g(crime, b).z(), 4.63815, 5e-6);
}

TEST(GlobalReference, ColumbusNeighboursOfAnselin) {
  const SpatialWeights b = reference::gal("columbus_col.gal.gal");
  const SpatialWeights w = row_standardised(b);
  const auto crime = columbus_crime();
  ASSERT_EQ(b.links(), 230u);
  const GlobalTest t = moran(crime, w);
  EXPECT_CLOSE(t.value, 0.485770913662, 1e-11);
  EXPECT_CLOSE(t.variance, 0.00899112132, 1e-8);
  EXPECT_CLOSE(t.z(), 5.34271363941, 1e-11);
  EXPECT_CLOSE(t.variance_normality, 0.00886096227, 1e-8);
  EXPECT_CLOSE(t.z_normality(), 5.38181026396, 1e-11);
  EXPECT_CLOSE(moran(crime, b).value, 0.482272306983, 1e-11);
  EXPECT_CLOSE(geary(crime, w).value, 0.547803377167, 1e-11);
  EXPECT_CLOSE(getis_ord_g(crime, b).value, 0.122724245379, 1e-11);
  EXPECT_NEAR(getis_ord_g(crime, b).z(), 4.28646, 5e-6);
}

TEST(GlobalReference, StLouisHomicides) {
  const SpatialWeights w = row_standardised(reference::gal("pysal_stl.gal"));
  const GlobalTest t = moran(reference::Table("pysal_stl_hom.txt", 1)["HR8893"], w);
  EXPECT_CLOSE(t.value, 0.24365582621771659, 1e-13);
  EXPECT_CLOSE(normal_p(t.z_normality(), Tail::greater), 0.00013573931385468807, 1e-11);
}

TEST(GlobalReference, SuddenInfantDeaths) {
  const SpatialWeights w = sids_queen();
  const GlobalTest t = moran(sids()["SIDR74"], w);
  EXPECT_CLOSE(t.value, 0.24772519320480135, 1e-13);
  EXPECT_CLOSE(normal_p(t.z_normality(), Tail::greater), 5.7916539074498452e-05, 1e-11);
  EXPECT_CLOSE(moran(standardised_rates(sids()["SID79"], sids()["BIR79"]), w).value, 0.16622343552567395, 1e-12);
  EXPECT_CLOSE(bivariate_moran(sids()["SIDR74"], sids()["SIDR79"], w), 0.19362610652874668, 1e-12);
  EXPECT_CLOSE(bivariate_moran(sids()["NWR79"], sids()["SIDR74"], w), 0.37701382542927858, 1e-12);
}

TEST(GlobalReference, FreemanTukeyRatesWithTwoIslands) {
  const SpatialWeights w = reference::gal("nc_ncCC89.gal");
  const auto deaths = sids()["SID74"];
  const auto births = sids()["BIR74"];
  ASSERT_EQ(islands(w).size(), 2u);
  std::vector<double> rates;
  for (std::size_t i = 0; i < deaths.size(); ++i)
    rates.push_back(std::sqrt(1000.0) * (std::sqrt(deaths[i] / births[i]) + std::sqrt((deaths[i] + 1) / births[i])));
  EXPECT_CLOSE(moran(rates, w, Islands::left_out).value, 0.253677290858, 1e-11);
  EXPECT_CLOSE(moran(standardised_rates(deaths, births), w).value, 0.25788959741, 1e-10);
}

TEST(GlobalReference, ThreeByThreeRook) {
  std::vector<double> y(9);
  std::iota(y.begin(), y.end(), 1.0);
  const GlobalTest t = moran(y, lattice_contiguity(3, 3, Contiguity::rook));
  EXPECT_CLOSE(t.variance, 0.0596875, 1e-12);
  EXPECT_CLOSE(t.variance_normality, 0.053125, 1e-12);
}

TEST(GlobalReference, SixPointsOfGetisAndOrd) {
  const std::vector<Point> points{{10, 10}, {20, 10}, {40, 10}, {15, 20}, {30, 20}, {30, 30}};
  const std::vector<double> y{2, 3, 3.2, 5, 8, 7};
  const GlobalTest t = getis_ord_g(y, distance_band(points, 0.015));
  EXPECT_NEAR(t.value, 0.55709779, 5e-9);
  EXPECT_NEAR(t.p(Tail::greater), 0.172936, 5e-7);
}

TEST(GlobalReference, StandardisedRatesOfAssuncaoAndReis) {
  const std::vector<double> e{30, 25, 25, 15, 33, 21, 30, 20};
  const std::vector<double> b{100, 100, 110, 90, 100, 90, 110, 90};
  const std::vector<double> z = standardised_rates(e, b);
  const double expected[] = {1.03843594, -0.04099089, -0.56250375, -1.73061861};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(z[i], expected[i], 5e-9);
}

TEST(Rates, SmoothingDrawsSmallPopulationsFarther) {
  const std::vector<double> births = sids()["BIR74"];
  const std::vector<double> smooth = smoothed_rates(sids()["SID74"], births);
  EXPECT_CLOSE(smooth[0], 0.00169729733085562, 1e-13);
  EXPECT_CLOSE(smooth[1], 0.00170537768084218, 1e-13);
  EXPECT_CLOSE(smooth[2], 0.00177308702207018, 1e-13);
}

TEST(Rates, LocalSmoothingOverEverybodyIsGlobalSmoothing) {
  const std::vector<double> events{1, 5, 0, 9, 2};
  const std::vector<double> people{100, 200, 50, 150, 400};
  const std::vector<Point> points{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}};
  const auto local = locally_smoothed_rates(events, people, distance_band(points, 1));
  const auto global = smoothed_rates(events, people);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(local[i], global[i], 1e-15);
}

TEST(Rates, RefuseCellsWithoutPopulation) {
  EXPECT_THROW(standardised_rates(std::vector<double>{1, 2}, std::vector<double>{10, 0}), DataError);
  EXPECT_THROW(standardised_rates(std::vector<double>{1, -2}, std::vector<double>{10, 10}), DataError);
  EXPECT_THROW(standardised_rates(std::vector<double>{0, 0}, std::vector<double>{10, 10}), DataError);
}

TEST(Rates, AreToldOfEnoughPeopleOnly) {
  const std::vector<double> events{1, 7, 0, 9}, people{100, 0.014, 0, 99.5};
  const AtRisk risk = at_risk(events, people, kLeastPopulation);
  EXPECT_EQ(risk.cells, std::vector<std::uint32_t>{0});
  EXPECT_EQ(risk.left_out.cells, 3u);
  EXPECT_EQ(risk.left_out.events, 16);
  EXPECT_NEAR(risk.left_out.people, 99.514, 1e-9);
  EXPECT_EQ(at_risk(events, people, 0).cells, (std::vector<std::uint32_t>{0, 1, 3}));
  EXPECT_THROW(at_risk(events, std::vector<double>{1, -1, 1, 1}, 0), DataError);
}

// --- moments against all n! placements ---

struct Enumerated {
  double mean = 0;
  double variance = 0;
};
template <class Statistic>
Enumerated over_all_placements(std::vector<double> values, Statistic&& statistic) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> placed(values.size());
  long double sum = 0, squares = 0, count = 0;
  do {
    for (std::size_t i = 0; i < order.size(); ++i) placed[i] = values[order[i]];
    const long double v = statistic(placed);
    sum += v;
    squares += v * v;
    ++count;
  } while (std::next_permutation(order.begin(), order.end()));
  const long double mean = sum / count;
  return {static_cast<double>(mean), static_cast<double>(squares / count - mean * mean)};
}

// Not symmetric, one island, unequal weights.
SpatialWeights odd_weights() {
  SpatialWeights w =
      weights_from_lists(std::vector<std::vector<std::uint32_t>>{{1, 2}, {0, 3}, {4}, {1, 2, 4}, {0}, {}});
  for (std::size_t k = 0; k < w.links(); ++k) w.weight[k] = 0.5 + 0.25 * static_cast<double>(k);
  return w;
}

TEST(GlobalMoments, EqualThoseOverAllPlacements) {
  const SpatialWeights w = odd_weights();
  const std::vector<double> values{1, 7.5, 2, 2, 11, 4};
  const auto check = [&](auto&& statistic) {
    const GlobalTest t = statistic(values);
    const Enumerated e = over_all_placements(values, [&](const auto& v) { return statistic(v).value; });
    EXPECT_NEAR(t.expected, e.mean, 1e-12);
    EXPECT_CLOSE(t.variance, e.variance, 1e-9);
  };
  check([&](const auto& v) { return moran(v, w); });
  check([&](const auto& v) { return geary(v, w); });
  check([&](const auto& v) { return getis_ord_g(v, w); });
}

TEST(GlobalMoments, OfJoinCountsEqualThoseOverAllPlacements) {
  const SpatialWeights w = odd_weights();
  for (const std::vector<double>& values : {std::vector<double>{1, 0, 0, 1, 1, 0}, {1, 0, 0, 0, 0, 0}}) {
    const auto counts = [&w](const std::vector<double>& v) {
      return join_counts(std::vector<std::uint8_t>(v.begin(), v.end()), w);
    };
    const JoinCounts t = counts(values);
    for (const auto member : {&JoinCounts::black_black, &JoinCounts::black_white, &JoinCounts::white_white}) {
      const Enumerated e = over_all_placements(values, [&](const auto& v) { return (counts(v).*member).value; });
      EXPECT_NEAR((t.*member).expected, e.mean, 1e-12);
      EXPECT_NEAR((t.*member).variance, e.variance, 1e-9);
    }
  }
}

TEST(JoinCounts, SumToAllJoins) {
  const SpatialWeights w = lattice_contiguity(4, 4, Contiguity::rook);
  std::vector<std::uint8_t> half(16, 0);
  std::fill(half.begin(), half.begin() + 8, std::uint8_t{1});
  const JoinCounts t = join_counts(half, w);
  EXPECT_EQ(t.black_black.value, 10);
  EXPECT_EQ(t.black_white.value, 4);
  EXPECT_EQ(t.white_white.value, 10);
}

TEST(GlobalStatistics, RefuseWhatCannotBeTested) {
  const SpatialWeights w = lattice_contiguity(3, 3, Contiguity::rook);
  std::vector<double> values(9, 2.0);
  EXPECT_THROW(moran(values, w), DataError);
  values[3] = std::nan("");
  EXPECT_THROW(geary(values, w), DataError);
  values[3] = -1;
  EXPECT_THROW(getis_ord_g(values, w), DataError);
  EXPECT_THROW(moran(std::vector<double>{1, 2}, w), DataError);
  const SpatialWeights alone = weights_from_lists(std::vector<std::vector<std::uint32_t>>(9));
  EXPECT_THROW(moran(values, alone), DataError);
}

}  // namespace
}  // namespace gridloom
