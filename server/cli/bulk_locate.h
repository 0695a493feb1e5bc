// SPDX-License-Identifier: Apache-2.0
// Many places at once: CSV in, CSV out.
#pragma once

#include <iosfwd>
#include <string>

#include "engine/arrangement/locate.h"
#include "engine/city/city.h"
#include "server/api/position.h"

namespace gridloom::cli {

// Every column of the input, then found, on_boundary, grid_code, grid_name (English), grid_name_zh, the code of each
// administrative level, and per layer the responsible unit's id and the status. The input names its columns in the
// first row; the place stands in lon and lat (or longitude and latitude, x and y; any case). A row whose place is
// outside the city, or is no place, has found = 0. Returns how many rows were found. Throws DataError, with the row's
// number, for columns that are missing and rows that are too short.
std::size_t locate_rows(const City&, const PointLocator&, const Positions&, const std::string& crs, std::istream&,
                        std::ostream&);

}  // namespace gridloom::cli
