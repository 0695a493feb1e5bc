// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_settings.h"

#include "engine/base/errors.h"

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

void write_settings(const std::filesystem::path& project, const ProjectSettings& settings) {
  if (settings.empty()) return;
  if (!std::filesystem::is_regular_file(project)) throw DataError(project.string() + ": no such project file");
  Database database(project, Database::Mode::write);
  // Without COMMIT all is undone when the database closes.
  database.exec("PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE");
  Statement remove(database, "DELETE FROM gridloom_meta WHERE key = ?");
  Statement insert(database, "INSERT INTO gridloom_meta (key, value) VALUES (?, ?)");
  for (const auto& [name, value] : settings) {
    const std::string key = std::string(kBeginning) + name;
    remove.put(key).run();
    insert.put(key).put(value).run();
  }
  database.exec("COMMIT");
}

}  // namespace gridloom
