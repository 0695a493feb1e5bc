// SPDX-License-Identifier: Apache-2.0
#include "engine/density/kernel_density.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

namespace gridloom {
namespace {

// The definition, pixel by pixel, in 80-bit arithmetic; distances are exact in half millimetres.
long double kernel_value(Kernel kernel, long double u2) {
  const long double pi = std::numbers::pi_v<long double>;
  if (kernel == Kernel::gaussian) return std::exp(-u2 / 2) / (2 * pi);
  if (u2 > 1) return 0;
  const long double v = 1 - u2;
  switch (kernel) {
    case Kernel::uniform:
      return 1 / pi;
    case Kernel::epanechnikov:
      return 2 / pi * v;
    case Kernel::quartic:
      return 3 / pi * v * v;
    default:
      return 4 / pi * v * v * v;
  }
}

std::vector<double> definition(const std::vector<Point>& points, const RasterGrid& grid, const KernelOptions& options,
                               const std::vector<double>& weights = {}) {
  std::vector<double> values;
  const long double radius = 2.0L * static_cast<long double>(std::llround(options.bandwidth_m * 1000));
  const long double km = radius / 2e6L;
  for (std::uint32_t j = 0; j < grid.ny; ++j) {
    for (std::uint32_t i = 0; i < grid.nx; ++i) {
      long double sum = 0;
      for (std::size_t e = 0; e < points.size(); ++e) {
        const Point p = points[e];
        const auto dx =
            static_cast<long double>(2 * grid.x0_mm + (2 * std::int64_t{i} + 1) * grid.cell_mm - 2 * std::int64_t{p.x});
        const auto dy =
            static_cast<long double>(2 * grid.y0_mm - (2 * std::int64_t{j} + 1) * grid.cell_mm - 2 * std::int64_t{p.y});
        sum += (weights.empty() ? 1 : static_cast<long double>(weights[e])) *
               kernel_value(options.kernel, (dx * dx + dy * dy) / (radius * radius));
      }
      values.push_back(static_cast<double>(sum / (km * km)));
    }
  }
  return values;
}

double largest(const std::vector<double>& values) { return *std::max_element(values.begin(), values.end()); }

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

struct Case {
  RasterGrid grid;
  KernelOptions options;
  std::vector<Point> points;
};

// Rasters from one pixel to a few hundred, square and flat; points inside and around, on pixel borders and centres,
// repeated, and at exactly one bandwidth from a centre.
Case random_case(std::mt19937_64& random) {
  const auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n + 1));
  };
  Case c;
  c.grid = {up_to(2'000'000) - 1'000'000, up_to(2'000'000) - 1'000'000, 2 * (1 + up_to(20'000)),
            static_cast<std::uint32_t>(1 + up_to(60)), static_cast<std::uint32_t>(1 + up_to(30))};
  if (up_to(4) == 0) c.grid.nx = c.grid.ny;
  if (up_to(9) == 0) c.grid.nx = c.grid.ny = 1;
  if (up_to(9) == 0) c.grid.nx = 400, c.grid.ny = 1;
  const std::int64_t radius = 1 + up_to(up_to(1) ? 30 * c.grid.cell_mm : 3 * c.grid.cell_mm);
  c.options.bandwidth_m = static_cast<double>(radius) / 1000;
  const std::int64_t width = c.grid.nx * c.grid.cell_mm, height = c.grid.ny * c.grid.cell_mm;
  const std::int64_t n = up_to(80);
  for (std::int64_t k = 0; k <= n; ++k) {
    std::int64_t x = c.grid.x0_mm - radius + up_to(width + 2 * radius),
                 y = c.grid.y0_mm + radius - up_to(height + 2 * radius);
    const std::int64_t half = c.grid.cell_mm / 2;
    if (up_to(3) == 0) x = c.grid.x0_mm + half * up_to(2 * c.grid.nx), y = c.grid.y0_mm - half * up_to(2 * c.grid.ny);
    if (up_to(5) == 0) x += radius;
    c.points.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
    if (up_to(9) == 0) c.points.push_back(c.points.front());
  }
  return c;
}

class KernelDensity : public testing::TestWithParam<Kernel> {};

TEST_P(KernelDensity, EqualsTheDefinitionOnRandomCases) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 250; ++round) {
    Case c = random_case(random);
    c.options.kernel = GetParam();
    c.options.exact = true;
    const auto expected = definition(c.points, c.grid, c.options);
    const auto actual = kernel_density(c.points, c.grid, c.options);
    ASSERT_EQ(actual.size(), c.grid.size());
    const double km = c.options.bandwidth_m / 1000;
    const double tail = GetParam() == Kernel::gaussian
                            ? static_cast<double>(c.points.size()) * std::exp(-kExactReach * kExactReach / 2) /
                                  (2 * std::numbers::pi * km * km)
                            : 0;
    const double difference = largest_difference(actual, expected), scale = largest(expected);
    ASSERT_LE(difference, 1e-9 * scale + tail) << "round " << round;
  }
}

