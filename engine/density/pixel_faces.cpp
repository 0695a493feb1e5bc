// SPDX-License-Identifier: Apache-2.0
// A row of pixel centres is taken as infinitely little south of where it is: a vertex on it counts as north of it, and
// arcs that leave a node on it southward cross it in the order of their slopes.
#include "engine/density/pixel_faces.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace gridloom {
namespace {

struct Crossing {
  double x;          // half mm
  double southward;  // how far east per unit of south
  FaceId east;
  friend bool operator<(const Crossing& a, const Crossing& b) {
    return std::tie(a.x, a.southward) < std::tie(b.x, b.southward);
  }
};

// The northernmost row with its centre line at y (lattice mm) or south of it, within 0 .. ny.
std::int64_t first_row_at(std::int64_t y, const RasterGrid& grid) {
  const std::int64_t depth = 2 * (grid.y0_mm - y) - grid.cell_mm;  // centre of row j: 2 j cell below that of row 0
  const std::int64_t step = 2 * grid.cell_mm;
  return std::clamp<std::int64_t>(depth > 0 ? (depth + step - 1) / step : 0, 0, grid.ny);
}

// Adds to each row where its centre line crosses the segment.
void cross(Point a, Point b, FaceId left, FaceId right, const RasterGrid& grid,
           std::vector<std::vector<Crossing>>& of_row) {
  const FaceId east = a.y > b.y ? left : right;
  if (a.y > b.y) std::swap(a, b);
  for (std::int64_t j = first_row_at(b.y, grid); j < first_row_at(a.y, grid); ++j) {
    const auto y = static_cast<double>(2 * grid.y0_mm - (2 * j + 1) * grid.cell_mm);
    const double slope = (2.0 * b.x - 2.0 * a.x) / (2.0 * b.y - 2.0 * a.y);
    const double share = (y - 2.0 * a.y) / (2.0 * b.y - 2.0 * a.y);
    of_row[static_cast<std::size_t>(j)].push_back({2.0 * a.x + share * (2.0 * b.x - 2.0 * a.x), -slope, east});
  }
}

std::vector<std::vector<Crossing>> crossings(const Arrangement& map, const RasterGrid& grid) {
  std::vector<std::vector<Crossing>> of_row(grid.ny);
  for (ArcId id = 0; id < map.arcs.size(); ++id) {
    const Arc& arc = map.arcs[id];
    const auto points = map.points_of(id);
    for (std::size_t i = 1; i < points.size(); ++i) cross(points[i - 1], points[i], arc.left, arc.right, grid, of_row);
  }
  return of_row;
}

}  // namespace

void for_pixel_faces(const Arrangement& map, const RasterGrid& grid,
                     const std::function<void(std::uint32_t, std::span<const FaceId>)>& visit) {
  auto of_row = crossings(map, grid);
  std::vector<FaceId> faces(grid.nx);
  for (std::uint32_t j = 0; j < grid.ny; ++j) {
    auto& row = of_row[j];
    std::sort(row.begin(), row.end());
    FaceId face = kOutside;
    std::size_t passed = 0;
    for (std::uint32_t i = 0; i < grid.nx; ++i) {
      const auto x = static_cast<double>(2 * grid.x0_mm + (2 * std::int64_t{i} + 1) * grid.cell_mm);
      for (; passed < row.size() && row[passed].x <= x; ++passed) face = row[passed].east;
      faces[i] = face;
    }
    visit(j, faces);
  }
}

}  // namespace gridloom
