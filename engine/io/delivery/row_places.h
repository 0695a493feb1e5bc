// SPDX-License-Identifier: Apache-2.0
// The places of a table's rows on a city's lattice: from two columns of numbers or from points, in any coordinates.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/table_file.h"

namespace gridloom {

class RowPlaces {
 public:
  // Throws DataError where a column is missing, where a table without columns of coordinates has no points, and for
  // coordinates of which nobody says what system they are in.
  RowPlaces(const TextTable&, const CataloguePlaces&, const Lattice&);

  // Empty, with the reason, where the row has no usable place: none, no numbers, 0,0, or one beyond the lattice.
  std::optional<Point> at(std::size_t row, const char*& why_not) const;

 private:
  void take_columns(const TextTable&, const CataloguePlaces&);
  void take_points(const TextTable&, const CataloguePlaces&);
  void take(std::size_t row, double x, double y);

  Lattice lattice_;
  std::vector<double> x_, y_;
  std::vector<const char*> why_not_;
};

}  // namespace gridloom
