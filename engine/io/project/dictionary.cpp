// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/dictionary.h"

#include <algorithm>
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

Text title_of(const City& city, const Subject& subject) {
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

}  // namespace

Text meaning_of(const City& city, const ProjectWords& words, const Table& table, const Column* column) {
  const std::string_view name = column ? column->kind() : std::string_view();
  const auto found = std::find_if(words.meanings.begin(), words.meanings.end(), [&](const Meaning& m) {
    return m.table == table.kind() && m.column == name && m.value.empty();
  });
  if (found == words.meanings.end()) return {};
  const Text title = title_of(city, column && column->of ? column->of : table.of);
  return {filled_in(found->text.en, title.en), filled_in(found->text.zh, title.zh)};
}

void make_dictionary(Database& database, std::string_view in, const City& city, const ProjectWords& words) {
  for (const Table& table : {schema::layers(), schema::columns()})
    make_table(database, in, table, meaning_of(city, words, table));
  put_layers(database, city);
  put_columns(database, city, words);
}

}  // namespace gridloom
