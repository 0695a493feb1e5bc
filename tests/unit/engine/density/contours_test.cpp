// SPDX-License-Identifier: Apache-2.0
#include "engine/density/contours.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>

namespace gridloom {
namespace {

double signed_area(const Contour& line) {  // anticlockwise is positive, x east and y north
  double twice = 0;
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    const ContourPoint &a = line.points[i], &b = line.points[(i + 1) % line.points.size()];
    twice += a.x_mm * b.y_mm - b.x_mm * a.y_mm;
  }
  return twice / 2;
}

TEST(Contours, APeakByHand) {
  // One pixel of 4 among zeros: level 1 is three quarters of the way from it to its neighbours.
  const std::vector<double> values{0, 0, 0, 0, 4, 0, 0, 0, 0}, levels{1};
  const auto lines = contours(values, {0, 300, 100, 3, 3}, levels);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].closed);
  ASSERT_EQ(lines[0].points.size(), 4u);
  EXPECT_DOUBLE_EQ(signed_area(lines[0]), 2 * 75.0 * 75.0);  // the peak is on the left
}

TEST(Contours, ConesGiveCircles) {
  const RasterGrid grid{-1000, 1000, 10, 200, 200};
  std::vector<double> values;
  for (int j = 0; j < 200; ++j)
    for (int i = 0; i < 200; ++i) values.push_back(900 - std::hypot(10 * i - 995, 10 * j - 995));
  const std::vector<double> levels{300, 600};
  const auto lines = contours(values, grid, levels);
  ASSERT_EQ(lines.size(), 2u);
  for (const Contour& line : lines) {
    const double radius = 900 - line.level;
    EXPECT_TRUE(line.closed);
    EXPECT_NEAR(signed_area(line) / (std::numbers::pi * radius * radius), 1, 1e-3);
    for (const ContourPoint& p : line.points) ASSERT_NEAR(std::hypot(p.x_mm, p.y_mm), radius, 0.2);
  }
}

TEST(Contours, ASaddleIsReadByItsMean) {
  const RasterGrid grid{0, 200, 100, 2, 2};
  const std::vector<double> levels{1};
  const auto apart = contours(std::vector<double>{2, -2, -2, 2}, grid, levels);     // mean 0: corners are cut off
  const auto joined = contours(std::vector<double>{2, 0.9, 0.9, 2}, grid, levels);  // mean 1.45: the low ones are
  ASSERT_EQ(apart.size(), 2u);
  ASSERT_EQ(joined.size(), 2u);
  // A line about the low corner in the north-east: only where the high ones are joined.
  const auto about_north_east = [](const Contour& line) {
    return line.points[0].x_mm + line.points[0].y_mm > 200 && line.points[1].x_mm + line.points[1].y_mm > 200;
  };
  EXPECT_EQ(about_north_east(apart[0]) + about_north_east(apart[1]), 0);
  EXPECT_EQ(about_north_east(joined[0]) + about_north_east(joined[1]), 1);
}

// Ends lie on the raster's rim or beside NaN; every other line closes; each crossing of the level between neighbours is
// on exactly one line.
TEST(Contours, CoverEveryCrossingOnceOnRandomRasters) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 100; ++round) {
    const auto nx = static_cast<std::uint32_t>(2 + random() % 12), ny = static_cast<std::uint32_t>(2 + random() % 12);
    const RasterGrid grid{0, 100 * ny, 100, nx, ny};
    std::vector<double> values(grid.size());
    for (double& v : values) v = static_cast<double>(random() % 5);
    const std::vector<double> levels{2};
    std::size_t crossings = 0, points = 0;
    for (std::uint32_t j = 0; j < ny; ++j)
      for (std::uint32_t i = 0; i < nx; ++i) {
        const bool in = values[j * nx + i] >= 2;
        crossings += i + 1 < nx && in != (values[j * nx + i + 1] >= 2);
        crossings += j + 1 < ny && in != (values[(j + 1) * nx + i] >= 2);
      }
    const auto rim = [&](const ContourPoint& p) {
      return p.x_mm == 50 || p.y_mm == 50 || p.x_mm == 100.0 * nx - 50 || p.y_mm == 100.0 * ny - 50;
    };
    for (const Contour& line : contours(values, grid, levels)) {
      points += line.points.size();
      ASSERT_TRUE(line.closed || (rim(line.points.front()) && rim(line.points.back())));
    }
    ASSERT_EQ(points, crossings) << round;
  }
}

TEST(Contours, StopBesideNothing) {
  const std::vector<double> values{0, 0, 0, std::nan(""), 2, 2, 2, 2, 2}, levels{1};
  const auto lines = contours(values, {0, 300, 100, 3, 3}, levels);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].closed);
  EXPECT_EQ(lines[0].points.size(), 2u);
  EXPECT_THROW(contours(values, {0, 300, 100, 3, 2}, levels), std::invalid_argument);
  EXPECT_THROW(contours(values, {0, 300, 100, 3, 3}, std::vector<double>{std::nan("")}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
