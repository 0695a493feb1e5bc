// SPDX-License-Identifier: Apache-2.0
// Filling SQLite's R*Tree in one go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/io/project/sqlite.h"

namespace gridloom {

struct IndexEntry {
  std::int64_t id = 0;
  double min_x = 0, max_x = 0, min_y = 0, max_y = 0;
};

// Creates the two-dimensional R*Tree table `name` (id, minx, maxx, miny, maxy) with these entries; ids must differ.
// Inserting one by one costs a split now and then and scattered nodes; packing sorts the entries into tiles
// (Leutenegger, Lopez, Edgington: STR, ICDE 1997) and writes full nodes in the file format that SQLite documents (The
// SQLite R*Tree Module, §6). O(n log n). Deterministic for distinct boxes.
void create_index(Database&, const std::string& name, std::vector<IndexEntry> entries);

}  // namespace gridloom
