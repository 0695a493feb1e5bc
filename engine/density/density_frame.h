// SPDX-License-Identifier: Apache-2.0
// What the density methods share and nobody else needs: the raster and the bandwidth in half millimetres, so that
// lattice points and pixel centres are integers and so is the question which pixels an event reaches.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/density/kernel_density.h"

namespace gridloom::density {

inline std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }  // b > 0
inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

inline std::int64_t floor_sqrt(std::int64_t v) {
  auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(v)));
  while (root * root > v) --root;
  while ((root + 1) * (root + 1) <= v) ++root;
  return root;
}

struct Frame {
  std::int64_t west, north, cell;  // `cell` is the pixel's half width
  std::int64_t radius;             // of the kernel; the standard deviation of the Gaussian
  std::int64_t nx, ny;
  std::int64_t x_of(std::int64_t i) const { return west + (2 * i + 1) * cell; }
  std::int64_t y_of(std::int64_t j) const { return north - (2 * j + 1) * cell; }
  std::int64_t first_column(std::int64_t x) const {
    return std::max<std::int64_t>(0, ceil_div(x - west - cell, 2 * cell));
  }
  std::int64_t last_column(std::int64_t x) const { return std::min(nx - 1, floor_div(x - west - cell, 2 * cell)); }
};

// Throws std::invalid_argument for what kernel_density refuses.
Frame frame_of(const RasterGrid&, const KernelOptions&);

// An event in half millimetres.
struct Position {
  std::int64_t x, y;
  double weight;
};

// North to south, then west to east, then by weight: the events of a row are one stretch, and floating-point sums do
// not depend on the order given.
std::vector<Position> sorted_positions(std::span<const Point>, std::span<const double> weights);

// The stretch of positions with south <= y <= north.
std::span<const Position> between(std::span<const Position>, std::int64_t north, std::int64_t south);

inline constexpr std::size_t kRows = 64;  // per task: enough to repay buffers and profiles

// The methods. Each adds the sum over the events of weight * profile(distance / radius) * scale to `out`, which holds
// zeros; profile is (1 - u²)^degree, or exp(-u²/2). `weights` is empty (all are 1) or as long as `points`.
void integer_sweep(std::span<const Point> points, std::span<const double> weights, const Frame&, int degree,
                   double scale, unsigned threads, std::vector<double>& out);  // degrees 0 and 1
void floating_sweep(std::span<const Point> points, std::span<const double> weights, const Frame&, int degree,
                    double scale, unsigned threads, std::vector<double>& out);  // degrees 2 and 3
void stamp_gaussian(std::span<const Point> points, std::span<const double> weights, const Frame&, double scale,
                    double reach, unsigned threads, std::vector<double>& out);  // reach in standard deviations
void binned_gaussian(std::span<const Point> points, std::span<const double> weights, const Frame&, double scale,
                     unsigned threads, std::vector<double>& out);  // radius at least kBinnedFrom pixels

inline constexpr double kBinnedFrom = 2.0;

}  // namespace gridloom::density
