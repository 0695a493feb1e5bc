// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/row_places.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/crs.h"
#include "engine/io/delivery/ground.h"

namespace gridloom {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::infinity();

}  // namespace

RowPlaces::RowPlaces(const TextTable& table, const CataloguePlaces& places, const Lattice& lattice)
    : lattice_(lattice), x_(table.rows(), kNowhere), y_(table.rows(), kNowhere), why_not_(table.rows()) {
  if (places.x.empty())
    take_points(table, places);
  else
    take_columns(table, places);
  const std::string& crs = places.source.crs.empty() ? table.crs : places.source.crs;
  try {
    PositionReader reader(crs, places.source.datum, lattice.crs);
    const std::vector<double> lon = x_, lat = y_;
    reader.read(x_, y_);
    if (is_geographic(crs)) look_at_degrees(lon, lat, reader);
    constexpr double kExact = 1;  // metres
    if (const auto used = reader.least_accurate(); used && used->accuracy_m > kExact)
      remarks_.push_back(inaccuracy(crs, *used));
  } catch (DataError& e) {
    e.within(table.file);
    if (places.source.place.line > 0) e.within(places.source.place.text());
    throw;
  }
}

std::optional<Point> RowPlaces::at(std::size_t row, WhyNot& why_not) const {
  why_not = why_not_[row];
  if (why_not != WhyNot::none) return std::nullopt;
  try {
    return lattice_.round({x_[row], y_[row]});
  } catch (const std::out_of_range&) {
    why_not = WhyNot::far;
    return std::nullopt;
  }
}

void RowPlaces::take_columns(const TextTable& table, const CataloguePlaces& places) {
  const bool swapped = places.source.swapped;
  const std::size_t cx = table.column(swapped ? places.y : places.x, places.source.place);
  const std::size_t cy = table.column(swapped ? places.x : places.y, places.source.place);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view tx = plain_cell(table.cell(row, cx)), ty = plain_cell(table.cell(row, cy));
    const auto x = number_of<double>(tx), y = number_of<double>(ty);
    if (tx.empty() || ty.empty())
      why_not_[row] = WhyNot::no_coordinates;
    else if (!x || !y)
      why_not_[row] = WhyNot::no_numbers;
    else
      take(row, *x, *y);
  }
}

void RowPlaces::take_points(const TextTable& table, const CataloguePlaces& places) {
  if (table.points.empty())
    throw DataError("table_without_points").within(table.file).within(places.source.place.text());
  if (table.crs.empty() && places.source.crs.empty())
    throw DataError("table_without_crs").within(table.file).within(places.source.place.text());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto& p = table.points[row];
    if (!p)
      why_not_[row] = WhyNot::no_coordinates;
    else if (places.source.swapped)
      take(row, p->y, p->x);
    else
      take(row, p->x, p->y);
  }
}

void RowPlaces::take(std::size_t row, double x, double y) {
  if (x == 0 && y == 0) {
    why_not_[row] = WhyNot::zero;
    return;
  }
  x_[row] = x;
  y_[row] = y;
}

// Far from the city, and near it once longitude and latitude have changed places?
void RowPlaces::look_at_degrees(const std::vector<double>& lon, const std::vector<double>& lat,
                                PositionReader& reader) {
  constexpr double kNear_m = 200'000;
  const auto near = [&](double x, double y) {
    return std::hypot(x - lattice_.origin_x, y - lattice_.origin_y) < kNear_m;  // false for what has no image
  };
  std::vector<std::size_t> far;
  for (std::size_t row = 0; row < x_.size(); ++row)
    if (why_not_[row] == WhyNot::none && !near(x_[row], y_[row])) far.push_back(row);
  std::vector<double> x, y;
  for (const std::size_t row : far) {
    x.push_back(lat[row]);
    y.push_back(lon[row]);
  }
  reader.read(x, y);
  for (std::size_t i = 0; i < far.size(); ++i) {
    if (near(x[i], y[i]))
      why_not_[far[i]] = WhyNot::swapped;
    else if (!(std::abs(lat[far[i]]) <= 90))
      why_not_[far[i]] = WhyNot::out_of_range;
  }
}

Reason reason_of(RowPlaces::WhyNot why_not) {
  switch (why_not) {
    case RowPlaces::WhyNot::no_coordinates:
      return Reason{"no_coordinates"};
    case RowPlaces::WhyNot::no_numbers:
      return Reason{"coordinates_no_numbers"};
    case RowPlaces::WhyNot::zero:
      return Reason{"coordinates_zero"};
    case RowPlaces::WhyNot::swapped:
      return Reason{"coordinates_swapped"};
    case RowPlaces::WhyNot::out_of_range:
      return Reason{"coordinates_no_degrees"};
    default:
      return Reason{"coordinates_far"};
  }
}

}  // namespace gridloom
