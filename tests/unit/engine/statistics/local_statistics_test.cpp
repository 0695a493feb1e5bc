// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/local_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/reference_data.h"

namespace gridloom {
namespace {

void expect_close(const std::vector<double>& actual, const std::vector<double>& expected, double relative) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], relative * std::max(1e-3, std::abs(expected[i]))) << "cell " << i;
}

TEST(LocalReference, ColumbusEqualsSpdep) {
  const reference::Table t("columbus_local_expected_spdep.csv");
  const auto crime = t["CRIME"];
  const SpatialWeights b = reference::gal("columbus_queen.gal");
  const SpatialWeights w = row_standardised(b);
  const LocalStatistic moran = local_moran(crime, w);
  expect_close(moran.value, t["Ii_W"], 1e-10);
  expect_close(moran.expected, t["EIi_cond"], 1e-10);
  expect_close(moran.variance, t["VarIi_cond"], 1e-10);
  expect_close(moran.z, t["Z_cond"], 1e-10);
  expect_close(local_g(crime, b).z, t["Gi_B_z"], 1e-10);
  expect_close(local_g_star(crime, b).z, t["Gistar_B_z"], 1e-10);
  expect_close(local_g(crime, w).z, t["Gi_W_z"], 1e-10);
  expect_close(local_g_star(crime, w).z, t["Gistar_W_z"], 1e-10);
  expect_close(local_geary(crime, w).value, t["Ci_W"], 1e-10);
  const auto z = local_g_star(crime, b).z;
  EXPECT_NEAR(*std::max_element(z.begin(), z.end()), 3.47505135616, 5e-12);
  EXPECT_NEAR(*std::min_element(z.begin(), z.end()), -2.85102317658, 5e-12);
}

TEST(LocalReference, SixPointsOfGetisAndOrd) {
  const std::vector<Point> points{{10, 10}, {20, 10}, {40, 10}, {15, 20}, {30, 20}, {30, 30}};
  const std::vector<double> y{2, 3, 3.2, 5, 8, 7};
  const SpatialWeights b = distance_band(points, 0.015);
  expect_close(
      local_g(y, b).z,
      {-1.0136728985503, -0.0436158942017, 1.3155870289605, -0.3141267582046, 1.1537398581068, 1.7783394086211}, 1e-11);
  expect_close(local_g_star(y, b).z,
               {-1.397276262012, -0.289177615627, 0.650649635161, -0.289177615627, 1.234520883520, 2.024243309390},
               1e-10);
  const SpatialWeights r = row_standardised(b);
  EXPECT_NEAR(local_g_star(y, r).z[0], -1.397276262012, 1e-10);
}

TEST(LocalReference, RemoteSensingExampleOfGetisAndOrd) {
  const reference::Table t("getisord_expected_spdep.csv");
  std::vector<Point> points;
  const auto x = t["x"], y = t["y"];
  for (std::size_t i = 0; i < x.size(); ++i)
    points.push_back({static_cast<std::int32_t>(x[i] * 1000), static_cast<std::int32_t>(y[i] * 1000)});
  for (int metres : {30, 60, 90, 120, 150}) {
    const SpatialWeights w = distance_band(points, metres);
    expect_close(local_g(t["val"], w).z, t["G" + std::to_string(metres)], 1e-9);
    expect_close(local_g_star(t["val"], w).z, t["Gstar" + std::to_string(metres)], 1e-9);
  }
  EXPECT_NEAR(local_g(t["val"], distance_band(points, 30)).z[119], 1.221979, 5e-7);
  EXPECT_NEAR(local_g(t["val"], distance_band(points, 60)).z[119], 1.74810, 5e-6);
}

TEST(LocalReference, DesmithInTheScaleOfEsda) {
  const auto y = reference::Table("pysal_desmith.txt", 1)["z"];
  const SpatialWeights w = row_standardised(reference::gal("pysal_desmith.gal"));
  const double expected[] = {-0.11409277, -0.19940543, -0.13351408, -0.51770383, 0.48095009,
                             0.12208113,  1.19148298,  -0.58144305, 0.07101383,  0.34314301};
  const LocalStatistic s = local_moran(y, w);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(s.value[i] * 9 / 10, expected[i], 5e-9);
  std::vector<int> quadrants;
  for (Quadrant q : moran_quadrants(y, w)) quadrants.push_back(static_cast<int>(q));
  EXPECT_THAT(quadrants, testing::ElementsAre(4, 4, 4, 2, 3, 3, 1, 4, 3, 3));
}

// Mean and variance of sum w_ij y_j over all ordered samples of the others, by enumeration.
struct Enumerated {
  double mean = 0;
  double variance = 0;
};
template <class Term>
Enumerated over_all_samples(std::span<const double> weights, std::size_t n, std::size_t i, Term&& y) {
  std::vector<std::size_t> others;
  for (std::size_t j = 0; j < n; ++j)
    if (j != i) others.push_back(j);
  double sum = 0, squares = 0, count = 0;
  do {
    double v = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) v += weights[k] * y(others[k]);
    sum += v;
    squares += v * v;
    ++count;
  } while (std::next_permutation(others.begin(), others.end()));
  return {sum / count, squares / count - sum / count * (sum / count)};
}

