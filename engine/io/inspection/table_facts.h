// SPDX-License-Identifier: Apache-2.0
// What lies in a file, before anybody has said what it is for: its tables, their columns and where they are. Read by
// the readers of fusions. Private to engine/io.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/progress.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/ground.h"
#include "engine/io/delivery/table_file.h"
#include "engine/io/delivery/vector_file.h"

namespace gridloom {

// What most rows of a table have for ground.
enum class TableShape { areas, lines, points, rows };

struct ColumnFacts {
  std::string name;
  FieldType type = FieldType::text;
  std::size_t filled = 0;    // rows that are not blank
  std::size_t distinct = 0;  // values in them
  std::size_t longest = 0;   // bytes
  bool numbers = false;      // all of them are; then
  bool whole = false;        // without a fraction, and
  double least = 0, most = 0, sum = 0;
  double times = 0;  // share of them that read as a date or time
  bool chinese = false;

  bool unique() const { return filled > 0 && distinct == filled; }
};

struct InspectedTable {
  CatalogueSource source;  // with the table and an encoding that was guessed, as a catalogue has to say them
  bool encoding_guessed = false;
  TableShape shape = TableShape::rows;
  bool lettered = false;  // a drawing: areas by closed lines, what they are called by texts in them
  std::string crs;        // as the file states it, or as its format means it; empty: nobody says
  Extent extent;          // of its features, in its own coordinates
  std::size_t rows = 0;
  std::vector<ColumnFacts> columns;
  std::optional<RawLayer> layer;  // of a vector file; else ...
  std::optional<TextTable> table;

  // The rings that a row's polygons have, or its closed lines draw; only of a layer.
  std::vector<RawRing> rings(std::size_t row) const;
  std::string_view cell(std::size_t row, std::size_t column) const;  // without blanks at its ends
  std::string stem() const;  // what people call it: the table's name, else the file's without ending
};

struct UnreadFile {
  std::string what;  // the file, and its table
  Reason why;
};

// All tables in the files, in the order given and by name. A folder stands for the files in it and below it that are
// layers or tables by their ending. What cannot be read, and a table that is another one over again, goes to
// `left_out`. Throws Cancelled. As long as reading takes.
std::vector<InspectedTable> inspect_files(const std::vector<std::filesystem::path>& files, unsigned threads,
                                          Progress& progress, std::vector<UnreadFile>& left_out);

}  // namespace gridloom