// What cancels most: long rows far wider than the bandwidth, and a row that only the rims reach.
TEST_P(KernelDensity, KeepsItsDigitsInLongRowsAndAtTheRim) {
  std::mt19937_64 random(11);
  for (const double rim : {0.0, 0.9, 0.99, 0.999, 0.9999}) {
    Case c{{0, 1000, 2000, 3000, 1}, {GetParam(), 200.0, 1, true}, {}};
    for (int k = 0; k < 300; ++k)
      c.points.push_back({static_cast<std::int32_t>(random() % 6'000'000), static_cast<std::int32_t>(200'000 * rim)});
    const auto expected = definition(c.points, c.grid, c.options);
    const double tail = GetParam() == Kernel::gaussian ? 300 * 1.6e-8 / (2 * std::numbers::pi * 0.04) : 0;
    EXPECT_LE(largest_difference(kernel_density(c.points, c.grid, c.options), expected),
              1e-9 * largest(expected) + tail)
        << rim;
  }
}

TEST_P(KernelDensity, WeightsMultiplyTheEvents) {
  std::mt19937_64 random(23);
  for (int round = 0; round < 60; ++round) {
    Case c = random_case(random);
    c.options.kernel = GetParam();
    c.options.exact = true;
    std::vector<double> weights;
    for (std::size_t e = 0; e < c.points.size(); ++e)
      weights.push_back(std::ldexp(static_cast<double>(random() % 1000), static_cast<int>(random() % 40) - 20));
    const auto expected = definition(c.points, c.grid, c.options, weights);
    const double km = c.options.bandwidth_m / 1000;
    const double tail = GetParam() == Kernel::gaussian ? std::accumulate(weights.begin(), weights.end(), 0.0) * 1.6e-8 /
                                                             (2 * std::numbers::pi * km * km)
                                                       : 0;
    ASSERT_LE(largest_difference(kernel_density(c.points, c.grid, c.options, weights), expected),
              1e-9 * largest(expected) + tail)
        << "round " << round;
  }
}

// Places that do not fit 31 bits in half millimetres.
TEST_P(KernelDensity, WeightsHoldAcrossACountry) {
  std::mt19937_64 random(37);
  const RasterGrid grid{-1'050'000'000, 15'000'000, 10'000'000, 210, 3};
  std::vector<Point> points;
  std::vector<double> weights;
  for (int k = 0; k < 60; ++k) {
    points.push_back({static_cast<std::int32_t>(random() % 2'000'000'000) - 1'000'000'000,
                      static_cast<std::int32_t>(random() % 60'000'000) - 30'000'000});
    weights.push_back(0.1 + static_cast<double>(random() % 90));
  }
  const KernelOptions options{GetParam(), 45'000, 1, true};
  const auto expected = definition(points, grid, options, weights);
  EXPECT_LE(largest_difference(kernel_density(points, grid, options, weights), expected),
            (GetParam() == Kernel::gaussian ? 1e-6 : 1e-9) * largest(expected));
}

TEST_P(KernelDensity, SameBitsForAnyThreadsAndOrder) {
  std::mt19937_64 random(3);
  Case c{{-500'000, 400'000, 5'000, 200, 160}, {GetParam(), 60.0, 1}, {}};
  for (int k = 0; k < 2000; ++k)
    c.points.push_back({static_cast<std::int32_t>(random() % 1'000'000) - 500'000,
                        static_cast<std::int32_t>(random() % 800'000) - 400'000});
  const auto weight_of = [](const std::vector<Point>& points) {
    std::vector<double> weights;
    for (Point p : points) weights.push_back(1.0 / (1 + std::abs(p.x)));
    return weights;
  };
  const auto once = kernel_density(c.points, c.grid, c.options);
  const auto weighted = kernel_density(c.points, c.grid, c.options, weight_of(c.points));
  std::shuffle(c.points.begin(), c.points.end(), random);
  for (const unsigned threads : {2u, 5u}) {
    c.options.threads = threads;
    EXPECT_EQ(kernel_density(c.points, c.grid, c.options), once) << threads;
    EXPECT_EQ(kernel_density(c.points, c.grid, c.options, weight_of(c.points)), weighted) << threads;
  }
}

TEST_P(KernelDensity, HoldsTheEventsAsMass) {
  const Case c{{-1'000'000, 1'000'000, 4'000, 500, 500}, {GetParam(), 100.0, 1}, {{1, 2}, {777, -300'123}, {1, 2}}};
  const auto values = kernel_density(c.points, c.grid, c.options);
  const double events = std::accumulate(values.begin(), values.end(), 0.0) * 16e-6;  // a pixel is 16 m²
  EXPECT_NEAR(events, 3.0, GetParam() == Kernel::uniform ? 0.02 : 2e-4);
}

// Bandwidths from two pixels to the raster's width; lone events, tight groups and clouds.
TEST(BinnedGaussian, KeepsItsBound) {
  std::mt19937_64 random(5);
  double worst = 0;
  for (int round = 0; round < 200; ++round) {
    Case c = random_case(random);
    c.options = {Kernel::gaussian, static_cast<double>(c.grid.cell_mm) / 1000 * (2 + 0.002 * (round % 7) * round * 15),
                 2};
    if (round % 10 == 0) c.options.bandwidth_m = static_cast<double>(c.grid.cell_mm) / 500;
    for (Point& p : c.points) {  // inside, so that the raster has the surface's maximum
      p.x = static_cast<std::int32_t>(
          c.grid.x0_mm +
          static_cast<std::int64_t>(random() % (c.grid.nx * static_cast<std::uint64_t>(c.grid.cell_mm))));
      p.y = static_cast<std::int32_t>(
          c.grid.y0_mm -
          static_cast<std::int64_t>(random() % (c.grid.ny * static_cast<std::uint64_t>(c.grid.cell_mm))));
    }
    const auto expected = definition(c.points, c.grid, c.options);
    const double error = largest_difference(kernel_density(c.points, c.grid, c.options), expected) / largest(expected);
    worst = std::max(worst, error);
    ASSERT_LE(error, kBinnedGaussianError) << "round " << round << ", " << c.options.bandwidth_m << " m";
  }
  EXPECT_GT(worst, 1e-7);  // it was binned, not stamped
}

// The worst of the analysis: events half a node from the nodes, in a line, at the smallest bandwidth and where the
// lattice first becomes coarser than the raster.
TEST(BinnedGaussian, KeepsItsBoundWhereTheAnalysisIsTight) {
  for (const double pixels : {2.0, 7.99, 8.0, 11.99, 12.0}) {
    for (const std::int32_t shift : {0, 1, 250, 500, 999}) {
      const RasterGrid grid{0, 100'000, 1000, 120, 100};
      const KernelOptions options{Kernel::gaussian, pixels, 1};
      std::vector<Point> points;
      for (std::int32_t k = 0; k < 12; ++k) points.push_back({60'000 + shift, 50'000 + shift + (k % 3) * 1000});
      const auto expected = definition(points, grid, options);
      EXPECT_LE(largest_difference(kernel_density(points, grid, options), expected),
                kBinnedGaussianError * largest(expected))
          << pixels << " pixels, shift " << shift;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, KernelDensity,
                         testing::Values(Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::triweight,
                                         Kernel::gaussian),
                         [](const auto& named) { return std::string(word_of(named.param)); });

TEST(KernelDensityByHand, OneEventAtAPixelCentre) {
  // Pixels of 100 m, one event at the centre of the middle one, quartic of 200 m.
  const RasterGrid grid{0, 300'000, 100'000, 3, 3};
  const auto values = kernel_density(std::vector<Point>{{150'000, 150'000}}, grid, {Kernel::quartic, 200, 1});
  const double peak = 3 / (std::numbers::pi * 0.04);  // per km²
  EXPECT_NEAR(values[4], peak, 1e-12 * peak);
  EXPECT_NEAR(values[1], peak * 0.5625, 1e-12 * peak);  // u² = 1/4
  EXPECT_NEAR(values[0], peak * 0.25, 1e-12 * peak);    // u² = 1/2
}

TEST(KernelDensityByHand, RowZeroIsTheNorth) {
  const auto values = kernel_density(std::vector<Point>{{50, 350}}, {0, 400, 100, 1, 4}, {Kernel::uniform, 0.06, 1});
  EXPECT_GT(values[0], 0);
  EXPECT_EQ(values[1], 0);
  EXPECT_EQ(values[3], 0);
}

TEST(KernelDensityByHand, TheRimOfTheUniformKernelBelongsToIt) {
  // Centres 3 m and 4 m away: 5 m exactly; a millimetre less does not reach.
  const RasterGrid grid{3000 - 50, 4000 + 50, 100, 1, 1};
  EXPECT_GT(kernel_density(std::vector<Point>{{0, 0}}, grid, {Kernel::uniform, 5.0, 1})[0], 0);
  EXPECT_EQ(kernel_density(std::vector<Point>{{0, 0}}, grid, {Kernel::uniform, 4.999, 1})[0], 0);
}

TEST(KernelDensityByHand, NothingInNothingOut) {
  EXPECT_EQ(kernel_density({}, {0, 0, 10, 2, 2}, {}), std::vector<double>(4, 0.0));
  EXPECT_TRUE(kernel_density(std::vector<Point>{{0, 0}}, {0, 0, 10, 0, 5}, {}).empty());
}

TEST(KernelDensityByHand, RefusesWhatHasNoMeaning) {
  const std::vector<Point> points{{0, 0}};
  EXPECT_THROW(kernel_density(points, {0, 0, 10, 1, 1}, {Kernel::quartic, 0, 1}), std::invalid_argument);
  EXPECT_THROW(kernel_density(points, {0, 0, 10, 1, 1}, {Kernel::quartic, -5, 1}), std::invalid_argument);
  EXPECT_THROW(kernel_density(points, {0, 0, 10, 1, 1}, {Kernel::quartic, std::nan(""), 1}), std::invalid_argument);
  EXPECT_THROW(kernel_density(points, {0, 0, 10, 1, 1}, {Kernel::quartic, 600'000, 1}), std::invalid_argument);
  EXPECT_THROW(kernel_density(points, {0, 0, 0, 1, 1}, {}), std::invalid_argument);
  EXPECT_THROW(kernel_density(points, {0, 0, 10, 1, 1}, {}, std::vector<double>{1, 1}), std::invalid_argument);
  EXPECT_THROW(kernel_density(points, {0, 0, 10, 1, 1}, {}, std::vector<double>{-1}), std::invalid_argument);
  EXPECT_THROW(value_named<Kernel>("biweight", "kernel"), DataError);
  EXPECT_EQ(value_named<Kernel>("triweight", "kernel"), Kernel::triweight);
}

}  // namespace
}  // namespace gridloom
