// SPDX-License-Identifier: Apache-2.0
#include "engine/density/bandwidth.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace gridloom {
namespace {

std::vector<Point> normal_cloud(std::size_t n, double sd_mm) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal(0, sd_mm);
  std::vector<Point> points;
  while (points.size() < n)
    points.push_back({static_cast<std::int32_t>(normal(random)), static_cast<std::int32_t>(normal(random))});
  return points;
}

TEST(Bandwidth, RulesByHand) {
  const std::vector<Point> points{{0, 0}, {2000, 0}, {0, 4000}, {2000, 4000}};
  const double sixth = std::pow(4.0, -1.0 / 6);
  const AxisBandwidths scott = scott_bandwidth(points);
  EXPECT_NEAR(scott.x_m, std::sqrt(4.0 / 3) * sixth, 1e-12);
  EXPECT_NEAR(scott.y_m, std::sqrt(16.0 / 3) * sixth, 1e-12);
  EXPECT_NEAR(scott.both_m, std::sqrt(10.0 / 3) * sixth, 1e-12);
  EXPECT_NEAR(silverman_bandwidth(points), 0.9 * std::sqrt(5.0) * std::pow(4.0, -0.2), 1e-12);
}

TEST(Bandwidth, SilvermanIsRobustWhereScottIsNot) {
  auto points = normal_cloud(500, 100'000);
  const double silverman = silverman_bandwidth(points), scott = scott_bandwidth(points).both_m;
  for (int k = 0; k < 5; ++k) points.push_back({5'000'000, 0});
  EXPECT_NEAR(silverman_bandwidth(points) / silverman, 1, 0.25);
  EXPECT_GT(scott_bandwidth(points).both_m / scott, 3);
}

TEST(Bandwidth, LikelihoodAndLeastSquaresByHandForTwoEvents) {
  const std::vector<Point> points{{0, 0}, {3000, 4000}};  // 5 m apart
  const auto likelihood = likelihood_bandwidth(points, {1, 10, 11});
  const auto lscv = lscv_bandwidth(points, {1, 10, 11});
  for (std::size_t k = 0; k < likelihood.candidates_m.size(); ++k) {
    const double b = likelihood.candidates_m[k], unit = 1 / (2 * std::numbers::pi * b * b);
    EXPECT_NEAR(likelihood.criterion[k], 2 * std::log(unit * std::exp(-12.5 / (b * b))), 1e-9);
    EXPECT_NEAR(lscv.criterion[k], unit / 4 * (1 + std::exp(-6.25 / (b * b))) - 2 * unit * std::exp(-12.5 / (b * b)),
                1e-12);
  }
  EXPECT_NEAR(likelihood_bandwidth(points, {1, 10, 2001}).best_m, 5 / std::sqrt(2.0), 0.01);  // b² = d²/2
}

// For a normal cloud of sd s the asymptotic best is s n^(-1/6), which least squares and likelihood scatter about.
TEST(Bandwidth, CrossValidationFindsTheOptimumOfANormalCloud) {
  const auto points = normal_cloud(800, 1'000'000);
  const double best = 1000 * std::pow(800.0, -1.0 / 6);
  for (const auto& choice : {likelihood_bandwidth(points, {30, 3000, 40}), lscv_bandwidth(points, {30, 3000, 40})}) {
    EXPECT_FALSE(choice.at_end);
    EXPECT_NEAR(choice.best_m / best, 1, 0.5);
  }
}

// Clusters of sd 20 m in a square kilometre: the mean square error is least near their size.
TEST(Bandwidth, DiggleFindsTheSizeOfClusters) {
  std::mt19937_64 random(8);
  std::normal_distribution<double> normal(0, 20'000);
  std::vector<Point> clustered;
  for (int c = 0; c < 25; ++c) {
    const auto x = static_cast<double>(random() % 1'000'000), y = static_cast<double>(random() % 1'000'000);
    for (int k = 0; k < 20; ++k)
      clustered.push_back(
          {static_cast<std::int32_t>(x + normal(random)), static_cast<std::int32_t>(y + normal(random))});
  }
  const auto choice = diggle_bandwidth(clustered, 1, {2, 200, 60});
  EXPECT_FALSE(choice.at_end);
  EXPECT_GT(choice.best_m, 5);
  EXPECT_LT(choice.best_m, 40);
}

TEST(Bandwidth, DiggleByHandForTwoEvents) {
  const std::vector<Point> points{{0, 0}, {6000, 0}};
  const auto choice = diggle_bandwidth(points, 1e-4, {1, 2, 2});         // 100 m²: lambda 1/50
  EXPECT_NEAR(choice.criterion[0], 50 / (4 * std::numbers::pi), 1e-12);  // h = 2: neither within h nor overlapping
  const double disc = 16 * std::numbers::pi, y = 0.75;                   // h = 4: the discs overlap
  EXPECT_NEAR(choice.criterion[1], 50 / disc + 100 * 32 * (std::acos(y) - y * std::sqrt(1 - y * y)) / (disc * disc),
              1e-12);
}

TEST(Bandwidth, TakesTheCandidatesItIsGiven) {
  const std::vector<Point> points{{0, 0}, {3000, 4000}, {1000, 0}};
  const auto spaced = lscv_bandwidth(points, {1, 4, 3});
  const auto given = lscv_bandwidth(points, {.at_m = {1, 2, 4}});
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(given.criterion[k], spaced.criterion[k], 1e-12);
  const auto diggle = diggle_bandwidth(points, 1e-4, {.at_m = {0.5, 3}});
  EXPECT_NEAR(diggle.criterion[1], diggle_bandwidth(points, 1e-4, {0.5, 3, 2}).criterion[1], 1e-12);
  EXPECT_THROW(lscv_bandwidth(points, {.at_m = {2, 1}}), std::invalid_argument);
  EXPECT_THROW(lscv_bandwidth(points, {.at_m = {0, 1}}), std::invalid_argument);
}

TEST(Bandwidth, RefusesEventsAtOnePlace) {
  const std::vector<Point> points{{5, 5}, {5, 5}};
  EXPECT_THROW(scott_bandwidth(points), DataError);
  EXPECT_THROW(silverman_bandwidth({}), DataError);
  EXPECT_THROW(lscv_bandwidth(points, {1, 2, 3}), DataError);
  EXPECT_THROW(lscv_bandwidth(std::vector<Point>{{0, 0}, {1, 1}}, {2, 1, 3}), std::invalid_argument);
}

TEST(Bandwidth, EveryKernelOfARadiusForSpreadsAlike) {
  const std::vector<Point> one{{0, 0}};
  const RasterGrid grid{-600'000, 600'000, 5'000, 240, 240};
  for (const Kernel kernel :
       {Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::triweight, Kernel::gaussian}) {
    const std::vector<double> values = kernel_density(one, grid, {kernel, radius_for(kernel, 100), 1, true});
    double mass = 0, moment = 0;
    for (std::size_t q = 0; q < values.size(); ++q) {
      const double x = grid.centre(q).x / 1000.0;
      mass += values[q], moment += values[q] * x * x;
    }
    EXPECT_NEAR(std::sqrt(moment / mass), 100, 0.5) << word_of(kernel);
  }
}

}  // namespace
}  // namespace gridloom
