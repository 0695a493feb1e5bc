// SPDX-License-Identifier: Apache-2.0
// Many places at once: a table in, CSV out.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "engine/arrangement/locate.h"
#include "engine/city/city.h"
#include "engine/io/delivery/table_file.h"
#include "server/cli/console.h"

namespace gridloom::cli {

// A table as fusions and imports read them: CSV in any encoding and with any separator, Excel, or a vector file; CSV
// from a pipe. Throws DataError.
TextTable read_points(const std::filesystem::path&);

struct LocatedRows {
  std::size_t found = 0, outside = 0, no_place = 0;
};

// Every column of the points, then found, reason (why not), on_boundary, grid_code, grid_name (English), grid_name_zh,
// the code of each administrative level, and per layer the id of the unit responsible for the grid, the
// status of that, and the id of the unit drawn at the place (<layer>_here; the leading one where several are). The
// place stands in lon and lat (or longitude and latitude, x and y; any case), in the coordinates that `crs` names as
// Positions has them; or it is the row's point. A row whose place is outside the city, or is no place, has found = 0.
// Throws DataError for columns that are missing.
LocatedRows locate_rows(const City&, const PointLocator&, const std::string& crs, const TextTable& points,
                        std::ostream&, const Console&);

}  // namespace gridloom::cli
