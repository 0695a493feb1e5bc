// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/migrations.h"

#include <set>
#include <string>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/facts_migration.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/times_migration.h"

namespace gridloom {
namespace {

constexpr int kFirstFormat = 1;

std::string meta_value(Database& database, std::string_view key) {
  Statement select(database, "SELECT value FROM gridloom_meta WHERE key = ?");
  return select.put(key).next() ? std::string(select.text()) : std::string();
}

[[noreturn]] void refuse_newer(Database& database, int format, int known) {
  const std::string writer = meta_value(database, "written_by");
  if (writer.empty())
    throw DataError("project_format_newer", {{"version", format}, {"newest", known}}).within(database.name());
  throw DataError("project_of_newer_gridloom", {{"version", format}, {"newest", known}, {"writer", writer}})
      .within(database.name());
}

bool is_pending(const Migration& step, int format) { return step.makes > format; }

// What tells a project from others is made of its description where it has no name yet: named before that changes.
void run_steps(Database& database, std::string_view schema, int format, const ProjectWords& words,
               std::span<const Migration> steps) {
  const std::string id = project_id(database);
  for (const Migration& step : steps)
    if (is_pending(step, format)) step.run(database, schema, words);
  put_meta(database, "project_id", id);
  put_meta(database, "format_version", std::to_string(steps.back().makes));
}

}  // namespace

std::span<const Migration> project_migrations() {
  static const std::vector<Migration> steps{{2, {"conflicts", "quality", "gpkg_contents"}, facts_instead_of_texts},
                                            {3, {}, times_as_dates}};
  return steps;
}

int project_format(Database& database, std::span<const Migration> steps) {
  const std::string text = meta_value(database, "format_version");
  const int format = number_of<int>(text).value_or(0);
  if (format < kFirstFormat) throw DataError("format_version_malformed", {{"version", text}}).within(database.name());
  const int known = steps.empty() ? kFirstFormat : steps.back().makes;
  if (format > known) refuse_newer(database, format, known);
  return format;
}

void read_as_today(Database& database, std::span<const Migration> steps) {
  const int format = project_format(database, steps);
  std::set<std::string_view> changed{"gridloom_meta"};
  bool any = false;
  for (const Migration& step : steps)
    if (is_pending(step, format)) {
      any = true;
      changed.insert(step.tables.begin(), step.tables.end());
    }
  if (!any) return;
  database.exec("PRAGMA temp_store = MEMORY");
  for (const std::string_view table : changed)
    if (has_table(database, table))
      database.exec("CREATE TEMP TABLE " + sql_name(table) + " AS SELECT * FROM main." + sql_name(table));
  run_steps(database, "temp", format, {}, steps);
}

void bring_up_to_today(Database& database, const ProjectWords& words, std::span<const Migration> steps) {
  const int format = project_format(database, steps);
  if (steps.empty() || format == steps.back().makes) return;
  teach_geometry(database);
  run_steps(database, "main", format, words, steps);
}

}  // namespace gridloom
