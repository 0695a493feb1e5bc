// SPDX-License-Identifier: Apache-2.0
#include "engine/density/adaptive_density.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace gridloom {
namespace {

const RasterGrid kGrid{0, 1'000'000, 10'000, 100, 100};

std::vector<Point> cloud(std::size_t n) {
  std::mt19937_64 random(12);
  std::vector<Point> points;
  while (points.size() < n)
    points.push_back(
        {static_cast<std::int32_t>(random() % 1'000'000), static_cast<std::int32_t>(random() % 1'000'000)});
  return points;
}

TEST(AdaptiveDensity, OneBandwidthForAllIsTheFixedDensity) {
  const auto points = cloud(200);
  for (const Kernel kernel : {Kernel::epanechnikov, Kernel::quartic, Kernel::triweight, Kernel::gaussian}) {
    const auto fixed = kernel_density(points, kGrid, {kernel, 77, 1, true});
    const auto adaptive = adaptive_density(points, std::vector<double>(points.size(), 77), kGrid, kernel, 2);
    const double most = *std::max_element(fixed.begin(), fixed.end());
    for (std::size_t q = 0; q < fixed.size(); ++q) ASSERT_NEAR(adaptive[q], fixed[q], 1e-6 * most) << q;
  }
}

TEST(AdaptiveDensity, IsTheSumOfDensitiesWithEachBandwidth) {
  const auto points = cloud(40);
  std::vector<double> bandwidths, expected(kGrid.size(), 0.0);
  for (std::size_t e = 0; e < points.size(); ++e) {
    bandwidths.push_back(20 + 7 * static_cast<double>(e));
    const auto one = kernel_density(std::span(points).subspan(e, 1), kGrid, {Kernel::quartic, bandwidths.back(), 1});
    for (std::size_t q = 0; q < one.size(); ++q) expected[q] += one[q];
  }
  const auto values = adaptive_density(points, bandwidths, kGrid, Kernel::quartic, 3);
  const double most = *std::max_element(expected.begin(), expected.end());
  for (std::size_t q = 0; q < values.size(); ++q) ASSERT_NEAR(values[q], expected[q], 1e-9 * most);
}

TEST(AdaptiveDensity, SameBitsForAnyThreadsAndOrder) {
  auto points = cloud(300);
  const auto run = [&](unsigned threads) {
    return adaptive_density(points, abramson_bandwidths(points, {Kernel::quartic, 80, 1}), kGrid, Kernel::quartic,
                            threads);
  };
  const auto once = run(1);
  std::reverse(points.begin(), points.end());
  EXPECT_EQ(run(4), once);
}

TEST(AbramsonBandwidths, FollowTheSquareRootLaw) {
  // Nine events at one place and one far off, each alone within the kernel: densities 9 : 1.
  std::vector<Point> points(9, Point{205'000, 205'000});
  points.push_back({805'000, 805'000});
  const auto b = abramson_bandwidths(points, {Kernel::quartic, 50, 1});
  EXPECT_NEAR(b[9] / b[0], 3, 1e-9);
  double product = 1;
  for (double v : b) product *= v / 50;
  EXPECT_NEAR(product, 1, 1e-9);
}

// The pilot is read off a raster with cells of a tenth of the bandwidth.
TEST(AbramsonBandwidths, AreThoseOfTheDensityAtEachEvent) {
  const auto points = cloud(150);
  const double pilot = 120;
  std::vector<double> density;
  for (const Point p : points) {
    double sum = 0;
    for (const Point q : points) {
      const double u2 = (std::pow(double(p.x) - q.x, 2) + std::pow(double(p.y) - q.y, 2)) / std::pow(pilot * 1000, 2);
      sum += std::pow(std::max(0.0, 1 - u2), 2);
    }
    density.push_back(sum);
  }
  double log_mean = 0;
  for (double f : density) log_mean += std::log(f) / static_cast<double>(density.size());
  const auto found = abramson_bandwidths(points, {Kernel::quartic, pilot, 1});
  for (std::size_t e = 0; e < points.size(); ++e)
    EXPECT_NEAR(found[e] / (pilot * std::sqrt(std::exp(log_mean) / density[e])), 1, 0.01) << e;
}

// Neither the raster of the answer nor the origin of the lattice has a say.
TEST(AbramsonBandwidths, AreTheSameWhereverTheEventsLie) {
  auto points = cloud(100);
  const auto here = abramson_bandwidths(points, {Kernel::gaussian, 60, 1});
  for (Point& p : points) p = {p.x - 123'456'789, p.y + 98'765'432};
  EXPECT_EQ(abramson_bandwidths(points, {Kernel::gaussian, 60, 1}), here);
  EXPECT_TRUE(abramson_bandwidths({}, {Kernel::gaussian, 60, 1}).empty());
  const std::vector<Point> far{{-1'000'000'000, 0}, {1'000'000'000, 0}};  // a line of millimetres has no end
  EXPECT_EQ(abramson_bandwidths(far, {Kernel::quartic, 0.001, 1}).size(), 2u);
}

TEST(AdaptiveDensity, RefusesWhatHasNoMeaning) {
  const std::vector<Point> points{{0, 0}};
  EXPECT_THROW(adaptive_density(points, {}, kGrid, Kernel::quartic, 1), std::invalid_argument);
  EXPECT_THROW(adaptive_density(points, std::vector<double>{0}, kGrid, Kernel::quartic, 1), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
