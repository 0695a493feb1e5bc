// SPDX-License-Identifier: Apache-2.0
// A small but complete city drawn by hand, for the tests of whoever needs one.
//
// 16 x 10 squares of 250 m near Qingdao (EPSG:4528), sheared a little so that nothing is parallel to an axis. It has
// two districts of two communities each, and an islet; nine unified grids (grid 1 has a hole, the special grid 5 fills
// it, and nobody lives in grid 9, the islet); and three layers:
//   police      covers everything
//   schools     a cell with a hole, a cell in two pieces, a gap, and an overlap of two cells
//   sanitation  covers the mainland only
// with events, one of them outside the city. All derived tables (areas, crosswalk, duties, zones, conflicts) are
// computed from the drawings by plain group-bys, not by the engine's fusion.
#pragma once

#include <string_view>
#include <vector>

#include "engine/city/city.h"

namespace gridloom::toy {

inline constexpr int kColumns = 16;
inline constexpr int kRows = 10;
inline constexpr int kSquare_mm = 250'000;

// The drawings, row 0 is the northernmost; '.' is outside the city, '-' ground that a layer leaves out. Names:
// "community", "grid", "police", "schools", "overlap" (the second school cell, where there are two), "sanitation".
std::vector<std::string_view> drawing(std::string_view name);

// The lattice point of a place in the drawings: column and row counted from the north-west corner, halves are allowed.
Point at(double column, double row);

City city();

}  // namespace gridloom::toy
