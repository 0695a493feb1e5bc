// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/dictionary.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

namespace schema = project_schema;

std::string filled_in(std::string text, const std::string& title) {
  if (const std::size_t at = text.find("{}"); at != std::string::npos) text.replace(at, 2, title);
  return text;
}

Text title_of_subject(const City& city, const Subject& subject) {
  if (subject.layer >= 0) return city.layers[static_cast<std::size_t>(subject.layer)].title;
  if (subject.level >= 0) return city.admin[static_cast<std::size_t>(subject.level)].title;
  return {};
}

void make_table(Database& database, std::string_view in, const Table& table, const Text& meaning) {
  database.exec(create_table(table, in));
  Statement(database,
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES (?, 'attributes', ?, ?)")
      .put(table.name)
      .put(table.name)
      .put(meaning.en)
      .run();
}

std::string insert_into(const Table& table) {
  std::string columns, places;
  for (const Column& column : table.columns) {
    columns += (columns.empty() ? "" : ", ") + sql_name(column.name);
    places += places.empty() ? "?" : ", ?";
  }
  return "INSERT INTO " + sql_name(table.name) + " (" + columns + ") VALUES (" + places + ")";
}

void put_layers(Database& database, const City& city) {
  Statement insert(database, insert_into(schema::layers()));
  for (const Layer& layer : city.layers) {
    insert.put(layer.id).put_text_or_null(layer.title.en).put_text_or_null(layer.title.zh);
    insert.put_text_or_null(layer.department.en).put_text_or_null(layer.department.zh);
    insert.put(layer.rank).put(layer.accuracy_m).put(layer.locked ? 1 : 0).put(layer.moved ? 1 : 0).put(layer.weight);
    insert.run();
  }
}

// The table itself, its columns, and the values of those that have words.
void put_columns(Database& database, const City& city, const ProjectWords& words) {
  Statement insert(database, insert_into(schema::columns()));
  const auto put = [&](const Table& table, const Column* column, std::string_view value, const Text& meaning) {
    insert.put(table.name).put_text_or_null(column ? std::string_view(column->name) : std::string_view());
    insert.put_text_or_null(value);
    insert.put_text_or_null(column && value.empty() ? std::string_view(column->unit) : std::string_view());
    insert.put_text_or_null(meaning.en).put_text_or_null(meaning.zh).run();
  };
  for (const Table& table : schema::tables(city)) {
    put(table, nullptr, "", meaning_of(city, words, table));
    for (const Column& column : table.columns) {
      put(table, &column, "", meaning_of(city, words, table, &column));
      for (const Meaning& m : words.meanings)
        if (!m.value.empty() && m.table == table.kind() && m.column == column.kind())
          put(table, &column, m.value, m.text);
    }
  }
}

constexpr const char* kDataColumns = R"(
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
  min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema',
   'read-write');
)";

class DataColumns {
 public:
  DataColumns(Database& database, const City& city, const ProjectWords& words)
      : database_(database),
        city_(city),
        words_(words),
        column_(database,
                "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name) "
                "VALUES (?1, ?2, ?3, ?3, ?4, ?5)"),
        value_(database,
               "INSERT OR IGNORE INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, "
               "description) VALUES (?, 'enum', ?, ?)") {}

  void add(const Table& table) {
    const std::set<std::string> there = columns_in(table.name);
    for (const Column& column : table.columns)
      if (there.contains(column.name)) add(table, column);
  }

 private:
  void add(const Table& table, const Column& column) {
    const std::string title = in_both(title_of(city_, words_, table, column));
    if (title.empty()) return;
    const std::string meaning = in_both(meaning_of(city_, words_, table, &column)), domain = domain_of(table, column);
    column_.put(table.name).put(column.name).put(title).put_text_or_null(meaning).put_text_or_null(domain).run();
  }

  // The values that have words, as a list that others check and show. Empty: it has none.
  std::string domain_of(const Table& table, const Column& column) {
    std::string domain;
    for (const Meaning& m : words_.meanings) {
      if (m.value.empty() || m.table != table.kind() || m.column != column.kind() || !is_closed(m)) continue;
      domain = std::string(m.table) + "_" + std::string(m.column);
      const std::string text = in_both(m.text);
      value_.put(domain).put(m.value).put(text).run();
    }
    return domain;
  }

  // Beside the words, boundaries have the city's own levels.
  static bool is_closed(const Meaning& m) { return m.table != "boundaries"; }

  std::set<std::string> columns_in(const std::string& table) {
    std::set<std::string> names;
    Statement select(database_, "SELECT name FROM pragma_table_xinfo(?)");
    select.put(table);
    while (select.next()) names.emplace(select.text());
    return names;
  }

  Database& database_;
  const City& city_;
  const ProjectWords& words_;
  Statement column_, value_;
};

}  // namespace

Text meaning_of(const City& city, const ProjectWords& words, const Table& table, const Column* column) {
  const std::string_view name = column ? column->kind() : std::string_view();
  const auto found = std::find_if(words.meanings.begin(), words.meanings.end(), [&](const Meaning& m) {
    return m.table == table.kind() && m.column == name && m.value.empty();
  });
  if (found == words.meanings.end()) return {};
  const Text title = title_of_subject(city, column && column->of ? column->of : table.of);
  return {filled_in(found->text.en, title.en), filled_in(found->text.zh, title.zh)};
}

Text title_of(const City& city, const ProjectWords& words, const Table& table, const Column& column) {
  const ColumnTitle* best = nullptr;
  for (const ColumnTitle& t : words.titles)
    if (t.column == column.kind() && (t.table == table.kind() || (t.table.empty() && !best))) best = &t;
  if (!best) return {};
  const Text subject = title_of_subject(city, column.of ? column.of : table.of);
  return {filled_in(best->text.en, subject.en), filled_in(best->text.zh, subject.zh)};
}

std::string in_both(const Text& text) {
  if (text.en.empty() || text.zh.empty() || text.en == text.zh) return text.zh.empty() ? text.en : text.zh;
  return text.zh + " " + text.en;
}

void make_data_columns(Database& database, const City& city, const ProjectWords& words) {
  database.exec(kDataColumns);
  DataColumns columns(database, city, words);
  for (const Table& table : schema::tables(city)) columns.add(table);
  for (std::size_t l = 0; l < city.layers.size(); ++l) columns.add(schema::zones_of(city, l));
}

void make_dictionary(Database& database, std::string_view in, const City& city, const ProjectWords& words) {
  for (const Table& table : {schema::layers(), schema::columns()})
    make_table(database, in, table, meaning_of(city, words, table));
  put_layers(database, city);
  put_columns(database, city, words);
}

void refill_dictionary(Database& database, const City& city, const ProjectWords& words) {
  const auto is_ours = [&](const Table& table) {
    Statement select(database, "SELECT 1 FROM sqlite_schema WHERE name = ? AND sql = ?");
    std::string made = create_table(table);
    made.replace(made.find("main."), 5, "");  // as SQLite keeps it
    return select.put(table.name).put(made).next();
  };
  if (!is_ours(schema::layers()) || !is_ours(schema::columns())) return;
  database.exec(
      "DELETE FROM layers; DELETE FROM columns; DELETE FROM sqlite_sequence WHERE name IN ('layers', 'columns')");
  put_layers(database, city);
  put_columns(database, city, words);
}

}  // namespace gridloom
