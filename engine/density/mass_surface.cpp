// SPDX-License-Identifier: Apache-2.0
#include "engine/density/mass_surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/base/parallel.h"
#include "engine/density/cell_coverage.h"
#include "engine/density/density_frame.h"
#include "engine/density/kernel_profile.h"

namespace gridloom {
namespace {

using std::int64_t;

double cells_per_bandwidth(Kernel kernel) { return kernel == Kernel::gaussian ? 8 : 20; }

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

// Cells that cover the extent, on lines that start from the raster's corner.
RasterGrid cells_over(const Extent& e, const RasterGrid& grid, int64_t cell) {
  if (e.x0 >= e.x1 || e.y0 >= e.y1) return {grid.x0_mm, grid.y0_mm, cell, 0, 0};
  const int64_t x0 = grid.x0_mm + density::floor_div(e.x0 - grid.x0_mm, cell) * cell;
  const int64_t y0 = grid.y0_mm - density::floor_div(grid.y0_mm - e.y1, cell) * cell;
  const auto count = [&](int64_t length) { return static_cast<std::uint32_t>(density::ceil_div(length, cell)); };
  return {x0, y0, cell, count(e.x1 - x0), count(y0 - e.y0)};
}

// One density of the cells' centroids, weighted by their areas.
std::vector<float> gaussian_mass(std::span<const LimitEdge> limit, const RasterGrid& ground, const RasterGrid& nodes,
                                 KernelOptions options) {
  const std::vector<CellCover> covers = cell_coverage(limit, ground);
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
  const double cell_m = static_cast<double>(nodes.cell_mm) / 1000;
  options.bandwidth_m = std::sqrt(options.bandwidth_m * options.bandwidth_m + cell_m * cell_m / 12);
  const std::vector<double> density = kernel_density(centroids, nodes, options, areas);
  std::vector<float> values;
  values.reserve(density.size());
  for (double v : density) values.push_back(static_cast<float>(std::min(1.0, v * cell_m * cell_m * 1e-6)));
  return values;
}

// A row of cells of the ground, columns counted as the nodes' are.
struct GroundRow {
  struct Stretch {
    int64_t first, last;  // cells wholly inside
  };
  struct Part {
    double x, y, area;  // centroid: x in cells from node 0's west, y from this row's north
    int64_t column;
  };
  std::vector<Stretch> whole;
  std::vector<Part> parts;
};

// The kernel on nodes, distances in cells.
class NodeKernel {
 public:
  NodeKernel(Kernel kernel, double radius) : kernel_(kernel), radius_(radius), reach_(static_cast<int64_t>(radius)) {
    height_ = (1 + static_cast<int>(kernel)) / (std::numbers::pi * radius * radius);
    const auto width = static_cast<std::size_t>(2 * reach_ + 2);
    sums_.resize(static_cast<std::size_t>(2 * reach_ + 1) * width, 0.0);
    for (int64_t dy = -reach_; dy <= reach_; ++dy)
      for (int64_t dx = -reach_; dx <= reach_; ++dx)
        sums_[place(dx, dy)] = sums_[place(dx, dy) - 1] + at(double(dx), double(dy));
  }

  int64_t reach() const { return reach_; }
  double radius() const { return radius_; }
  double at(double dx, double dy) const {
    const double u2 = (dx * dx + dy * dy) / (radius_ * radius_);
    return u2 > 1 ? 0 : height_ * kernel_profile(kernel_, u2);
  }
  // Sum over the columns up to dx of a row |dy| <= reach().
  double up_to(int64_t dx, int64_t dy) const { return sums_[place(std::clamp(dx, -reach_ - 1, reach_), dy)]; }

 private:
  std::size_t place(int64_t dx, int64_t dy) const {
    return static_cast<std::size_t>((dy + reach_) * (2 * reach_ + 2) + dx + reach_ + 1);
  }

  Kernel kernel_;
  double radius_, height_ = 0;
  int64_t reach_;
  std::vector<double> sums_;
};

// The rows [first_row, first_row + rows) of nodes with all ground in reach.
class Strip {
 public:
  Strip(std::span<const LimitEdge> limit, const RasterGrid& ground, const RasterGrid& nodes, const NodeKernel& kernel,
        int64_t first_row, int64_t rows)
      : kernel_(kernel), nodes_(nodes), margin_(kernel.reach() + 2), rows_(rows) {
    RasterGrid part = ground;
    part.y0_mm = nodes.y0_mm - (first_row - margin_) * nodes.cell_mm;
    part.ny = static_cast<std::uint32_t>(rows + 2 * margin_);
    west_ = (ground.x0_mm - nodes.x0_mm) / nodes.cell_mm;
    take(cell_coverage(limit, part), part);
  }

