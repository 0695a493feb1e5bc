// SPDX-License-Identifier: Apache-2.0
// Words in a project file, for the people who open it with other software: whoever writes a file brings them along, for
// the engine has none. Without them a file is as good for Gridloom.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "engine/base/text.h"
#include "engine/city/city.h"

namespace gridloom {

// What a table, one of its columns, or a value of that column means. Tables and columns by their kinds (geopackage.h).
// "{}" stands for the title of the layer or level it is of.
struct Meaning {
  std::string_view table, column, value;
  Text text;
};

// What a column is called where software shows it in a table's head, the same in every table that `table` does not
// name.
struct ColumnTitle {
  std::string_view table, column;
  Text text;
};

// A name of what a project of QGIS has beside its tables: "group.grids", "theme.incidents"; or a short one of a table.
struct Phrase {
  std::string_view id;
  Text text;
};

struct ProjectWords {
  std::function<Text(const City&, const Conflict&)> note{};
  std::span<const Meaning> meanings{};
  std::span<const ColumnTitle> titles{};
  std::span<const Phrase> phrases{};
};

}  // namespace gridloom
