// SPDX-License-Identifier: Apache-2.0
// By Green's theorem: a piece of an edge within one row of cells bounds the ground east of it. In its own cell that is
// a part, in the cells further east the whole width; the latter is carried by a running sum along the row.
#include "engine/density/cell_coverage.h"

#include <algorithm>
#include <cmath>

namespace gridloom {
namespace {

struct Moments {
  double area = 0, x = 0, y = 0;
  void add(const Moments& m) { area += m.area, x += m.x, y += m.y; }
};

struct Place {
  double x, y;  // in cells from the raster's north-west corner
};

class Coverage {
 public:
  explicit Coverage(const RasterGrid& grid) : grid_(grid), own_(grid.size()), east_(grid.size()) {}

  void add(Place a, Place b) {
    if (a.y == b.y) return;
    const double north = std::clamp(std::min(a.y, b.y), 0.0, double(grid_.ny));
    const double south = std::clamp(std::max(a.y, b.y), 0.0, double(grid_.ny));
    for (auto j = static_cast<std::size_t>(north); static_cast<double>(j) < south; ++j) {
      const double top = std::max(north, static_cast<double>(j)), bottom = std::min(south, static_cast<double>(j) + 1);
      if (top >= bottom) continue;
      const auto at = [&](double y) { return Place{a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)), y}; };
      in_row(j, at(top), at(bottom), a.y < b.y ? 1.0 : -1.0);
    }
  }

  std::vector<CellCover> covers() const {
    std::vector<CellCover> out(grid_.size());
    for (std::size_t j = 0; j < grid_.ny; ++j) {
      Moments carried;
      for (std::size_t i = 0; i < grid_.nx; ++i) {
        const std::size_t cell = j * grid_.nx + i;
        Moments all = carried;
        all.add(own_[cell]);
        carried.add(east_[cell]);
        if (all.area > 1e-12) out[cell] = {std::min(1.0, all.area), within(all.x / all.area), within(all.y / all.area)};
      }
    }
    return out;
  }

 private:
  static double within(double place) { return std::clamp(place, 0.0, 1.0); }

  // A piece from north to south within row j, cut where it passes from column to column.
  void in_row(std::size_t j, Place p, Place q, double sign) {
    const double width = grid_.nx;
    if (p.x >= width && q.x >= width) return;
    std::vector<double> cuts{0, 1};
    const double west = std::min(p.x, q.x), east = std::max(p.x, q.x);
    for (double x = std::max(0.0, std::floor(west) + 1); x < std::min(east, width + 1); ++x)
      cuts.push_back((x - p.x) / (q.x - p.x));
    std::sort(cuts.begin(), cuts.end());
    const auto at = [&](double t) { return Place{p.x + (q.x - p.x) * t, p.y + (q.y - p.y) * t}; };
    for (std::size_t c = 1; c < cuts.size(); ++c) in_cell(j, at(cuts[c - 1]), at(cuts[c]), sign);
  }

  void in_cell(std::size_t j, Place p, Place q, double sign) {
    const double column = std::floor((p.x + q.x) / 2);
    if (column >= grid_.nx) return;
    const std::size_t cell = j * grid_.nx + static_cast<std::size_t>(std::max(0.0, column));
    const auto x = [&](double v) { return column < 0 ? 0.0 : std::clamp(v - column, 0.0, 1.0); };
    const double x0 = x(p.x), x1 = x(q.x), y0 = p.y - static_cast<double>(j), y1 = q.y - static_cast<double>(j);
    const double dy = sign * (y1 - y0);
    // Integrals over the piece of 1 - x, (1 - x²)/2 and y (1 - x), all of them polynomials.
    const double mean_y = (y0 + y1) / 2, mean_x = (x0 + x1) / 2;
    const double mean_xx = (x0 * x0 + x0 * x1 + x1 * x1) / 3;
    const double mean_xy = (2 * x0 * y0 + 2 * x1 * y1 + x0 * y1 + x1 * y0) / 6;
    own_[cell].add({dy * (1 - mean_x), dy * (1 - mean_xx) / 2, dy * (mean_y - mean_xy)});
    east_[cell].add({dy, dy / 2, dy * mean_y});
  }

  RasterGrid grid_;
  std::vector<Moments> own_, east_;
};

}  // namespace

std::vector<CellCover> cell_coverage(std::span<const LimitEdge> limit, const RasterGrid& grid) {
  Coverage coverage(grid);
  const auto cell = static_cast<double>(grid.cell_mm);
  const auto place = [&](Point p) {
    return Place{static_cast<double>(p.x - grid.x0_mm) / cell, static_cast<double>(grid.y0_mm - p.y) / cell};
  };
  for (const LimitEdge& edge : limit) coverage.add(place(edge.from), place(edge.to));
  return coverage.covers();
}

}  // namespace gridloom
