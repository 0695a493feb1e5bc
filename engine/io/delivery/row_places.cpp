// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/row_places.h"

#include <stdexcept>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/crs.h"

namespace gridloom {

RowPlaces::RowPlaces(const TextTable& table, const CataloguePlaces& places, const Lattice& lattice)
    : lattice_(lattice), x_(table.rows()), y_(table.rows()), why_not_(table.rows()) {
  if (places.x.empty())
    take_points(table, places);
  else
    take_columns(table, places);
  PositionReader reader(places.source.crs.empty() ? table.crs : places.source.crs, places.source.datum, lattice.crs);
  reader.read(x_, y_);
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
    const std::string_view tx = trimmed(table.cell(row, cx)), ty = trimmed(table.cell(row, cy));
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
  if (x == 0 && y == 0) why_not_[row] = WhyNot::zero;
  x_[row] = x;
  y_[row] = y;
}

Reason reason_of(RowPlaces::WhyNot why_not) {
  switch (why_not) {
    case RowPlaces::WhyNot::no_coordinates:
      return Reason{"no_coordinates"};
    case RowPlaces::WhyNot::no_numbers:
      return Reason{"coordinates_no_numbers"};
    case RowPlaces::WhyNot::zero:
      return Reason{"coordinates_zero"};
    default:
      return Reason{"coordinates_far"};
  }
}

}  // namespace gridloom
