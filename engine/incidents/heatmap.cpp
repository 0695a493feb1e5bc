// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/heatmap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "engine/progress.h"

namespace gridloom {
namespace {

constexpr double kMaxPixels = 400e6;  // 3.2 GB of values
constexpr double kMaxMetres = 500'000;

std::int64_t floor_to(std::int64_t v, std::int64_t step) { return v - ((v % step) + step) % step; }

void check(const DensityOptions& options) {
  if (!(options.bandwidth_m >= 0.001 && options.bandwidth_m <= kMaxMetres))
    throw DataError("heatmap: the bandwidth must be between 0.001 and 500000 metres");
  if (!(options.cell_m >= 0.001 && options.cell_m <= kMaxMetres))
    throw DataError("heatmap: the cell must be between 0.001 and 500000 metres");
}

RasterGrid grid_over(const Box& box, const Lattice& lattice, double cell_m) {
  const std::int64_t cell = std::llround(cell_m * Lattice::kPerMetre);
  const std::int64_t east = std::llround(lattice.origin_x * Lattice::kPerMetre);
  const std::int64_t north = std::llround(lattice.origin_y * Lattice::kPerMetre);
  const std::int64_t x0 = floor_to(east + box.min.x, cell), x1 = floor_to(east + box.max.x, cell) + cell;
  const std::int64_t y0 = floor_to(north + box.min.y, cell), y1 = floor_to(north + box.max.y, cell) + cell;
  const double nx = static_cast<double>((x1 - x0) / cell), ny = static_cast<double>((y1 - y0) / cell);
  if (nx * ny > kMaxPixels)
    throw DataError(
        "heatmap: " + std::to_string(std::llround(nx * ny / 1e6)) + " million pixels are too many; cells of " +
        std::to_string(std::llround(std::ceil(cell_m * std::sqrt(nx * ny / kMaxPixels)))) + " metres or more will do");
  return {x0 - east, y1 - north, cell, static_cast<std::uint32_t>(nx), static_cast<std::uint32_t>(ny)};
}

// The northernmost row with its centre line at y (lattice mm) or south of it, within 0 .. ny.
std::int64_t first_row_at(std::int64_t y, const RasterGrid& grid) {
  const std::int64_t depth = 2 * (grid.y0_mm - y) - grid.cell_mm;  // centre of row j: 2 j cell below that of row 0
  return std::clamp<std::int64_t>(-floor_to(-depth, 2 * grid.cell_mm) / (2 * grid.cell_mm), 0, grid.ny);
}

// Adds to each row where its centre line crosses the segment (x in half mm). A vertex on the line counts as north of
// it.
void cross(Point a, Point b, const RasterGrid& grid, std::vector<std::vector<double>>& of_row) {
  if (a.y > b.y) std::swap(a, b);
  for (std::int64_t j = first_row_at(b.y, grid); j < first_row_at(a.y, grid); ++j) {
    const auto y = static_cast<double>(2 * grid.y0_mm - (2 * j + 1) * grid.cell_mm);
    const double share = (y - 2.0 * a.y) / (2.0 * b.y - 2.0 * a.y);
    of_row[static_cast<std::size_t>(j)].push_back(2.0 * a.x + share * (2.0 * b.x - 2.0 * a.x));
  }
}

std::vector<std::vector<double>> limit_crossings(const Arrangement& map, const RasterGrid& grid) {
  std::vector<std::vector<double>> of_row(grid.ny);
  for (ArcId id = 0; id < map.arcs.size(); ++id) {
    if ((map.arcs[id].left == kOutside) == (map.arcs[id].right == kOutside)) continue;
    const auto points = map.points_of(id);
    for (std::size_t i = 1; i < points.size(); ++i) cross(points[i - 1], points[i], grid, of_row);
  }
  return of_row;
}

// NaN wherever the number of limits to the west is even.
void mask_outside(const Arrangement& map, DensityRaster& raster) {
  auto crossings = limit_crossings(map, raster.grid);
  for (std::uint32_t j = 0; j < raster.grid.ny; ++j) {
    auto& row = crossings[j];
    std::sort(row.begin(), row.end());
    std::size_t passed = 0;
    for (std::uint32_t i = 0; i < raster.grid.nx; ++i) {
      const auto x = static_cast<double>(2 * raster.grid.x0_mm + (2 * std::int64_t{i} + 1) * raster.grid.cell_mm);
      while (passed < row.size() && row[passed] <= x) ++passed;
      if (passed % 2 == 0)
        raster.values[std::size_t{j} * raster.grid.nx + i] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

}  // namespace

DensityRaster heatmap(const City& city, const EventFilter& filter, const DensityOptions& options) {
  check(options);
  const Box box = box_of(city.arrangement.points);
  if (box.empty()) throw DataError("heatmap: the city has no ground");
  const std::vector<std::uint32_t> rows = select_events(city.events, filter);
  std::vector<Point> points;
  points.reserve(rows.size());
  for (std::uint32_t row : rows) points.push_back(city.events.at[row]);
  DensityRaster raster{city.arrangement.lattice,
                       grid_over(box, city.arrangement.lattice, options.cell_m),
                       {},
                       options,
                       filter,
                       rows.size()};
  raster.values = kernel_density(points, raster.grid, {options.kernel, options.bandwidth_m, options.threads});
  if (options.mask_outside) mask_outside(city.arrangement, raster);
  return raster;
}

}  // namespace gridloom