  void write(float* out) {
    for (int64_t r = 0; r < rows_; ++r, out += nodes_.nx) {
      for (const GroundRow::Stretch& s : row(r).whole)
        for (int64_t i = std::max<int64_t>(0, s.first); i <= std::min<int64_t>(nodes_.nx - 1, s.last); ++i) out[i] = 1;
      int64_t near = 0;
      for (int64_t i = 0; i < nodes_.nx; ++i) {
        near += near_[static_cast<std::size_t>(r * (nodes_.nx + 1) + i)];
        if (near > 0) out[i] = static_cast<float>(std::min(1.0, sum(i, r)));
      }
    }
  }

 private:
  const GroundRow& row(int64_t r) const { return ground_[static_cast<std::size_t>(r + margin_)]; }

  void take(const std::vector<CellCover>& covers, const RasterGrid& part) {
    constexpr double kWhole = 1 - 1e-9;
    near_.assign(static_cast<std::size_t>(rows_ * (nodes_.nx + 1)), 0);
    ground_.resize(part.ny);
    const int64_t nx = part.nx, ny = part.ny;
    const auto area = [&](int64_t i, int64_t j) {
      return i < 0 || i >= nx || j < 0 || j >= ny ? 0 : covers[static_cast<std::size_t>(j * nx + i)].area;
    };
    for (int64_t j = 0; j < ny; ++j) {
      GroundRow& row = ground_[static_cast<std::size_t>(j)];
      for (int64_t i = 0; i < nx; ++i) {
        const CellCover& c = covers[static_cast<std::size_t>(j * nx + i)];
        if (c.area == 0) continue;
        if (c.area < kWhole) {
          row.parts.push_back({static_cast<double>(i + west_) + c.x, c.y, c.area, i + west_});
          mark(i + west_, j - margin_);
          continue;
        }
        if (row.whole.empty() || row.whole.back().last != i + west_ - 1) row.whole.push_back({i + west_, i + west_});
        row.whole.back().last = i + west_;
        // Where the limit runs along the cells' lines no cell is cut.
        if (area(i - 1, j) == 0 || area(i + 1, j) == 0 || area(i, j - 1) == 0 || area(i, j + 1) == 0)
          mark(i + west_, j - margin_);
      }
    }
  }

  // The nodes that a cell at the limit is in reach of.
  void mark(int64_t column, int64_t r) {
    const double reach = kernel_.radius() + 1.5;
    const auto far = static_cast<int64_t>(reach);
    for (int64_t j = std::max<int64_t>(0, r - far); j <= std::min(rows_ - 1, r + far); ++j) {
      const auto half = static_cast<int64_t>(std::sqrt(reach * reach - static_cast<double>((j - r) * (j - r))));
      const int64_t begin = std::clamp<int64_t>(column - half, 0, nodes_.nx);
      const int64_t end = std::clamp<int64_t>(column + half + 1, 0, nodes_.nx);
      ++near_[static_cast<std::size_t>(j * (nodes_.nx + 1) + begin)];
      --near_[static_cast<std::size_t>(j * (nodes_.nx + 1) + end)];
    }
  }

  double sum(int64_t i, int64_t r) const {
    double sum = 0;
    const int64_t reach = kernel_.reach();
    for (int64_t dy = -reach - 1; dy <= reach + 1; ++dy) {
      const GroundRow& ground = row(r + dy);
      if (std::abs(dy) <= reach)
        for (const GroundRow::Stretch& s : ground.whole)
          sum += kernel_.up_to(s.last - i, dy) - kernel_.up_to(s.first - 1 - i, dy);
      auto part = std::partition_point(ground.parts.begin(), ground.parts.end(),
                                       [&](const GroundRow::Part& p) { return p.column < i - reach - 1; });
      for (; part != ground.parts.end() && part->column <= i + reach + 1; ++part)
        sum +=
            part->area * kernel_.at(part->x - (static_cast<double>(i) + 0.5), static_cast<double>(dy) + part->y - 0.5);
    }
    return sum;
  }

