// SPDX-License-Identifier: Apache-2.0
// A regular net of squares or hexagons over a city, to count in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/arrangement/locate.h"
#include "engine/base/words.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom {

enum class CellShape { square, hexagon };
template <>
inline constexpr auto kWords<CellShape> = words<CellShape>({{"square", CellShape::square},
                                                            {"hexagon", CellShape::hexagon}});

// Squares: `size_m` is the side; edges lie on whole multiples of it in the working CRS. Hexagons: the distance between
// opposite sides, which is that of neighbouring centres; two sides run north and south, and a centre lies on the CRS's
// origin. So nets of neighbouring cities, and of other days, are the same.
struct RegularCells {
  CellShape shape = CellShape::square;
  std::int64_t size_mm = 0;
  std::int64_t east_mm = 0, north_mm = 0;        // of the lattice's origin in the working CRS
  std::int64_t first_column = 0, first_row = 0;  // of the window, counted from the CRS's origin; rows go north
  std::int64_t columns = 0, rows = 0;            // of the window
  std::vector<Label> at{};                       // cell at window place row * columns + column, or kGap
  std::vector<std::uint64_t> place{};            // the window place of each cell, ascending

  std::size_t size() const { return place.size(); }
  // The cell that holds a point, or kGap. Squares hold their west and south sides; on a side of hexagons the southern,
  // then the western one holds the point.
  Label cell_at(Point) const;
  Point centre(std::size_t cell) const;
  // Closed, counter-clockwise.
  std::vector<Point> ring(std::size_t cell) const;
  double area_km2() const;
  // "E583500N4507000": a square's south-west corner, a hexagon's centre, whole metres of the working CRS.
  std::string name(std::size_t cell) const;
};

// The cells with their centre in the city (on its border counts). Throws DataError unless 10 <= size_m <= 100 000, for
// a city without ground and for more than a million places in its box, naming the size that would do.
// O(places log n).
RegularCells regular_cells(const Arrangement&, const PointLocator&, CellShape, double size_m, unsigned threads);

// Binary; cells that were left out join nobody. Hexagons meet in sides only: rook and queen are one.
SpatialWeights contiguity(const RegularCells&, Contiguity);

}  // namespace gridloom
