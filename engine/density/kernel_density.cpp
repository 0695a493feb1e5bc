// SPDX-License-Identifier: Apache-2.0
// Checks, and the choice of method; see density_frame.h.
#include "engine/density/kernel_density.h"

#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

#include "engine/base/errors.h"
#include "engine/density/density_frame.h"

namespace gridloom {
namespace {

using density::Frame;
using std::int64_t;

constexpr double kMaxBandwidthM = 500'000;  // squares of distances in half mm fit 63 bits
constexpr int64_t kMaxExtentMm = int64_t{1} << 40;

void check_weights(std::span<const Point> points, std::span<const double> weights) {
  if (weights.empty()) return;
  if (weights.size() != points.size()) throw std::invalid_argument("there must be one weight for each point");
  for (double w : weights)
    if (!(w >= 0) || std::isinf(w)) throw std::invalid_argument("weights must be finite and not negative");
}

}  // namespace

double whole_millimetres(double metres) { return std::max(0.001, std::round(metres * 1000) / 1000); }

namespace density {

Frame frame_of(const RasterGrid& grid, const KernelOptions& options) {
  if (!(options.bandwidth_m > 0) || options.bandwidth_m > kMaxBandwidthM)
    throw std::invalid_argument("the bandwidth must be between 1 mm and 500 km");
  if (grid.cell_mm <= 0) throw std::invalid_argument("the raster's cell must be at least 1 mm");
  if (grid.size() > (std::size_t{1} << 31)) throw std::invalid_argument("the raster has more than 2^31 pixels");
  if (std::abs(grid.x0_mm) > kMaxExtentMm || std::abs(grid.y0_mm) > kMaxExtentMm ||
      grid.cell_mm > kMaxExtentMm / std::max<int64_t>(1, std::max(grid.nx, grid.ny)))
    throw std::invalid_argument("the raster reaches too far from the lattice origin");
  const int64_t radius = 2 * std::llround(options.bandwidth_m * 1000);
  if (radius == 0) throw std::invalid_argument("the bandwidth must be between 1 mm and 500 km");
  return {2 * grid.x0_mm, 2 * grid.y0_mm, grid.cell_mm, radius, grid.nx, grid.ny};
}

std::vector<Position> sorted_positions(std::span<const Point> points, std::span<const double> weights) {
  std::vector<Position> sorted;
  sorted.reserve(points.size());
  for (std::size_t e = 0; e < points.size(); ++e)
    sorted.push_back({2 * int64_t{points[e].x}, 2 * int64_t{points[e].y}, weights.empty() ? 1.0 : weights[e]});
  std::sort(sorted.begin(), sorted.end(), [](const Position& a, const Position& b) {
    return a.y != b.y ? a.y > b.y : a.x != b.x ? a.x < b.x : a.weight < b.weight;
  });
  return sorted;
}

std::span<const Position> between(std::span<const Position> positions, int64_t north, int64_t south) {
  const auto first =
      std::partition_point(positions.begin(), positions.end(), [&](const Position& p) { return p.y > north; });
  const auto last = std::partition_point(first, positions.end(), [&](const Position& p) { return p.y >= south; });
  return positions.subspan(static_cast<std::size_t>(first - positions.begin()), static_cast<std::size_t>(last - first));
}

}  // namespace density

std::vector<double> kernel_density(std::span<const Point> points, const RasterGrid& grid, const KernelOptions& options,
                                   std::span<const double> weights) {
  const Frame frame = density::frame_of(grid, options);
  check_weights(points, weights);
  std::vector<double> out(grid.size(), 0.0);
  if (out.empty() || points.empty()) return out;
  const double radius_km = static_cast<double>(frame.radius) / 2e6;
  const double unit = 1 / (std::numbers::pi * radius_km * radius_km);  // 1/(pi b²) per km²
  const auto degree = static_cast<int>(options.kernel);
  if (options.kernel == Kernel::gaussian) {
    const bool binned = !options.exact &&
                        static_cast<double>(frame.radius) >= density::kBinnedFrom * 2 * static_cast<double>(frame.cell);
    if (binned)
      density::binned_gaussian(points, weights, frame, unit / 2, options.threads, out);
    else
      density::stamp_gaussian(points, weights, frame, unit / 2, options.exact ? kExactReach : kGaussianReach,
                              options.threads, out);
  } else {
    (degree < 2 ? density::integer_sweep : density::floating_sweep)(points, weights, frame, degree, unit * (degree + 1),
                                                                    options.threads, out);
  }
  return out;
}

}  // namespace gridloom
