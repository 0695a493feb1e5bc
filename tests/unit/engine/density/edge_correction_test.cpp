// SPDX-License-Identifier: Apache-2.0
#include "engine/density/edge_correction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include "engine/density/cell_coverage.h"
#include "engine/density/kernel_mass.h"
#include "engine/density/mass_surface.h"
#include "support/limits.h"

namespace gridloom {
namespace {

constexpr std::int32_t kSide = 1'000'000;  // mm

std::vector<LimitEdge> square() {
  return limit_of_ring(std::vector<Point>{{0, 0}, {kSide, 0}, {kSide, kSide}, {0, kSide}});
}

// An L with a hole, nothing of it along pixel borders.
std::vector<LimitEdge> crooked() {
  auto limit = limit_of_ring(std::vector<Point>{{13'100, 21'300},
                                                {960'400, 57'700},
                                                {880'000, 411'111},
                                                {431'000, 502'000},
                                                {390'000, 970'000},
                                                {70'000, 930'000}});
  for (const LimitEdge& e :
       limit_of_ring(std::vector<Point>{{150'000, 200'000}, {170'000, 330'000}, {340'000, 300'000}}))
    limit.push_back(e);
  return limit;
}

bool inside(const std::vector<LimitEdge>& limit, double x, double y) {
  bool in = false;
  for (const auto& [a, b] : limit)
    if ((a.y > y) != (b.y > y) && x < a.x + (y - a.y) * double(b.x - a.x) / double(b.y - a.y)) in = !in;
  return in;
}

// The integral by Green's theorem in polar coordinates: each edge in steps, the kernel within radius r in closed form.
double mass_by_angles(const std::vector<LimitEdge>& limit, double x, double y, Kernel kernel, double b) {
  const auto within = [&](double r2) {
    const double u2 = r2 / (b * b), v = std::max(0.0, 1 - u2);
    if (kernel == Kernel::gaussian) return 1 - std::exp(-u2 / 2);
    return 1 - std::pow(v, 1 + static_cast<int>(kernel));
  };
  double sum = 0;
  for (const auto& [from, to] : limit) {
    const double ax = from.x - x, ay = from.y - y, bx = to.x - x, by = to.y - y;
    const int steps = 4000;
    for (int s = 0; s < steps; ++s) {
      const double t0 = double(s) / steps, t1 = double(s + 1) / steps, t = (t0 + t1) / 2;
      const double x0 = ax + (bx - ax) * t0, y0 = ay + (by - ay) * t0, x1 = ax + (bx - ax) * t1,
                   y1 = ay + (by - ay) * t1;
      const double xm = ax + (bx - ax) * t, ym = ay + (by - ay) * t;
      sum += std::atan2(x0 * y1 - x1 * y0, x0 * x1 + y0 * y1) * within(xm * xm + ym * ym);
    }
  }
  return sum / (2 * std::numbers::pi);
}

TEST(CellCoverage, AreasAndCentroidsAreThoseOfThePolygon) {
  const auto limit = crooked();
  const auto covers = cell_coverage(limit, {0, kSide, 10'000, 100, 100});
  double area = 0, x = 0, shoelace = 0, moment = 0;
  for (std::size_t c = 0; c < covers.size(); ++c) {
    area += covers[c].area;
    x += covers[c].area * (double(c % 100) + covers[c].x);
  }
  for (const auto& [a, b] : limit) {
    const double cross = (double(a.x) * b.y - double(b.x) * a.y) / 2e8;
    shoelace += cross;
    moment += cross * (a.x + b.x) / 3e4;
  }
  EXPECT_NEAR(area, shoelace, 1e-8);
  EXPECT_NEAR(x, moment, 1e-6);
}

TEST(CellCoverage, EqualsCountingPlaces) {
  const auto limit = crooked();
  const RasterGrid grid{-50'000, kSide - 20'000, 37'000, 20, 31};  // cuts the polygon on all sides
  const auto covers = cell_coverage(limit, grid);
  for (std::size_t c = 0; c < covers.size(); c += 7) {
    int hits = 0;
    for (int k = 0; k < 10'000; ++k)
      hits += inside(limit, double(grid.x0_mm) + (double(c % 20) + (k % 100 + 0.5) / 100) * 37'000,
                     double(grid.y0_mm) - (double(c / 20) + (k / 100 + 0.5) / 100) * 37'000);
    ASSERT_NEAR(covers[c].area, hits / 10'000.0, 0.01) << c;
  }
}

// Of a surface, at the centres of the pixels.
std::vector<double> masses(const std::vector<LimitEdge>& limit, const RasterGrid& grid, const KernelOptions& options) {
  const MassSurface surface(limit, grid, options);
  std::vector<double> mass;
  for (std::uint32_t j = 0; j < grid.ny; ++j)
    for (std::uint32_t i = 0; i < grid.nx; ++i)
      mass.push_back(surface.at(double(grid.x0_mm) + (i + 0.5) * double(grid.cell_mm),
                                double(grid.y0_mm) - (j + 0.5) * double(grid.cell_mm)));
  return mass;
}

TEST(MassSurface, GaussianInARectangleIsTheProductOfErrorFunctions) {
  const RasterGrid grid{0, kSide, 10'000, 100, 100};
  for (const double b : {50.0, 100.0, 130.0}) {
    const auto mass = masses(square(), grid, {Kernel::gaussian, b, 1});
    const auto along = [&](double at) {
      return (std::erf(at / b / std::sqrt(2.0)) + std::erf((1000 - at) / b / std::sqrt(2.0))) / 2;
    };
    for (std::size_t q = 0; q < mass.size(); ++q)
      ASSERT_NEAR(mass[q], along(double(q % 100) * 10 + 5) * along(double(q / 100) * 10 + 5), 2e-4) << b << " " << q;
  }
}

TEST(MassSurface, EqualsTheIntegralOverAnyPolygon) {
  const auto limit = crooked();
  const RasterGrid grid{0, kSide, 20'000, 50, 50};
  for (const Kernel kernel : {Kernel::gaussian, Kernel::uniform, Kernel::epanechnikov, Kernel::quartic}) {
    for (const double b : {60.0, 200.0}) {  // below and above eight pixels
      const auto mass = masses(limit, grid, {kernel, b, 2});
      for (std::size_t q = 3; q < mass.size(); q += 97) {
        const double x = double(q % 50) * 20'000 + 10'000, y = kSide - double(q / 50) * 20'000 - 10'000;
        ASSERT_NEAR(mass[q], mass_by_angles(limit, x, y, kernel, b * 1000), kernel == Kernel::uniform ? 5e-3 : 4e-4)
            << word_of(kernel) << " " << b << " pixel " << q;
      }
    }
  }
}

// Coarser and finer than the raster; the limit on the cells' own lines; a raster that shows a corner of the city only.
TEST(MassSurface, IsOneOutOfTheLimitsReachAndTheSameForAnyThreads) {
  const RasterGrid grids[] = {{0, kSide, 10'000, 100, 100}, {400'000, 700'000, 3'000, 250, 150}};
  for (const Kernel kernel : {Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::triweight})
    for (const double b : {40.0, 100.0, 300.0})
      for (const RasterGrid& grid : grids) {
        const auto mass = masses(square(), grid, {kernel, b, 1});
        ASSERT_EQ(mass, masses(square(), grid, {kernel, b, 3}));
        for (std::size_t q = 0; q < mass.size(); q += 7) {
          const double x = double(grid.x0_mm) + (double(q % grid.nx) + 0.5) * double(grid.cell_mm);
          const double y = double(grid.y0_mm) - (double(q / grid.nx) + 0.5) * double(grid.cell_mm);
          const double inwards = std::min({x, y, kSide - x, kSide - y}) / 1000;
          if (inwards > b * 1.25) {
            ASSERT_EQ(mass[q], 1) << b << ' ' << q;
          } else if (q % 31 == 0) {
            ASSERT_NEAR(mass[q], mass_by_angles(square(), x, y, kernel, b * 1000),
                        kernel == Kernel::uniform ? 5e-3 : 4e-4)
                << word_of(kernel) << ' ' << b << ' ' << q;
          }
        }
      }
}

TEST(ExactKernelMass, EqualsTheIntegralAndTheErrorFunctions) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> anywhere(-100'000, 1'100'000);
  const auto limit = crooked();
  for (int round = 0; round < 40; ++round) {
    const double x = anywhere(random), y = anywhere(random), b = 20 + 20.0 * round;
    for (const Kernel kernel : {Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::gaussian})
      ASSERT_NEAR(exact_kernel_mass(limit, x, y, kernel, b), mass_by_angles(limit, x, y, kernel, b * 1000), 2e-4)
          << round;
    const auto along = [&](double at) {
      return (std::erf(at / (b * 1000) / std::sqrt(2.0)) + std::erf((kSide - at) / (b * 1000) / std::sqrt(2.0))) / 2;
    };
    ASSERT_NEAR(exact_kernel_mass(square(), x, y, Kernel::gaussian, b), along(x) * along(y), 1e-14) << round;
  }
  for (const Kernel kernel : {Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::triweight}) {
    EXPECT_NEAR(exact_kernel_mass(square(), 500'000, 0, kernel, 300), 0.5, 1e-15);      // on the limit
    EXPECT_NEAR(exact_kernel_mass(square(), 0, 0, kernel, 300), 0.25, 1e-15);           // on a corner
    EXPECT_NEAR(exact_kernel_mass(square(), 500'000, 500'000, kernel, 500), 1, 1e-15);  // it touches
    EXPECT_NEAR(exact_kernel_mass(square(), -400'000, 0, kernel, 300), 0, 1e-15);
  }
}

TEST(EdgeCorrected, ExactMassesAreThoseOfTheSurfaceWithinItsBound) {
  const std::vector<Point> points{{30'000, 30'000}, {500'000, 90'000}, {260'000, 240'000}, {700'000, 300'000}};
  const RasterGrid grid{0, kSide, 20'000, 50, 50};
  for (const EdgeCorrection edge : {EdgeCorrection::uniform, EdgeCorrection::diggle}) {
    const auto exact = corrected_density(points, crooked(), grid, {Kernel::gaussian, 120, 2, true}, edge);
    const auto quick = corrected_density(points, crooked(), grid, {Kernel::gaussian, 120, 2, false}, edge);
    for (std::size_t q = 0; q < exact.size(); ++q)
      if (std::isfinite(exact[q]) &&
          inside(crooked(), double(q % 50) * 20'000 + 10'000, kSide - double(q / 50) * 20'000 - 10'000)) {
        ASSERT_NEAR(quick[q], exact[q], 2e-3 * exact[q] + 1e-3) << q;
      }
  }
}

TEST(EdgeCorrected, UniformGroundStaysUniformUpToTheLimit) {
  std::vector<Point> points;  // one event in the middle of each 10 m cell: 10 000 per km²
  for (std::int32_t k = 0; k < 10'000; ++k) points.push_back({(k % 100) * 10'000 + 5'000, (k / 100) * 10'000 + 5'000});
  const RasterGrid grid{0, kSide, 10'000, 100, 100};
  const KernelOptions options{Kernel::gaussian, 100, 1};
  EXPECT_LT(kernel_density(points, grid, options)[0], 3'000);
  for (double v : corrected_density(points, square(), grid, options, EdgeCorrection::uniform))
    ASSERT_NEAR(v, 10'000, 10);
}

TEST(EdgeCorrected, DiggleKeepsTheWeightsWithinTheCity) {
  std::mt19937_64 random(9);
  std::vector<Point> points;
  std::vector<double> weights;
  while (points.size() < 300) {
    const Point p{static_cast<std::int32_t>(random() % kSide), static_cast<std::int32_t>(random() % kSide)};
    if (!inside(crooked(), p.x, p.y)) continue;
    points.push_back(p);
    weights.push_back(1 + static_cast<double>(random() % 5));
  }
  const RasterGrid grid{0, kSide, 10'000, 100, 100};
  const auto covers = cell_coverage(crooked(), grid);
  for (const Kernel kernel : {Kernel::gaussian, Kernel::quartic}) {
    const auto values = corrected_density(points, crooked(), grid, {kernel, 90, 1}, EdgeCorrection::diggle, weights);
    double within = 0;
    for (std::size_t q = 0; q < values.size(); ++q) within += values[q] * covers[q].area * 1e-4;
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    EXPECT_NEAR(within, all, 2e-3 * all);
  }
}

}  // namespace
}  // namespace gridloom
