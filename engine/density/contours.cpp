// SPDX-License-Identifier: Apache-2.0
// In each square of four pixel centres a line runs from one side to another. Sides have numbers, so that the lines of
// neighbouring squares are joined by number and not by rounded places.
#include "engine/density/contours.h"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace gridloom {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

class Tracer {
 public:
  Tracer(std::span<const double> values, const RasterGrid& grid, double level)
      : values_(values), grid_(grid), level_(level), next_(2 * grid.size(), kNone), entered_(2 * grid.size(), false) {}

  void trace(std::vector<Contour>& out) {
    for (std::size_t j = 0; j + 1 < grid_.ny; ++j)
      for (std::size_t i = 0; i + 1 < grid_.nx; ++i) square(i, j);
    for (std::size_t side = 0; side < next_.size(); ++side)
      if (next_[side] != kNone && !entered_[side]) out.push_back(line_from(side));
    for (std::size_t side = 0; side < next_.size(); ++side)
      if (next_[side] != kNone) out.push_back(line_from(side));
  }

 private:
  double value(std::size_t i, std::size_t j) const { return values_[j * grid_.nx + i]; }
  std::size_t eastward(std::size_t i, std::size_t j) const { return 2 * (j * grid_.nx + i); }  // pixel to its east
  std::size_t southward(std::size_t i, std::size_t j) const { return eastward(i, j) + 1; }

  // Corners go round from the north-west, clockwise; side k lies between corners k and k + 1. Inside is on a line's
  // left when it enters before the first of the corners inside and leaves behind the last.
  void square(std::size_t i, std::size_t j) {
    const std::array<double, 4> corner{value(i, j), value(i + 1, j), value(i + 1, j + 1), value(i, j + 1)};
    const double mean = (corner[0] + corner[1] + corner[2] + corner[3]) / 4;
    if (std::isnan(mean)) return;
    const std::array<std::size_t, 4> side{eastward(i, j), southward(i + 1, j), eastward(i, j + 1), southward(i, j)};
    const auto inside = [&](std::size_t k) { return corner[k % 4] >= level_; };
    const bool saddle = inside(0) == inside(2) && inside(1) == inside(3) && inside(0) != inside(1);
    for (std::size_t k = 0; k < 4; ++k) {
      if (inside(k) || !inside(k + 1)) continue;
      std::size_t last = k + 1;
      while (inside(last + 1)) ++last;
      const std::size_t back = saddle && mean >= level_ ? last + 2 : last;  // joined through the middle
      join(side[k], side[back % 4]);
    }
  }

  void join(std::size_t from, std::size_t to) {
    next_[from] = to;
    entered_[to] = true;
  }

  ContourPoint place(std::size_t side) const {
    const std::size_t pixel = side / 2, i = pixel % grid_.nx, j = pixel / grid_.nx;
    const bool south = side % 2 == 1;
    const double a = value(i, j), b = south ? value(i, j + 1) : value(i + 1, j);
    const double share = (level_ - a) / (b - a), cell = static_cast<double>(grid_.cell_mm);
    const double column = static_cast<double>(i) + 0.5 + (south ? 0 : share);
    const double row = static_cast<double>(j) + 0.5 + (south ? share : 0);
    return {static_cast<double>(grid_.x0_mm) + column * cell, static_cast<double>(grid_.y0_mm) - row * cell};
  }

  Contour line_from(std::size_t side) {
    Contour line{level_, false, {}};
    const std::size_t start = side;
    for (;;) {
      line.points.push_back(place(side));
      const std::size_t onward = next_[side];
      if (onward == kNone) break;
      next_[side] = kNone;
      side = onward;
      if (side == start) {
        line.closed = true;
        break;
      }
    }
    return line;
  }

  std::span<const double> values_;
  RasterGrid grid_;
  double level_;
  std::vector<std::size_t> next_;  // of each side, where the line that enters there goes
  std::vector<bool> entered_;
};

}  // namespace

std::vector<Contour> contours(std::span<const double> values, const RasterGrid& grid, std::span<const double> levels) {
  if (values.size() != grid.size()) throw std::invalid_argument("there must be one value for each pixel");
  std::vector<Contour> out;
  for (double level : levels) {
    if (!std::isfinite(level)) throw std::invalid_argument("levels must be finite");
    Tracer(values, grid, level).trace(out);
  }
  return out;
}

}  // namespace gridloom
