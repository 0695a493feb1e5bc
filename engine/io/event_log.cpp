// SPDX-License-Identifier: Apache-2.0
#include "engine/io/event_log.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "engine/incidents/local_time.h"
#include "engine/progress.h"

namespace gridloom {
namespace {

constexpr const char* kColumns =
    "id, occurred_at, category, subcategory, agency, severity, status, closed_at, x_mm, y_mm, atom_id";

std::filesystem::path existing(const std::filesystem::path& project) {
  if (!std::filesystem::is_regular_file(project))
    throw DataError(project.string() + ": no such project file; `gridloom fuse` makes one");
  return project;
}

template <class Table>
auto text_columns(Table& t) {
  return std::array{&t.category, &t.subcategory, &t.agency, &t.severity, &t.status};
}

LocalTime time_of(std::string_view text, const Database& database, std::int64_t seq) {
  if (text.empty()) return kUnknownTime;
  if (const auto time = parse_local_time(text)) return *time;
  throw DataError(database.name() + ": table incident_log, row " + std::to_string(seq) + ": '" + std::string(text) +
                  "' is no local time; the file was damaged or changed by other software");
}

}  // namespace

EventLog::EventLog(const std::filesystem::path& project) : database_(existing(project), Database::Mode::write) {
  // EXTRA also syncs the folder after the journal is gone: a commit that was told survives a loss of power.
  database_.exec("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
  database_.exec(
      "CREATE TABLE IF NOT EXISTS incident_log (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, occurred_at TEXT, "
      "category TEXT, subcategory TEXT, agency TEXT, severity TEXT, status TEXT, closed_at TEXT, x_mm INTEGER NOT "
      "NULL, y_mm INTEGER NOT NULL, atom_id INTEGER NOT NULL)");
}

void EventLog::append(const EventTable& batch, std::span<const FaceId> face_of_event) {
  database_.exec("BEGIN IMMEDIATE");
  try {
    Statement insert(
        database_, std::string("INSERT INTO incident_log (") + kColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const std::string occurred = format_local_time(batch.occurred_at[row]),
                        closed = format_local_time(batch.closed_at[row]);
      insert.put(batch.id[row]).put_text_or_null(occurred);
      for (const StringColumn* column : text_columns(batch)) insert.put_text_or_null((*column)[row]);
      insert.put_text_or_null(closed).put(batch.at[row].x).put(batch.at[row].y).put(face_of_event[row]).run();
    }
    database_.exec("COMMIT");
  } catch (...) {
    try {
      database_.exec("ROLLBACK");
    } catch (const DataError&) {
      // SQLite has rolled back by itself; the first error is the one to tell.
    }
    throw;
  }
}

void read_event_log(Database& database, std::size_t face_count, EventTable& batch, std::vector<FaceId>& face_of_event) {
  Statement there(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'incident_log'");
  if (!there.next()) return;
  std::array<std::unordered_map<std::string, std::uint32_t>, 5> known;
  Statement rows(database, std::string("SELECT seq, ") + kColumns + " FROM incident_log ORDER BY seq");
  while (rows.next()) {
    const std::int64_t seq = rows.integer();
    batch.id.emplace_back(rows.text());
    batch.occurred_at.push_back(time_of(rows.text(), database, seq));
    for (std::size_t f = 0; StringColumn * column : text_columns(batch)) {
      const auto [at, fresh] = known[f++].try_emplace(std::string(rows.text()), column->values.size());
      if (fresh) column->values.push_back(at->first);
      column->of_row.push_back(at->second);
    }
    batch.closed_at.push_back(time_of(rows.text(), database, seq));
    const std::int64_t x = rows.integer(), y = rows.integer(), face = rows.integer();
    if (std::max(std::abs(x), std::abs(y)) >= kCoordinateLimit || face < 0 ||
        static_cast<std::size_t>(face) >= face_count)
      throw DataError(database.name() + ": table incident_log, row " + std::to_string(seq) +
                      ": the place does not exist; the file was damaged or changed by other software");
    batch.at.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
    face_of_event.push_back(static_cast<FaceId>(face));
  }
}

std::size_t count_appended_events(const std::filesystem::path& project) {
  if (!std::filesystem::exists(project)) return 0;
  try {
    Database database(project, Database::Mode::read);
    Statement there(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'incident_log'");
    if (!there.next()) return 0;
    Statement rows(database, "SELECT count(*) FROM incident_log");
    return rows.next() ? static_cast<std::size_t>(rows.integer()) : 0;
  } catch (const DataError&) {
    return 0;  // some other file
  }
}

EventTable appended_events(const std::filesystem::path& project, const Lattice& of_project, std::size_t face_count,
                           const Lattice& lattice) {
  EventTable batch;
  std::vector<FaceId> face_of_batch;
  Database database(project, Database::Mode::read);
  read_event_log(database, face_count, batch, face_of_batch);
  for (Point& p : batch.at) p = lattice.round(of_project.metres(p));
  return batch;
}

void recover_project(const std::filesystem::path& project) {
  if (!std::filesystem::exists(project.string() + "-journal")) return;
  Database database(project, Database::Mode::write);
  database.exec("PRAGMA busy_timeout = 10000; SELECT count(*) FROM sqlite_master");
}

}  // namespace gridloom