  const NodeKernel& kernel_;
  RasterGrid nodes_;
  int64_t margin_, rows_, west_ = 0;
  std::vector<GroundRow> ground_;
  std::vector<std::int32_t> near_;  // by row and column: how many more cells at the limit are in reach than one west
};

std::vector<float> mass_near_limit(std::span<const LimitEdge> limit, const RasterGrid& ground, const RasterGrid& nodes,
                                   const KernelOptions& options) {
  std::vector<float> values(nodes.size(), 0.0f);
  if (values.empty() || ground.size() == 0) return values;
  const NodeKernel kernel(options.kernel, options.bandwidth_m * 1000 / static_cast<double>(nodes.cell_mm));
  parallel_blocks(nodes.ny, 128, options.threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    Strip(limit, ground, nodes, kernel, static_cast<int64_t>(begin), static_cast<int64_t>(end - begin))
        .write(&values[begin * nodes.nx]);
  });
  return values;
}

// Lagrange's weights of the places -1, 0, 1, 2 at 0 <= t < 1.
std::array<double, 4> cubic(double t) {
  return {-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2,
          (t + 1) * t * (t - 1) / 6};
}

}  // namespace

MassSurface::MassSurface(std::span<const LimitEdge> limit, const RasterGrid& grid, const KernelOptions& options) {
  density::frame_of(grid, options);  // refuses what no density is made of
  const double b_mm = options.bandwidth_m * 1000;
  const bool gaussian = options.kernel == Kernel::gaussian;
  const auto reach = static_cast<int64_t>(std::ceil(b_mm * (gaussian ? kGaussianReach : 1.0)));
  const int64_t cell = std::max<int64_t>(1, static_cast<int64_t>(b_mm / cells_per_bandwidth(options.kernel)));
  const Extent city = extent_of(limit);
  nodes_ = cells_over(extent_of(grid).grown(reach + 3 * cell).within(city.grown(reach + 3 * cell)), grid, cell);
  const RasterGrid ground = cells_over(extent_of(grid).grown(2 * reach + 6 * cell).within(city), grid, cell);
  values_ = gaussian ? gaussian_mass(limit, ground, nodes_, options) : mass_near_limit(limit, ground, nodes_, options);
}

double MassSurface::at(double x_mm, double y_mm) const {
  const double column = (x_mm - static_cast<double>(nodes_.x0_mm)) / static_cast<double>(nodes_.cell_mm) - 0.5;
  const double row = (static_cast<double>(nodes_.y0_mm) - y_mm) / static_cast<double>(nodes_.cell_mm) - 0.5;
  if (values_.empty() || !(column > -1 && column < nodes_.nx && row > -1 && row < nodes_.ny)) return 0;
  const double west = std::floor(column), north = std::floor(row);
  const auto i0 = static_cast<int64_t>(west) - 1, j0 = static_cast<int64_t>(north) - 1;
  std::array<std::array<double, 4>, 4> v;
  const bool whole = i0 >= 0 && j0 >= 0 && i0 + 4 <= nodes_.nx && j0 + 4 <= nodes_.ny;
  for (std::size_t j = 0; j < 4; ++j)
    for (std::size_t i = 0; i < 4; ++i) {
      const int64_t x = i0 + static_cast<int64_t>(i), y = j0 + static_cast<int64_t>(j);
      v[j][i] = whole ? double{values_[static_cast<std::size_t>(y * nodes_.nx + x)]} : node(x, y);
    }
  double sum = 0;
  for (const auto& line : v) sum += line[0] + line[1] + line[2] + line[3];
  if (sum == 16) return 1;
  const auto across = cubic(column - west), down = cubic(row - north);
  sum = 0;
  for (std::size_t j = 0; j < 4; ++j)
    sum += down[j] * (across[0] * v[j][0] + across[1] * v[j][1] + across[2] * v[j][2] + across[3] * v[j][3]);
  return std::clamp(sum, 0.0, 1.0);
}

double MassSurface::node(int64_t i, int64_t j) const {
  i = std::clamp<int64_t>(i, 0, int64_t{nodes_.nx} - 1);
  j = std::clamp<int64_t>(j, 0, int64_t{nodes_.ny} - 1);
  return values_[static_cast<std::size_t>(j * nodes_.nx + i)];
}

}  // namespace gridloom
