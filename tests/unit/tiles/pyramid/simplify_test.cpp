// SPDX-License-Identifier: Apache-2.0
#include "tiles/pyramid/simplify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace gridloom {
namespace {

double distance(Mercator p, Mercator a, Mercator b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
  double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
  t = std::min(1.0, std::max(0.0, t));
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// The textbook algorithm for one tolerance.
void keep(const std::vector<Mercator>& line, std::size_t first, std::size_t last, double tolerance,
          std::vector<bool>& kept) {
  std::size_t far = first;
  double most = tolerance;
  for (std::size_t i = first + 1; i < last; ++i)
    if (const double d = distance(line[i], line[first], line[last]); d > most) most = d, far = i;
  if (far == first) return;
  kept[far] = true;
  keep(line, first, far, tolerance, kept);
  keep(line, far, last, tolerance, kept);
}

std::vector<Mercator> wandering_line(unsigned seed, std::size_t points) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> step(-100, 100);
  std::vector<Mercator> line{{0, 0}};
  while (line.size() < points) line.push_back({line.back().x + step(random), line.back().y + step(random)});
  return line;
}

TEST(Simplify, KeepsWhatDouglasPeuckerKeepsAtEveryTolerance) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const std::vector<Mercator> line = wandering_line(seed, 200);
    const std::vector<float> value = significance(line);
    for (double tolerance : {0.5, 3.0, 20.0, 75.5, 400.0}) {
      std::vector<bool> kept(line.size(), false);
      kept.front() = kept.back() = true;
      keep(line, 0, line.size() - 1, tolerance, kept);
      for (std::size_t i = 0; i < line.size(); ++i) ASSERT_EQ(value[i] > tolerance, kept[i]) << "point " << i;
    }
  }
}

TEST(Simplify, KeepsTheEndsAlways) {
  const std::vector<Mercator> line{{0, 0}, {1, 0}, {2, 0}};
  EXPECT_EQ(significance(line),
            (std::vector<float>{std::numeric_limits<float>::infinity(), 0, std::numeric_limits<float>::infinity()}));
  EXPECT_TRUE(significance({}).empty());
}

TEST(Simplify, TakesAClosedLineApartAtItsFarthestPoint) {
  const std::vector<Mercator> square{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}};
  const std::vector<float> value = significance(square);
  EXPECT_FLOAT_EQ(value[2], static_cast<float>(std::sqrt(200)));
  EXPECT_GT(value[1], 7);
  EXPECT_GT(value[3], 7);
}

}  // namespace
}  // namespace gridloom
