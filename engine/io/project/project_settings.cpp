// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_settings.h"

#include "engine/base/errors.h"
#include "engine/io/project/migrations.h"
#include "engine/io/project/project_meta.h"

namespace gridloom {
namespace {

constexpr std::string_view kBeginning = "setting_";

}  // namespace

ProjectSettings read_settings(Database& database) {
  ProjectSettings settings;
  Statement rows(database, "SELECT key, value FROM gridloom_meta WHERE key GLOB 'setting_*'");
  while (rows.next()) {
    const std::string key(rows.text().substr(kBeginning.size()));
    settings[key] = rows.text();
  }
  return settings;
}

ProjectSettings read_settings(const std::filesystem::path& project) {
  Database database(project, Database::Mode::read);
  return read_settings(database);
}

void write_settings(const std::filesystem::path& project, const ProjectSettings& settings, const ProjectWords& words) {
  if (settings.empty()) return;
  if (!std::filesystem::is_regular_file(project)) throw DataError("project_missing").within(project.string());
  Database database(project, Database::Mode::write);
  // Without COMMIT all is undone when the database closes.
  database.exec("PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE");
  bring_up_to_today(database, words);
  for (const auto& [name, value] : settings) put_meta(database, std::string(kBeginning) + name, value);
  database.exec("COMMIT");
}

}  // namespace gridloom
