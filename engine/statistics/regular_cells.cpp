// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/regular_cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

constexpr double kMostPlaces = 1e6;
constexpr double kLeastSize_m = 10, kMostSize_m = 100'000;

using Steps = std::vector<std::pair<std::int64_t, std::int64_t>>;  // columns, rows

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
bool is_odd(std::int64_t row) { return row % 2 != 0; }

double row_height(const RegularCells& c) {
  const auto size = static_cast<double>(c.size_mm);
  return c.shape == CellShape::square ? size : size * std::numbers::sqrt3 / 2;
}

// Of a place, in mm of the working CRS.
struct Centre {
  double x, y;
};

Centre centre_of(const RegularCells& c, std::int64_t column, std::int64_t row) {
  const auto size = static_cast<double>(c.size_mm), along = static_cast<double>(column);
  if (c.shape == CellShape::square) return {(along + 0.5) * size, (static_cast<double>(row) + 0.5) * size};
  return {(along + (is_odd(row) ? 0.5 : 0)) * size, static_cast<double>(row) * row_height(c)};
}

std::pair<std::int64_t, std::int64_t> hexagon_at(const RegularCells& c, double x, double y) {
  const auto size = static_cast<double>(c.size_mm);
  const auto south = static_cast<std::int64_t>(std::floor(y / row_height(c)));
  std::pair<std::int64_t, std::int64_t> best{0, 0};
  double nearest = std::numeric_limits<double>::infinity();
  for (std::int64_t row = south; row <= south + 1; ++row) {
    const auto west = static_cast<std::int64_t>(std::floor(x / size - (is_odd(row) ? 0.5 : 0)));
    for (std::int64_t column = west; column <= west + 1; ++column) {
      const Centre at = centre_of(c, column, row);
      const double distance = (at.x - x) * (at.x - x) + (at.y - y) * (at.y - y);
      if (distance < nearest) nearest = distance, best = {column, row};
    }
  }
  return best;
}

std::pair<std::int64_t, std::int64_t> place_at(const RegularCells& c, std::int64_t x_mm, std::int64_t y_mm) {
  if (c.shape == CellShape::square) return {floor_div(x_mm, c.size_mm), floor_div(y_mm, c.size_mm)};
  return hexagon_at(c, static_cast<double>(x_mm), static_cast<double>(y_mm));
}

std::pair<std::int64_t, std::int64_t> place_of(const RegularCells& c, std::size_t cell) {
  const auto at = static_cast<std::int64_t>(c.place[cell]);
  return {c.first_column + at % c.columns, c.first_row + at / c.columns};
}

Point on_lattice(const RegularCells& c, double x, double y) {
  return {static_cast<std::int32_t>(std::llround(x) - c.east_mm),
          static_cast<std::int32_t>(std::llround(y) - c.north_mm)};
}

RegularCells window_over(const Arrangement& map, CellShape shape, double size_m) {
  if (!(size_m >= kLeastSize_m && size_m <= kMostSize_m))
    throw DataError("cell_size_out_of_range", {{"least", kLeastSize_m}, {"most", kMostSize_m}});
  const Box box = box_of(map.points);
  if (box.empty()) throw DataError("city_without_ground");
  RegularCells c{.shape = shape,
                 .size_mm = std::llround(size_m * Lattice::kPerMetre),
                 .east_mm = std::llround(map.lattice.origin_x * Lattice::kPerMetre),
                 .north_mm = std::llround(map.lattice.origin_y * Lattice::kPerMetre)};
  // One place more on every side: of hexagons the corner's row may begin half a cell further.
  const auto south_west = place_at(c, c.east_mm + box.min.x, c.north_mm + box.min.y);
  const auto north_east = place_at(c, c.east_mm + box.max.x, c.north_mm + box.max.y);
  c.first_column = south_west.first - 1, c.first_row = south_west.second - 1;
  c.columns = north_east.first - c.first_column + 2, c.rows = north_east.second - c.first_row + 2;
  const double places = static_cast<double>(c.columns) * static_cast<double>(c.rows);
  if (places > kMostPlaces)
    throw DataError("too_many_cells", {{"metres", std::llround(size_m)},
                                       {"cells", places},
                                       {"larger", std::ceil(size_m * std::sqrt(places / kMostPlaces))}});
  return c;
}

