// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/soundness.h"

#include <sstream>
#include <string_view>

#include "engine/io/project/event_log.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {
namespace {

// SQLite's answer is "ok", or sentences, the first under a headline.
void append_lines(std::vector<Reason>& to, std::string_view text, const std::string& file) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line != "ok" && !line.starts_with("***"))
      to.push_back({"file_unsound", {{"why", line}}, {file}});
}

}  // namespace

std::vector<Reason> damage_of(const std::filesystem::path& project) {
  std::vector<Reason> damage;
  if (!std::filesystem::is_regular_file(project)) return damage;
  try {
    recover_project(project);
    Database database(project, Database::Mode::read);
    Statement check(database, "PRAGMA integrity_check(20)");
    while (check.next()) append_lines(damage, check.text(), database.name());
  } catch (const NotADatabase&) {
    return {};
  } catch (const DamagedDatabase& error) {
    damage.push_back(error.reason());
  }
  return damage;
}

void require_sound(const std::filesystem::path& project) {
  const std::vector<Reason> damage = damage_of(project);
  if (!damage.empty()) throw DataError("project_damaged", {{"why", damage.front()}});
}

}  // namespace gridloom
