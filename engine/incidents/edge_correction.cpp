// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/edge_correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/incidents/cell_coverage.h"

namespace gridloom {
namespace {

using std::int64_t;

// Cells in a bandwidth: of the standard deviation, or of the radius.
double cells_per_bandwidth(Kernel kernel) { return kernel == Kernel::gaussian ? 8 : 20; }

int64_t floor_to(int64_t v, int64_t step) { return v - ((v % step) + step) % step; }

// The ground that matters, west, south, east and north in mm.
struct Extent {
  int64_t x0, y0, x1, y1;
  Extent grown(int64_t by) const { return {x0 - by, y0 - by, x1 + by, y1 + by}; }
  Extent within(const Extent& e) const {
    return {std::max(x0, e.x0), std::max(y0, e.y0), std::min(x1, e.x1), std::min(y1, e.y1)};
  }
};

Extent extent_of(const RasterGrid& grid) {
  return {grid.x0_mm, grid.y0_mm - grid.cell_mm * grid.ny, grid.x0_mm + grid.cell_mm * grid.nx, grid.y0_mm};
}

Extent extent_of(std::span<const LimitEdge> limit) {
  Extent e{INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
  for (const LimitEdge& edge : limit)
    e = {std::min<int64_t>(e.x0, edge.from.x), std::min<int64_t>(e.y0, edge.from.y),
         std::max<int64_t>(e.x1, edge.from.x), std::max<int64_t>(e.y1, edge.from.y)};
  return e;
}

// Cells that cover the extent and share the raster's lines where their sizes are equal.
RasterGrid cells_over(const Extent& e, const RasterGrid& grid, int64_t cell) {
  if (e.x0 >= e.x1 || e.y0 >= e.y1) return {grid.x0_mm, grid.y0_mm, cell, 0, 0};
  const int64_t x0 = grid.x0_mm + floor_to(e.x0 - grid.x0_mm, cell);
  const int64_t y0 = grid.y0_mm - floor_to(grid.y0_mm - e.y1, cell);
  const auto count = [&](int64_t length) { return static_cast<std::uint32_t>((length + cell - 1) / cell); };
  return {x0, y0, cell, count(e.x1 - x0), count(y0 - e.y0)};
}

// Mass on cells no larger than an eighth of the bandwidth, and between them by cubic interpolation.
class MassSurface {
 public:
  MassSurface(std::span<const LimitEdge> limit, const RasterGrid& grid, const KernelOptions& options) {
    const double b_mm = options.bandwidth_m * 1000;
    const auto reach =
        static_cast<int64_t>(std::ceil(b_mm * (options.kernel == Kernel::gaussian ? kGaussianReach : 1.0)));
    const int64_t cell =
        std::clamp<int64_t>(static_cast<int64_t>(b_mm / cells_per_bandwidth(options.kernel)), 1, grid.cell_mm);
    const Extent city = extent_of(limit);
    cells_ = cells_over(extent_of(grid).grown(reach + 3 * cell).within(city.grown(reach + 3 * cell)), grid, cell);
    const RasterGrid ground = cells_over(extent_of(grid).grown(2 * reach + 3 * cell).within(city), grid, cell);
    add(cell_coverage(limit, ground), ground, options);
  }

  double at(double x_mm, double y_mm) const {
    const double column = (x_mm - static_cast<double>(cells_.x0_mm)) / static_cast<double>(cells_.cell_mm) - 0.5;
    const double row = (static_cast<double>(cells_.y0_mm) - y_mm) / static_cast<double>(cells_.cell_mm) - 0.5;
    if (values_.empty() || !(column > -1 && column < cells_.nx && row > -1 && row < cells_.ny)) return 0;
    const auto across = cubic(column - std::floor(column)), down = cubic(row - std::floor(row));
    double sum = 0;
    for (int j = 0; j < 4; ++j)
      for (int i = 0; i < 4; ++i)
        sum += down[static_cast<std::size_t>(j)] * across[static_cast<std::size_t>(i)] *
               cell(static_cast<int64_t>(std::floor(column)) - 1 + i, static_cast<int64_t>(std::floor(row)) - 1 + j);
    return std::clamp(sum, 0.0, 1.0);
  }

 private:
  void add(const std::vector<CellCover>& covers, const RasterGrid& ground, KernelOptions options) {
    std::vector<Point> centroids;
    std::vector<double> areas;
    for (std::size_t c = 0; c < covers.size(); ++c) {
      if (covers[c].area == 0) continue;
      const double i = static_cast<double>(c % ground.nx) + covers[c].x;
      const double j = static_cast<double>(c / ground.nx) + covers[c].y;
      centroids.push_back({static_cast<std::int32_t>(ground.x0_mm + std::llround(i * double(ground.cell_mm))),
                           static_cast<std::int32_t>(ground.y0_mm - std::llround(j * double(ground.cell_mm)))});
      areas.push_back(covers[c].area);
    }
    // A cell's ground spreads about its centroid with variance cell²/12 in each direction, which a point does not.
    const double cell_m = static_cast<double>(cells_.cell_mm) / 1000;
    if (options.kernel == Kernel::gaussian)
      options.bandwidth_m = std::sqrt(options.bandwidth_m * options.bandwidth_m + cell_m * cell_m / 12);
    values_ = kernel_density(centroids, cells_, options, areas);
    const double cell_km2 = cell_m * cell_m * 1e-6;
    for (double& v : values_) v = std::min(1.0, v * cell_km2);
  }

  // Lagrange's weights of the places -1, 0, 1, 2 at 0 <= t < 1.
  static std::array<double, 4> cubic(double t) {
    return {-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2,
            (t + 1) * t * (t - 1) / 6};
  }

  double cell(int64_t i, int64_t j) const {
    i = std::clamp<int64_t>(i, 0, int64_t{cells_.nx} - 1);
    j = std::clamp<int64_t>(j, 0, int64_t{cells_.ny} - 1);
    return values_[static_cast<std::size_t>(j * cells_.nx + i)];
  }

  RasterGrid cells_;
  std::vector<double> values_;
};

std::vector<double> mass_of_pixels(const MassSurface& surface, const RasterGrid& grid) {
  std::vector<double> out;
  out.reserve(grid.size());
  for (std::uint32_t j = 0; j < grid.ny; ++j)
    for (std::uint32_t i = 0; i < grid.nx; ++i)
      out.push_back(surface.at(double(grid.x0_mm) + (i + 0.5) * double(grid.cell_mm),
                               double(grid.y0_mm) - (j + 0.5) * double(grid.cell_mm)));
  return out;
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
  std::vector<double> raised(points.size());
  for (std::size_t e = 0; e < points.size(); ++e) {
    const double mass = surface.at(points[e].x, points[e].y);
    raised[e] = mass < kLeastMass ? 0 : (weights.empty() ? 1 : weights[e]) / mass;
  }
  return kernel_density(points, grid, options, raised);
}

}  // namespace gridloom
