// SPDX-License-Identifier: Apache-2.0
#include "engine/density/adaptive_density.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <tuple>

#include "engine/base/parallel.h"
#include "engine/density/kernel_profile.h"

namespace gridloom {
namespace {

using std::int64_t;

constexpr double kMostPilotPixels = 25e6;

struct Event {
  double x, y, b, weight;  // mm; weight times the kernel's height, per km²
};

double height_of(Kernel kernel, double b_km) {
  const double factor = kernel == Kernel::gaussian ? 0.5 : 1.0 + static_cast<int>(kernel);
  return factor / (std::numbers::pi * b_km * b_km);
}

std::vector<Event> sorted_events(std::span<const Point> points, std::span<const double> bandwidths_m, Kernel kernel,
                                 std::span<const double> weights) {
  if (bandwidths_m.size() != points.size() || (!weights.empty() && weights.size() != points.size()))
    throw std::invalid_argument("there must be one bandwidth and one weight for each point");
  std::vector<Event> events;
  for (std::size_t e = 0; e < points.size(); ++e) {
    const double b = bandwidths_m[e], w = weights.empty() ? 1 : weights[e];
    if (!(b >= 0.001) || !std::isfinite(b) || !(w >= 0) || std::isinf(w))
      throw std::invalid_argument("bandwidths must be 1 mm at least, weights finite and not negative");
    events.push_back({double(points[e].x), double(points[e].y), b * 1000, w * height_of(kernel, b / 1000)});
  }
  std::sort(events.begin(), events.end(), [](const Event& p, const Event& q) {
    return std::tie(p.y, p.x, p.b, p.weight) < std::tie(q.y, q.x, q.b, q.weight);
  });
  return events;
}

// The indices 0 .. n - 1 within `reach` of `at`, both in cells from the centre of the first.
std::pair<int64_t, int64_t> indices(double at, double reach, std::uint32_t n) {
  const double first = std::clamp(std::ceil(at - reach), 0.0, double(n)), end = std::floor(at + reach) + 1;
  return {static_cast<int64_t>(first), static_cast<int64_t>(std::clamp(end, 0.0, double(n)))};
}

void stamp(const Event& e, const RasterGrid& grid, Kernel kernel, int64_t j0, int64_t j1, double* out) {
  const auto cell = static_cast<double>(grid.cell_mm);
  const double column = (e.x - double(grid.x0_mm)) / cell - 0.5, row = (double(grid.y0_mm) - e.y) / cell - 0.5;
  const double limit = kernel == Kernel::gaussian ? kGaussianReach : 1;
  const auto [north, south] = indices(row, limit * e.b / cell, grid.ny);
  for (int64_t j = std::max(j0, north); j < std::min(j1, south); ++j) {
    const double dy = (static_cast<double>(j) - row) * cell / e.b;
    const double half = std::sqrt(std::max(0.0, limit * limit - dy * dy)) * e.b / cell;
    const auto [first, end] = indices(column, half, grid.nx);
    for (int64_t i = first; i < end; ++i) {
      const double dx = (static_cast<double>(i) - column) * cell / e.b;
      out[j * grid.nx + i] += e.weight * kernel_profile(kernel, dx * dx + dy * dy);
    }
  }
}

// Around the events' box and no other: what a bandwidth is does not depend on the raster that is drawn.
RasterGrid pilot_raster(std::span<const Point> points, double bandwidth_m) {
  const Box box = box_of(points);
  const double width = double(box.max.x) - box.min.x, height = double(box.max.y) - box.min.y;
  const double coarse = std::max(std::sqrt(width * height / kMostPilotPixels), 2 * (width + height) / kMostPilotPixels);
  const auto cell = static_cast<int64_t>(std::max({1.0, std::floor(bandwidth_m * 100), std::ceil(coarse)}));
  const auto pixels = [&](double length) { return static_cast<std::uint32_t>(length / double(cell)) + 3; };
  return {box.min.x - cell, box.max.y + cell, cell, pixels(width), pixels(height)};
}

// Bilinear between pixel centres.
double value_at(const std::vector<double>& values, const RasterGrid& grid, Point p) {
  const auto cell = static_cast<double>(grid.cell_mm);
  const double x = std::clamp((double(p.x) - double(grid.x0_mm)) / cell - 0.5, 0.0, grid.nx - 1.0);
  const double y = std::clamp((double(grid.y0_mm) - double(p.y)) / cell - 0.5, 0.0, grid.ny - 1.0);
  const auto i = static_cast<std::size_t>(x), j = static_cast<std::size_t>(y);
  const std::size_t i1 = std::min<std::size_t>(i + 1, grid.nx - 1), j1 = std::min<std::size_t>(j + 1, grid.ny - 1);
  const double fx = x - double(i), fy = y - double(j);
  const auto at = [&](std::size_t column, std::size_t row) { return values[row * grid.nx + column]; };
  return (1 - fy) * ((1 - fx) * at(i, j) + fx * at(i1, j)) + fy * ((1 - fx) * at(i, j1) + fx * at(i1, j1));
}

}  // namespace

std::vector<double> abramson_bandwidths(std::span<const Point> points, const KernelOptions& pilot) {
  if (points.empty()) return {};
  const RasterGrid grid = pilot_raster(points, pilot.bandwidth_m);
  const std::vector<double> values = kernel_density(points, grid, pilot);
  std::vector<double> logs;
  for (Point p : points) logs.push_back(std::log(std::max(value_at(values, grid, p), 1e-300)));
  std::vector<double> sorted = logs;  // so that the mean does not depend on the order
  std::sort(sorted.begin(), sorted.end());
  double mean = 0;
  for (double v : sorted) mean += v / static_cast<double>(sorted.size());
  std::vector<double> out;
  for (double v : logs)
    out.push_back(pilot.bandwidth_m * std::clamp(std::exp((mean - v) / 2), 1 / kMostChange, kMostChange));
  return out;
}

std::vector<double> adaptive_density(std::span<const Point> points, std::span<const double> bandwidths_m,
                                     const RasterGrid& grid, Kernel kernel, unsigned threads,
                                     std::span<const double> weights) {
  const std::vector<Event> events = sorted_events(points, bandwidths_m, kernel, weights);
  if (grid.cell_mm <= 0) throw std::invalid_argument("the raster's cell must be at least 1 mm");
  std::vector<double> out(grid.size(), 0.0);
  parallel_blocks(grid.ny, 64, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    for (const Event& e : events) {
      stop_if_asked();
      stamp(e, grid, kernel, static_cast<int64_t>(j0), static_cast<int64_t>(j1), out.data());
    }
  });
  return out;
}

}  // namespace gridloom