SpatialWeights uneven_weights() {
  SpatialWeights w =
      weights_from_lists(std::vector<std::vector<std::uint32_t>>{{1, 2}, {0, 3}, {4}, {1, 2, 4}, {0, 1, 2, 3, 5}, {}});
  for (std::size_t k = 0; k < w.links(); ++k) w.weight[k] = 0.5 + 0.25 * static_cast<double>(k);
  return w;
}

TEST(LocalMoments, EqualThoseOverAllSamplesOfTheOthers) {
  const SpatialWeights w = uneven_weights();
  const std::vector<double> x{1, 7.5, 2, 2, 11, 4};
  const std::vector<std::uint8_t> black{1, 1, 0, 1, 1, 0};
  const LocalStatistic g = local_g(x, w);
  const LocalStatistic geary = local_geary(x, w);
  const LocalStatistic joins = local_join_count(black, w);
  const double mean = 27.5 / 6;
  double square = 0;
  for (double v : x) square += (v - mean) * (v - mean);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto weights = w.weights_of(i);
    const Enumerated lag = over_all_samples(weights, 6, i, [&](std::size_t j) { return x[j] / (27.5 - x[i]); });
    EXPECT_NEAR(g.expected[i], lag.mean, 1e-12);
    EXPECT_NEAR(g.variance[i], lag.variance, 1e-12);
    const Enumerated c =
        over_all_samples(weights, 6, i, [&](std::size_t j) { return (x[i] - x[j]) * (x[i] - x[j]) / (square / 5); });
    EXPECT_NEAR(geary.expected[i], c.mean, 1e-11);
    EXPECT_NEAR(geary.variance[i], c.variance, 1e-10);
    const Enumerated b = over_all_samples(weights, 6, i, [&](std::size_t j) { return double(black[i] * black[j]); });
    EXPECT_NEAR(joins.expected[i], b.mean, 1e-12);
    EXPECT_NEAR(joins.variance[i], b.variance, 1e-12);
  }
}

TEST(LocalStatistics, SayNothingOfIslandsAndConstants) {
  const SpatialWeights w = uneven_weights();
  const std::vector<double> x{1, 7.5, 2, 2, 11, 4};
  EXPECT_TRUE(std::isnan(local_moran(x, w).z[5]));
  EXPECT_TRUE(std::isnan(local_g(x, w).z[5]));
  EXPECT_FALSE(std::isnan(local_g_star(x, w).z[5]));  // the cell itself is something to look at
  EXPECT_EQ(moran_quadrants(x, w)[5], Quadrant::none);
  const std::vector<double> flat(6, 3.0);
  for (double z : local_g_star(flat, w).z) EXPECT_TRUE(std::isnan(z));
  for (double z : local_geary(flat, w).z) EXPECT_TRUE(std::isnan(z));
}

TEST(LocalStatistics, SharesOfASumWithNegativeValuesAreNotTold) {
  const SpatialWeights w = uneven_weights();
  const std::vector<double> x{1, 7.5, 2, 2, 11, 4}, rates{-3, 3.5, -2, -2, 7, -3.5};
  for (const auto& [of_counts, of_rates] :
       {std::pair{local_g(x, w), local_g(rates, w)}, std::pair{local_g_star(x, w), local_g_star(rates, w)}})
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_FALSE(std::isnan(of_counts.value[i]));
      EXPECT_TRUE(std::isnan(of_rates.value[i]));
      EXPECT_FALSE(std::isnan(of_rates.z[i]));
    }
  const std::vector<double> one{0, 0, 0, 0, 0.3, 0};  // its others have nothing to share
  EXPECT_TRUE(std::isnan(local_g(one, w).value[4]));
  EXPECT_NEAR(local_g(one, w).value[2], w.weights_of(2)[0], 1e-12);
}

TEST(LocalStatistics, SayNothingWhereAllOthersAreNeighbours) {
  const std::vector<Point> points{{0, 0}, {1, 0}, {2, 0}, {3, 0}};
  const SpatialWeights all = distance_band(points, 1);
  for (double z : local_g(std::vector<double>{0.1, 0.7, 0.3, 12}, all).z) EXPECT_TRUE(std::isnan(z));
}

TEST(LocalStatistics, LocalMoransSumToTheGlobalOne) {
  const auto crime = reference::Table("columbus_local_expected_spdep.csv")["CRIME"];
  const auto value = local_moran(crime, row_standardised(reference::gal("columbus_queen.gal"))).value;
  double sum = 0;
  for (double v : value) sum += v;
  EXPECT_NEAR(sum / 49, 0.500188557183, 1e-12);
}

}  // namespace
}  // namespace gridloom
