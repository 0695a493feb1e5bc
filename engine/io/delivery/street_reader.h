// SPDX-License-Identifier: Apache-2.0
// Streets as lines on the lattice.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/geometry/lattice.h"

namespace gridloom {

// All lines of a vector file (a table of it, where it has several), or of a city catalogue (.yaml, .yml): its linework
// of the kind "road". Edges that are straight in the file's CRS are densified as layers are. Throws DataError naming
// the file: not readable, no lines, no CRS, nothing near the city.
std::vector<std::vector<Point>> read_streets(const std::filesystem::path& file, const std::string& table,
                                             const Lattice&);

// `name` is such a file, or "file:table".
std::vector<std::vector<Point>> read_named_streets(const std::string& name, const Lattice&);

}  // namespace gridloom