// To the neighbours that share a side, and of squares those that share a corner.
Steps steps_from(const RegularCells& c, std::int64_t row, Contiguity kind) {
  if (c.shape == CellShape::hexagon) {
    const std::int64_t shift = is_odd(row) ? 0 : -1;
    return {{-1, 0}, {1, 0}, {shift, -1}, {shift + 1, -1}, {shift, 1}, {shift + 1, 1}};
  }
  Steps steps{{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  if (kind == Contiguity::queen) steps.insert(steps.end(), {{-1, -1}, {1, -1}, {-1, 1}, {1, 1}});
  return steps;
}

Label at_place(const RegularCells& c, std::int64_t column, std::int64_t row) {
  const std::int64_t i = column - c.first_column, j = row - c.first_row;
  if (i < 0 || j < 0 || i >= c.columns || j >= c.rows) return kGap;
  return c.at[static_cast<std::size_t>(j * c.columns + i)];
}

}  // namespace

Label RegularCells::cell_at(Point p) const {
  const auto [column, row] = place_at(*this, east_mm + p.x, north_mm + p.y);
  return at_place(*this, column, row);
}

Point RegularCells::centre(std::size_t cell) const {
  const auto [column, row] = place_of(*this, cell);
  const Centre middle = centre_of(*this, column, row);
  return on_lattice(*this, middle.x, middle.y);
}

std::vector<Point> RegularCells::ring(std::size_t cell) const {
  const auto [column, row] = place_of(*this, cell);
  const Centre middle = centre_of(*this, column, row);
  const double half = static_cast<double>(size_mm) / 2;
  std::vector<Point> ring;
  if (shape == CellShape::square) {
    for (const auto& [x, y] : {std::pair{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}})
      ring.push_back(on_lattice(*this, middle.x + x * half, middle.y + y * half));
    return ring;
  }
  const double corner = half / std::numbers::sqrt3;  // half the length of a side
  for (const auto& [x, y] : {std::pair{0, -2}, {1, -1}, {1, 1}, {0, 2}, {-1, 1}, {-1, -1}, {0, -2}})
    ring.push_back(on_lattice(*this, middle.x + x * half, middle.y + y * corner));
  return ring;
}

double RegularCells::area_km2() const { return static_cast<double>(size_mm) * row_height(*this) / 1e12; }

std::string RegularCells::name(std::size_t cell) const {
  const auto [column, row] = place_of(*this, cell);
  Centre middle = centre_of(*this, column, row);
  if (shape == CellShape::square)
    middle.x -= static_cast<double>(size_mm) / 2, middle.y -= static_cast<double>(size_mm) / 2;
  return "E" + std::to_string(std::llround(middle.x / Lattice::kPerMetre)) + "N" +
         std::to_string(std::llround(middle.y / Lattice::kPerMetre));
}

RegularCells regular_cells(const Arrangement& map, const PointLocator& locator, CellShape shape, double size_m,
                           unsigned threads) {
  RegularCells c = window_over(map, shape, size_m);
  const auto places = static_cast<std::size_t>(c.columns * c.rows);
  std::vector<Point> centres;
  centres.reserve(places);
  for (std::int64_t row = c.first_row; row < c.first_row + c.rows; ++row)
    for (std::int64_t column = c.first_column; column < c.first_column + c.columns; ++column) {
      const Centre at = centre_of(c, column, row);
      centres.push_back(on_lattice(c, at.x, at.y));
    }
  const std::vector<FaceId> face = locator.locate(centres, threads);
  c.at.assign(places, kGap);
  for (std::size_t i = 0; i < places; ++i) {
    if (face[i] == kOutside) continue;
    c.at[i] = static_cast<Label>(c.place.size());
    c.place.push_back(i);
  }
  return c;
}

SpatialWeights contiguity(const RegularCells& c, Contiguity kind) {
  std::vector<std::vector<std::uint32_t>> lists(c.size());
  for (std::size_t cell = 0; cell < c.size(); ++cell) {
    const auto [column, row] = place_of(c, cell);
    for (const auto& [i, j] : steps_from(c, row, kind))
      if (const Label other = at_place(c, column + i, row + j); other != kGap)
        lists[cell].push_back(static_cast<std::uint32_t>(other));
  }
  return weights_from_lists(lists);
}

}  // namespace gridloom
