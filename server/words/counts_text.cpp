// SPDX-License-Identifier: Apache-2.0
#include "server/words/counts_text.h"

#include <sstream>

#include "server/words/csv.h"
#include "server/words/json_text.h"

namespace gridloom {

std::string counts_csv(const IncidentCounts& counts) {
  std::ostringstream out;
  CsvRow cells = counts.columns();
  const std::size_t columns = cells.size();
  cells.emplace_back("count");
  write_csv_row(out, cells);
  for (std::size_t row = 0; row < counts.table.rows(); ++row) {
    for (std::size_t c = 0; c < columns; ++c) cells[c] = counts.text(row, c);
    cells.back() = std::to_string(counts.table.count[row]);
    write_csv_row(out, cells);
  }
  return std::move(out).str();
}

std::string counts_json(const IncidentCounts& counts) {
  const std::vector<std::string> columns = counts.columns();
  Json table = Json::array();
  for (std::size_t row = 0; row < counts.table.rows(); ++row) {
    Json object = Json::object();
    for (std::size_t c = 0; c < columns.size(); ++c) object[columns[c]] = counts.text(row, c);
    object["count"] = counts.table.count[row];
    table.push_back(std::move(object));
  }
  return dump(table);
}

}  // namespace gridloom
