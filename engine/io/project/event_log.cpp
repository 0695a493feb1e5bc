// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/event_log.h"

#define XXH_INLINE_ALL
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "engine/events/text_interner.h"

namespace gridloom {
namespace {

constexpr const char* kColumns =
    "id, occurred_at, category, subcategory, agency, severity, status, closed_at, x_mm, y_mm, atom_id";

const std::filesystem::path& existing(const std::filesystem::path& project) {
  if (!std::filesystem::is_regular_file(project)) throw DataError("project_missing").within(project.string());
  return project;
}

void require_same_project(const std::filesystem::path& project, FileIdentity file) {
  if (identity_of(project) != file) throw ProjectReplaced(Reason{"project_replaced", {}, {project.string()}});
}

const std::filesystem::path& same(const std::filesystem::path& project, FileIdentity file) {
  require_same_project(project, file);
  return project;
}

bool has_records(Database& database) { return has_table(database, "incident_log"); }

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

std::string meta_of(Database& database, const char* table, const char* key) {
  Statement rows(database, std::string("SELECT value FROM ") + table + " WHERE key = ?");
  return rows.put(key).next() ? std::string(rows.text()) : std::string();
}

[[noreturn]] void refuse_foreign(const std::filesystem::path& log, std::int64_t records) {
  throw DataError("log_of_another_project", {{"incidents", records}}).within(log.string());
}

// Whose log may be a project's.
struct Owner {
  std::string id, before;  // project_id, project_before
  std::int64_t last = 0;   // that the project has
};

Owner owner_of(Database& project) {
  return {project_id(project), meta_of(project, "gridloom_meta", "project_before"), last_record(project)};
}

// Whether a log is the owner's by name. One that has nothing, or nothing but what a project that was fused again took
// over from the one before, is anybody's to claim; another throws.
bool belongs(Database& log, const Owner& owner) {
  if (!has_table(log, "log_meta") || !has_records(log)) return false;
  const std::string id = meta_of(log, "log_meta", "project_id");
  if (id == owner.id) return true;
  if ((' ' + owner.before + ' ').find(' ' + id + ' ') != std::string::npos && last_record(log) <= owner.last)
    return false;
  if (const std::int64_t records = number_in(log, "SELECT count(*) FROM incident_log"); records > 0)
    refuse_foreign(log.name(), records);
  return false;
}

// The log beside an open project, for reading; null where there is none, or nothing of this project in it.
std::unique_ptr<Database> log_beside(Database& project) {
  const std::filesystem::path path = log_of(project.name());
  if (!std::filesystem::is_regular_file(path)) return nullptr;
  auto log = std::make_unique<Database>(path, Database::Mode::read);
  return belongs(*log, owner_of(project)) ? std::move(log) : nullptr;
}

// What was ever appended to a log, though it may have been folded and taken out: 0 for one that is new.
std::int64_t last_of_log(Database& log) {
  return number_in(log, "SELECT seq FROM sqlite_sequence WHERE name = 'incident_log'");
}

// Makes the tables, and notes whose log it is.
void claim(Database& log, const Owner& owner) {
  if (belongs(log, owner)) return;
  log.exec("BEGIN IMMEDIATE");
  log.exec("CREATE TABLE IF NOT EXISTS log_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
  make_event_table(log);
  belongs(log, owner);  // throws, and all of this is undone
  Statement(log, "INSERT OR REPLACE INTO log_meta VALUES ('project_id', ?)").put(owner.id).run();
  log.exec("COMMIT");
}

void roll_back(Database& database) {
  try {
    database.exec("ROLLBACK");
  } catch (const DataError&) {
    // SQLite has rolled back by itself; the first error is the one to tell.
  }
}

DataError damaged_record(const Database& database, std::int64_t seq, const Reason& what) {
  return DataError(Reason{"record_damaged", {{"row", seq}, {"what", what}}, {database.name()}});
}

LocalTime time_of(std::string_view text, const Database& database, std::int64_t seq) {
  if (const auto time = formatted_local_time(text)) return *time;
  throw damaged_record(database, seq, {"not_a_local_time", {{"text", text}}});
}

// The records of one table with after < seq < before, behind those that are there.
void read_records(Database& database, std::size_t face_count, std::int64_t after, std::int64_t before,
                  EventRecords& records) {
  if (!has_records(database)) return;
  EventTable& e = records.events;
  auto words = interners_of(e);
  Statement rows(database,
                 std::string("SELECT seq, ") + kColumns + " FROM incident_log WHERE seq > ? AND seq < ? ORDER BY seq");
  rows.put(after).put(before);
  // Whatever else stands there is no number within the bounds; abs() would not do, INT64_MIN has none.
  const auto within = [&](std::int64_t least, std::int64_t below) -> std::optional<std::int64_t> {
    const bool whole = rows.integer_here();
    const std::int64_t value = rows.integer();
    return whole && value >= least && value < below ? std::optional(value) : std::nullopt;
  };
  while (rows.next()) {
    const std::int64_t seq = rows.integer();
    records.seq.push_back(seq);
    e.id.emplace_back(rows.text());
    e.occurred_at.push_back(time_of(rows.text(), database, seq));
    for (TextInterner& column : words) column.add(rows.text());
    e.closed_at.push_back(time_of(rows.text(), database, seq));
    const auto x = within(1 - kCoordinateLimit, kCoordinateLimit), y = within(1 - kCoordinateLimit, kCoordinateLimit),
               face = within(0, static_cast<std::int64_t>(face_count));
    if (!x || !y || !face) throw damaged_record(database, seq, {"place_does_not_exist"});
    e.at.push_back({static_cast<std::int32_t>(*x), static_cast<std::int32_t>(*y)});
    records.faces.push_back(static_cast<FaceId>(*face));
  }
}

}  // namespace

std::filesystem::path log_of(const std::filesystem::path& project) {
  std::error_code none;
  const std::filesystem::path file = std::filesystem::canonical(project, none);
  return (none ? project : file).string() + "-log";
}

LogPosition log_position(const std::filesystem::path& project) {
  recover_project(existing(project));
  for (;;) {
    const auto file = identity_of(project);
    Database database(existing(project), Database::Mode::read);
    const std::int64_t seq = last_event_seq(database);
    const Owner owner = owner_of(database);
    if (file && identity_of(project) == file) return {project, *file, owner.id, owner.before, seq};
  }
}

LogLock::LogLock(const std::filesystem::path& project) : database_(log_of(existing(project)), Database::Mode::write) {
  database_.exec("BEGIN IMMEDIATE");
}

// A log that was made to be locked only goes again. Who has opened it meanwhile is refused: its name means nothing.
LogLock::~LogLock() {
  try {
    if (number_in(database_, "PRAGMA page_count") == 0) unlink(database_.name().c_str());
  } catch (const DataError&) {
    // An empty file stays.
  }
}

// The path names the same file before and after it was opened: so that one was opened.
EventLog::EventLog(LogPosition read)
    : read_(std::move(read)), path_(log_of(same(read_.project, read_.file))), database_(path_, Database::Mode::write) {
  // A commit zeroes the journal's head and syncs it: a commit that was told survives a loss of power, and no name in
  // the folder changes.
  database_.exec("PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL");
  const auto opened = identity_of(path_);
  claim(database_, {read_.id, read_.before, read_.seq});
  if (!opened) throw DataError("log_taken_away").within(path_.string());
  log_ = *opened;
  require_same();
}

void EventLog::require_same() const {
  require_same_project(read_.project, read_.file);
  if (identity_of(path_) != log_) throw DataError("log_moved").within(path_.string());
}

EventLog::Appended EventLog::append(std::span<const EventBatch> batches, std::size_t face_count, std::int64_t known) {
  require_same();
  database_.exec("BEGIN IMMEDIATE");
  bool settling = false;
  try {
    require_same();  // who put another project in its place held the lock (LogLock) until then
    if (meta_of(database_, "log_meta", "project_id") != read_.id)
      throw ProjectReplaced(Reason{"log_is_anothers_now", {}, {path_.string()}});
    const std::int64_t last = last_of_log(database_);
    Appended done{std::max(last, read_.seq) + 1, {}, true};
    if (last > known) {
      read_records(database_, face_count, known, done.first, done.between);
      done.whole = std::ssize(done.between.seq) == last - known;
    }
    std::vector<std::int64_t> seq;
    for (std::int64_t next = done.first; const EventBatch& batch : batches) {
      seq.resize(batch.events.size());
      std::iota(seq.begin(), seq.end(), next);
      write_records(database_, batch.events, batch.faces, seq);
      next += std::ssize(seq);
    }
    settling = true;
    database_.exec("COMMIT");
    return done;
  } catch (const DataError& error) {
    settling = settling && !database_.is_busy();  // who is only kept waiting has written nothing
    roll_back(database_);
    if (settling) throw Unsettled(error.reason());
    throw;
  }
}

void make_event_table(Database& database) {
  // AUTOINCREMENT: what was folded and taken out leaves its numbers used.
  database.exec(
      "CREATE TABLE IF NOT EXISTS incident_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, "
      "occurred_at TEXT, category TEXT, subcategory TEXT, agency TEXT, severity TEXT, status TEXT, closed_at TEXT, "
      "x_mm INTEGER NOT NULL, y_mm INTEGER NOT NULL, atom_id INTEGER NOT NULL)");
}

void write_records(Database& database, const EventTable& events, std::span<const FaceId> faces,
                   std::span<const std::int64_t> seq, std::size_t from) {
  Statement insert(database, std::string("INSERT INTO incident_log (seq, ") + kColumns +
                                 ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t row = from; row < events.size(); ++row) {
    const std::string occurred = format_local_time(events.occurred_at[row]),
                      closed = format_local_time(events.closed_at[row]);
    insert.put(seq[row]).put(events.id[row]).put_text_or_null(occurred);
    for (const auto& [name, field] : kWords<EventField>) insert.put_text_or_null(events[field][row]);
    insert.put_text_or_null(closed).put(events.at[row].x).put(events.at[row].y).put(faces[row]).run();
  }
}

std::int64_t last_record(Database& project) {
  return has_records(project) ? number_in(project, "SELECT max(seq) FROM incident_log") : 0;
}

std::string project_id(Database& project) {
  if (std::string id = meta_of(project, "gridloom_meta", "project_id"); !id.empty()) return id;
  std::string told;
  for (const char* query :
       {"SELECT key || '=' || value FROM gridloom_meta WHERE key NOT GLOB 'setting_*' AND key NOT GLOB 'incidents_*' "
        "ORDER BY key",
        "SELECT version || '=' || coalesce(at, '') FROM history ORDER BY version", "SELECT count(*) FROM boundaries"}) {
    Statement rows(project, query);
    while (rows.next()) told.append(rows.text()).append(1, '\n');
  }
  const XXH128_hash_t hash = XXH3_128bits(told.data(), told.size());
  char text[40];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

std::int64_t folded_seq(Database& project) {
  return number_in(project, "SELECT CAST(value AS INTEGER) FROM gridloom_meta WHERE key = 'incidents_seq'");
}

std::int64_t last_event_seq(Database& project) {
  const auto log = log_beside(project);
  return std::max({log ? last_of_log(*log) : 0, last_record(project), folded_seq(project)});
}

// What the project has counts, whatever the log says under the same numbers: that may be of an older fusion, or copy.
EventRecords read_event_log(Database& project, std::size_t face_count, std::int64_t after, std::int64_t before) {
  EventRecords records;
  const auto log = log_beside(project);
  if (log) {
    // Records go from the log to the project. Held from here on, the log lets none go until both have been read.
    log->exec("BEGIN");
    number_in(*log, "SELECT min(seq) FROM incident_log");
  }
  const std::int64_t own = last_record(project);
  if (own > after) read_records(project, face_count, after, before, records);
  if (log) read_records(*log, face_count, std::max(after, own), before, records);
  return records;
}

std::int64_t missing_records(Database& project) {
  const auto log = log_beside(project);
  const std::int64_t own = last_record(project);
  if (!log || last_of_log(*log) <= own) return 0;
  Statement first(*log, "SELECT min(seq) FROM incident_log WHERE seq > ?");
  const std::int64_t next = first.put(own).next() && !first.null_here() ? first.integer() : last_of_log(*log) + 1;
  return next - own - 1;
}

std::vector<std::int64_t> same_records(Database& one, Database& other, std::int64_t last) {
  const char* query =
      "SELECT seq, id, occurred_at, category, subcategory, agency, severity, status, closed_at FROM incident_log WHERE "
      "seq <= ? AND seq >= ? ORDER BY seq";
  std::vector<std::int64_t> same;
  const std::int64_t first = number_in(one, "SELECT min(seq) FROM incident_log");
  Statement a(one, query), b(other, query);
  a.put(last).put(first);
  b.put(last).put(first);
  bool more = b.next();
  std::int64_t at = more ? b.integer() : INT64_MAX;
  while (a.next()) {
    const std::int64_t seq = a.integer();
    while (more && at < seq) at = (more = b.next()) ? b.integer() : INT64_MAX;
    if (!more || at != seq) continue;
    bool equal = true;
    for (int column = 0; column < 8; ++column) equal = (a.text() == b.text()) && equal;
    if (equal) same.push_back(seq);
    at = (more = b.next()) ? b.integer() : INT64_MAX;
  }
  return same;
}

bool is_project(const std::filesystem::path& path) {
  return if_database(path, [](Database& database) { return has_table(database, "gridloom_meta"); });
}

AppendedState appended_state(const std::filesystem::path& project) {
  if (!is_project(project)) {
    const auto log = log_of(project);
    const std::int64_t records = if_database(log, [](Database& database) {
      return has_records(database) ? number_in(database, "SELECT count(*) FROM incident_log") : std::int64_t{0};
    });
    if (records > 0) refuse_foreign(log, records);
    return {};
  }
  Database database(project, Database::Mode::read);
  const auto log = log_beside(database);
  const std::int64_t own = last_record(database);
  std::int64_t records = has_records(database) ? number_in(database, "SELECT count(*) FROM incident_log") : 0;
  if (log) {
    Statement further(*log, "SELECT count(*) FROM incident_log WHERE seq > ?");
    if (further.put(own).next()) records += further.integer();
  }
  const Owner owner = owner_of(database);
  return {owner.before.empty() ? owner.id : owner.before + ' ' + owner.id, static_cast<std::size_t>(records),
          std::max(own, log ? last_of_log(*log) : 0)};
}

EventTable appended_events(const std::filesystem::path& project, const Lattice& of_project, std::size_t face_count,
                           const Lattice& lattice) {
  Database database(project, Database::Mode::read);
  EventTable events = read_event_log(database, face_count).events;
  for (Point& p : events.at) p = lattice.round(of_project.metres(p));
  return events;
}

void recover_project(const std::filesystem::path& project) {
  for (const std::filesystem::path& file : {project, log_of(project)}) {
    std::error_code none;
    if (!std::filesystem::exists(file.string() + "-journal", none) || access(file.c_str(), W_OK) != 0) continue;
    Database database(file, Database::Mode::write);
    database.exec("SELECT count(*) FROM sqlite_master");
  }
}

}  // namespace gridloom
