// SPDX-License-Identifier: Apache-2.0
// By which column the rows of a table are known. Private to engine/io.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/io/inspection/name_hints.h"
#include "engine/io/inspection/table_facts.h"

namespace gridloom {

struct KeyChoice {
  std::vector<std::string> fields;  // several: no column is unique, these together are
  std::size_t rows = 0;
  std::size_t blank = 0;  // rows without one
  std::size_t distinct = 0;
  std::vector<std::string> others;  // columns that would have done
};

// Unique columns before others, full ones before those with blanks, ids by name before numbers of programs. Empty where
// the table has no column that could be one.
std::optional<KeyChoice> choose_key(const InspectedTable&);

// The column that its name most suggests for a use, among those that `fits` takes; the first among equals.
template <class Fits>
const ColumnFacts* best_column(const InspectedTable& table, ColumnUse use, Fits fits) {
  const ColumnFacts* best = nullptr;
  for (const ColumnFacts& column : table.columns)
    if (const int hint = hint_of(column.name, use);
        hint > 0 && fits(column) && (!best || hint > hint_of(best->name, use)))
      best = &column;
  return best;
}

}  // namespace gridloom
