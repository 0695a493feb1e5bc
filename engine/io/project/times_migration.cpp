// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/times_migration.h"

#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/io/project/dictionary.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

namespace schema = project_schema;

// SQLite has no statement for another declared type. Texts stay as they are: DATE and DATETIME turn into numbers only
// what looks like one.
void retype(Database& database, const std::string& table, const std::string& column, const std::string& type) {
  Statement(database, "UPDATE sqlite_schema SET sql = replace(sql, ?2, ?3) WHERE type = 'table' AND name = ?1")
      .put(table)
      .put(sql_name(column) + " TEXT")
      .put(sql_name(column) + " " + type)
      .run();
}

void retype_times(Database& database) {
  database.exec("PRAGMA writable_schema = ON");
  for (const char* column : {"valid_from", "valid_to"}) retype(database, "grids", column, "DATE");
  retype(database, "succession", "at", "DATE");
  retype(database, "history", "at", "DATE");
  // Other connections read the schema again, and so does this one.
  database.exec("PRAGMA schema_version = " + std::to_string(number_in(database, "PRAGMA schema_version") + 1));
  database.exec("PRAGMA writable_schema = RESET");
}

void add_what_is_made_of_others(Database& database, const Table& table) {
  for (const Column& column : table.columns)
    if (!column.made_of.empty())
      database.exec("ALTER TABLE " + sql_name(table.name) + " ADD COLUMN " + declared(column));
}

void add_colours(Database& database, const City& city) {
  std::vector<std::string> tables{"grids", "zones"};
  for (const Layer& layer : city.layers) tables.push_back(schema::aligned_name(layer.id));
  for (const std::string& table : tables)
    if (number_in(database, "SELECT count(*) FROM pragma_table_info(" + sql_text(table) + ") WHERE name = 'colour'") ==
        0)
      database.exec("ALTER TABLE " + sql_name(table) + " ADD COLUMN colour INTEGER");
}

void give_decisions_their_ground(Database& database) {
  std::vector<std::pair<std::int64_t, std::vector<std::byte>>> found;
  Statement select(
      database,
      "SELECT c.fid, g.geom FROM conflicts c JOIN grids g ON g.code = c.grid_code WHERE c.geom IS NULL AND "
      "c.kind IN ('split_duty', 'unmet_target')");
  while (select.next()) {
    const std::int64_t fid = select.integer();
    if (auto ground = multipolygon_of(select.blob())) found.emplace_back(fid, std::move(*ground));
  }
  Statement update(database, "UPDATE conflicts SET geom = ? WHERE fid = ?");
  for (const auto& [fid, ground] : found) update.put(std::span<const std::byte>(ground)).put(fid).run();
  if (found.empty() || !has_table(database, "rtree_conflicts_geom")) return;
  database.exec(
      "UPDATE gpkg_contents SET (min_x, max_x, min_y, max_y) = (SELECT min(minx), max(maxx), min(miny), max(maxy) FROM "
      "rtree_conflicts_geom) WHERE table_name = 'conflicts'");
}

// A planner may have copied a code: then the index finds both.
void make_indexes(Database& database, const City& city) {
  for (Index index : schema::indexes(city)) {
    if (!has_table(database, index.table)) continue;
    try {
      database.exec(create_index_on(index));
    } catch (const DataError&) {
      if (!index.unique) throw;
      index.unique = false;
      database.exec(create_index_on(index));
    }
  }
}

}  // namespace

void times_as_dates(Database& database, std::string_view schema, const ProjectWords& words) {
  if (schema != "main") return;
  retype_times(database);
  add_what_is_made_of_others(database, schema::incidents());
  const City city = described_project(database);
  give_decisions_their_ground(database);
  add_colours(database, city);
  if (!has_table(database, "drawn"))
    add_empty_features(database, schema::drawn(), meaning_of(city, words, schema::drawn()).en);
  make_indexes(database, city);
  refill_dictionary(database, city, words);
  if (!has_table(database, "gpkg_data_columns")) make_data_columns(database, city, words);
}

}  // namespace gridloom
