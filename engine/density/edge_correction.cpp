// SPDX-License-Identifier: Apache-2.0
#include "engine/density/edge_correction.h"

#include <cmath>
#include <functional>
#include <limits>

#include "engine/base/parallel.h"
#include "engine/density/kernel_mass.h"
#include "engine/density/mass_surface.h"

namespace gridloom {
namespace {

// At any place in lattice mm.
using Mass = std::function<double(double, double)>;

Mass mass_over(std::span<const LimitEdge> limit, const RasterGrid& grid, const KernelOptions& options) {
  if (!options.exact)
    return [surface = MassSurface(limit, grid, options)](double x, double y) { return surface.at(x, y); };
  const double bandwidth_m = whole_millimetres(options.bandwidth_m);
  return [=](double x, double y) { return exact_kernel_mass(limit, x, y, options.kernel, bandwidth_m); };
}

std::vector<double> mass_of_pixels(const Mass& mass, const RasterGrid& grid, unsigned threads) {
  std::vector<double> out(grid.size());
  parallel_for(grid.ny, threads, [&](std::size_t j) {
    const double y = double(grid.y0_mm) - (double(j) + 0.5) * double(grid.cell_mm);
    for (std::uint32_t i = 0; i < grid.nx; ++i)
      out[j * grid.nx + i] = mass(double(grid.x0_mm) + (i + 0.5) * double(grid.cell_mm), y);
  });
  return out;
}

std::vector<double> mass_of_points(const Mass& mass, std::span<const Point> points, unsigned threads) {
  std::vector<double> out(points.size());
  parallel_blocks(points.size(), 1024, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t e = begin; e < end; ++e) out[e] = mass(points[e].x, points[e].y);
  });
  return out;
}

// Most events are out of the limit's reach and stay what they are: without weights a density costs half.
std::vector<double> diggle_density(std::span<const Point> points, const Mass& mass_at, const RasterGrid& grid,
                                   const KernelOptions& options, std::span<const double> weights) {
  std::vector<Point> untouched, raised;
  std::vector<double> raised_weights;
  const std::vector<double> masses = mass_of_points(mass_at, points, options.threads);
  for (std::size_t e = 0; e < points.size(); ++e) {
    const double mass = masses[e];
    if (mass == 1 && weights.empty()) {
      untouched.push_back(points[e]);
    } else if (mass >= kLeastMass) {
      raised.push_back(points[e]);
      raised_weights.push_back((weights.empty() ? 1 : weights[e]) / mass);
    }
  }
  std::vector<double> values = kernel_density(raised, grid, options, raised_weights);
  if (untouched.empty()) return values;
  const std::vector<double> more = kernel_density(untouched, grid, options);
  for (std::size_t q = 0; q < values.size(); ++q) values[q] += more[q];
  return values;
}

}  // namespace

std::vector<double> corrected_density(std::span<const Point> points, std::span<const LimitEdge> limit,
                                      const RasterGrid& grid, const KernelOptions& options, EdgeCorrection correction,
                                      std::span<const double> weights) {
  if (correction == EdgeCorrection::none) return kernel_density(points, grid, options, weights);
  const Mass mass_at = mass_over(limit, grid, options);
  if (correction == EdgeCorrection::uniform) {
    std::vector<double> values = kernel_density(points, grid, options, weights);
    const std::vector<double> mass = mass_of_pixels(mass_at, grid, options.threads);
    for (std::size_t q = 0; q < values.size(); ++q)
      values[q] = mass[q] < kLeastMass ? std::numeric_limits<double>::quiet_NaN() : values[q] / mass[q];
    return values;
  }
  return diggle_density(points, mass_at, grid, options, weights);
}

}  // namespace gridloom
