// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/edge_correction.h"

#include <limits>

#include "engine/incidents/mass_surface.h"

namespace gridloom {
namespace {

std::vector<double> mass_of_pixels(const MassSurface& surface, const RasterGrid& grid) {
  std::vector<double> out;
  out.reserve(grid.size());
  for (std::uint32_t j = 0; j < grid.ny; ++j)
    for (std::uint32_t i = 0; i < grid.nx; ++i)
      out.push_back(surface.at(double(grid.x0_mm) + (i + 0.5) * double(grid.cell_mm),
                               double(grid.y0_mm) - (j + 0.5) * double(grid.cell_mm)));
  return out;
}

// Most events are out of the limit's reach and stay what they are: without weights a density costs half.
std::vector<double> diggle_density(std::span<const Point> points, const MassSurface& surface, const RasterGrid& grid,
                                   const KernelOptions& options, std::span<const double> weights) {
  std::vector<Point> untouched, raised;
  std::vector<double> raised_weights;
  for (std::size_t e = 0; e < points.size(); ++e) {
    const double mass = surface.at(points[e].x, points[e].y);
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

std::vector<LimitEdge> limit_of_ring(std::span<const Point> ring) {
  std::vector<LimitEdge> edges;
  for (std::size_t i = 0; i < ring.size(); ++i) edges.push_back({ring[i], ring[(i + 1) % ring.size()]});
  return edges;
}

std::vector<double> kernel_mass(std::span<const LimitEdge> limit, const RasterGrid& grid,
                                const KernelOptions& options) {
  return mass_of_pixels(MassSurface(limit, grid, options), grid);
}

std::vector<double> corrected_density(std::span<const Point> points, std::span<const LimitEdge> limit,
                                      const RasterGrid& grid, const KernelOptions& options, EdgeCorrection correction,
                                      std::span<const double> weights) {
  if (correction == EdgeCorrection::none) return kernel_density(points, grid, options, weights);
  const MassSurface surface(limit, grid, options);
  if (correction == EdgeCorrection::uniform) {
    std::vector<double> values = kernel_density(points, grid, options, weights);
    const std::vector<double> mass = mass_of_pixels(surface, grid);
    for (std::size_t q = 0; q < values.size(); ++q)
      values[q] = mass[q] < kLeastMass ? std::numeric_limits<double>::quiet_NaN() : values[q] / mass[q];
    return values;
  }
  return diggle_density(points, surface, grid, options, weights);
}

}  // namespace gridloom
