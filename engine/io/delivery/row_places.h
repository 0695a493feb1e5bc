// SPDX-License-Identifier: Apache-2.0
// The places of a table's rows on a city's lattice: from two columns of numbers or from points, in any coordinates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/errors.h"
#include "engine/geometry/lattice.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/crs.h"
#include "engine/io/delivery/table_file.h"

namespace gridloom {

class RowPlaces {
 public:
  // Throws DataError where a column is missing, where a table without columns of coordinates has no points, and for
  // coordinates of which nobody says what system they are in.
  RowPlaces(const TextTable&, const CataloguePlaces&, const Lattice&);

  // Why a row has no usable place.
  enum class WhyNot : std::uint8_t { none, no_coordinates, no_numbers, zero, swapped, out_of_range, far };
  // Empty, with the reason, where the row has no usable place.
  std::optional<Point> at(std::size_t row, WhyNot& why_not) const;

  // What all places share and people should know: a transformation that is not exact to a metre.
  const std::vector<Reason>& remarks() const { return remarks_; }

 private:
  void take_columns(const TextTable&, const CataloguePlaces&);
  void take_points(const TextTable&, const CataloguePlaces&);
  void take(std::size_t row, double x, double y);
  void look_at_degrees(const std::vector<double>& lon, const std::vector<double>& lat, PositionReader&);

  Lattice lattice_;
  std::vector<double> x_, y_;
  std::vector<WhyNot> why_not_;
  std::vector<Reason> remarks_;
};

// Precondition: not none.
Reason reason_of(RowPlaces::WhyNot);

}  // namespace gridloom
