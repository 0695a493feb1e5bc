// SPDX-License-Identifier: Apache-2.0
#include "engine/io/event_log.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "engine/incidents/local_time.h"
#include "engine/progress.h"

namespace gridloom {
namespace {

constexpr const char* kColumns =
    "id, occurred_at, category, subcategory, agency, severity, status, closed_at, x_mm, y_mm, atom_id";

const std::filesystem::path& existing(const std::filesystem::path& project) {
  if (!std::filesystem::is_regular_file(project))
    throw DataError(project.string() + ": no such project file; `gridloom fuse` makes one");
  return project;
}

void require_same(const std::filesystem::path& project, FileIdentity file) {
  if (identity_of(project) != file)
    throw ProjectReplaced(project.string() +
                          ": another file stands there since it was read (fused again, moved or removed); nothing was "
                          "added. Start again, so that the new one is read");
}

const std::filesystem::path& same(const std::filesystem::path& project, FileIdentity file) {
  require_same(project, file);
  return project;
}

bool has_table(Database& database, std::string_view name) {
  Statement there(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  return there.put(name).next();
}

bool has_log(Database& database) { return has_table(database, "incident_log"); }

// What `ask` says of the database at `path`; nothing (false, 0) of another file, or none. SQLite alone may open it
// (Database).
template <class Ask>
std::invoke_result_t<Ask, Database&> if_database(const std::filesystem::path& path, Ask&& ask) {
  if (!std::filesystem::is_regular_file(path)) return {};
  try {
    Database database(path, Database::Mode::read);
    return ask(database);
  } catch (const NotADatabase&) {
    return {};
  }
}

void roll_back(Database& database) {
  try {
    database.exec("ROLLBACK");
  } catch (const DataError&) {
    // SQLite has rolled back by itself; the first error is the one to tell.
  }
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

LogPosition log_position(const std::filesystem::path& project) {
  recover_project(existing(project));
  for (;;) {
    const auto file = identity_of(project);
    Database database(existing(project), Database::Mode::read);
    const std::int64_t seq = last_event_seq(database);
    if (file && identity_of(project) == file) return {project, *file, seq};
  }
}

LogLock::LogLock(const std::filesystem::path& project) : database_(existing(project), Database::Mode::write) {
  database_.exec("BEGIN IMMEDIATE");
}

// The path names the same file before and after it was opened: so that one was opened.
EventLog::EventLog(std::filesystem::path project, FileIdentity read)
    : project_(std::move(project)), file_(read), database_(same(project_, file_), Database::Mode::write) {
  require_same(project_, file_);
  // EXTRA also syncs the folder after the journal is gone: a commit that was told survives a loss of power.
  database_.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
  database_.exec(
      "CREATE TABLE IF NOT EXISTS incident_log (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, occurred_at TEXT, "
      "category TEXT, subcategory TEXT, agency TEXT, severity TEXT, status TEXT, closed_at TEXT, x_mm INTEGER NOT "
      "NULL, y_mm INTEGER NOT NULL, atom_id INTEGER NOT NULL)");
}

std::int64_t EventLog::append(const EventTable& batch, std::span<const FaceId> face_of_event) {
  require_same(project_, file_);
  database_.exec("BEGIN IMMEDIATE");
  try {
    require_same(project_, file_);  // who put another in its place held the lock (LogLock) until then
    const std::int64_t first = last_event_seq(database_) + 1;
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
    return first;
  } catch (...) {
    roll_back(database_);
    throw;
  }
}

std::int64_t last_event_seq(Database& database) {
  if (!has_log(database)) return 0;
  Statement rows(database, "SELECT max(seq) FROM incident_log");
  return rows.next() ? rows.integer() : 0;  // NULL reads as 0
}

std::int64_t read_event_log(Database& database, std::size_t face_count, EventTable& batch,
                            std::vector<FaceId>& face_of_event, std::int64_t after, std::int64_t before) {
  std::int64_t seq = after;
  if (!has_log(database)) return seq;
  std::array<std::unordered_map<std::string, std::uint32_t>, 5> known;
  for (std::size_t f = 0; const StringColumn* column : text_columns(batch)) {
    for (std::uint32_t v = 0; v < column->values.size(); ++v) known[f].emplace(column->values[v], v);
    ++f;
  }
  Statement rows(database,
                 std::string("SELECT seq, ") + kColumns + " FROM incident_log WHERE seq > ? AND seq < ? ORDER BY seq");
  rows.put(after).put(before);
  while (rows.next()) {
    seq = rows.integer();
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
  return seq;
}

bool is_project(const std::filesystem::path& path) {
  return if_database(path, [](Database& database) { return has_table(database, "gridloom_meta"); });
}

std::size_t count_appended_events(const std::filesystem::path& project) {
  return if_database(project, [](Database& database) {
    if (!has_log(database)) return std::size_t{0};
    Statement rows(database, "SELECT count(*) FROM incident_log");
    return rows.next() ? static_cast<std::size_t>(rows.integer()) : 0;
  });
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
  database.exec("SELECT count(*) FROM sqlite_master");
}

}  // namespace gridloom
