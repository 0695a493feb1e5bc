// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_texts.h"

#include <string>
#include <utility>

#include "engine/base/strings.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {
namespace {

struct TextColumn {
  std::string table, column;
};

// A column of any declared type may hold texts; those of the R-trees hold none.
std::vector<TextColumn> columns_of(Database& database) {
  std::vector<TextColumn> columns;
  Statement select(database,
                   "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name) c "
                   "WHERE t.schema = 'main' AND t.type = 'table' ORDER BY t.name, c.cid");
  while (select.next()) {
    std::string table(select.text());
    columns.push_back({std::move(table), std::string(select.text())});
  }
  return columns;
}

}  // namespace

std::vector<Fault> verify_texts(const std::filesystem::path& project) {
  Database database(project, Database::Mode::read);
  std::vector<Fault> faults;
  for (const auto& [table, column] : columns_of(database)) {
    const std::string name = sql_name(column);
    Statement select(database, "SELECT " + name + " FROM " + sql_name(table) + " WHERE typeof(" + name + ") = 'text'");
    std::size_t wrong = 0;
    std::string first;
    while (select.next()) {
      const std::string_view text = select.text();
      if (!is_utf8(text) && !wrong++) first = shortened(legible(text));
    }
    if (wrong)
      faults.push_back({"text", {}, {"texts_not_utf8", {{"texts", wrong}, {"first", first}}, {table + "." + column}}});
  }
  return faults;
}

}  // namespace gridloom
