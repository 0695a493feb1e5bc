// SPDX-License-Identifier: Apache-2.0
// Events appended to a project after it was fused: a log of its own beside the project file, a SQLite database that no
// other program opens, locks or turns to WAL (QGIS does all three to a project while it looks at it). What is
// acknowledged is there, one row of `incident_log` a record, numbered in the order in which they came. event_fold.h
// brings the records into the project: into its own `incident_log`, so that a project is whole without its log, and
// into `incidents`, which other software reads. Readers see all: the numbers tell what they have already.
// Projects of before had their own `incident_log` alone; they are read and folded alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/base/errors.h"
#include "engine/events/event.h"
#include "engine/io/project/file_identity.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

// The project file at a path is another one than the one whose atoms a batch names, or is no longer there.
struct ProjectReplaced : DataError {
  using DataError::DataError;
};

// The disk failed while a batch was settled: it may be there or not. Sent again, the same ids change nothing.
struct Unsettled : DataError {
  using DataError::DataError;
};

// Records, and the face that each lies on.
struct EventBatch {
  EventTable events;
  std::vector<FaceId> faces;
};

// Records that were read, with their numbers.
struct EventRecords {
  EventTable events;
  std::vector<FaceId> faces;
  std::vector<std::int64_t> seq;
};

// How far someone has read a project: noted before read_project, what came while it was read is read once more, which
// changes nothing.
struct LogPosition {
  std::filesystem::path project;
  FileIdentity file;
  std::string id;        // project_id, and ...
  std::string before;    // ... project_before
  std::int64_t seq = 0;  // of the last record; 0: none
};

// Throws DataError where there is no such project file, or the log beside it holds records of another.
LogPosition log_position(const std::filesystem::path& project);

// "city.gpkg-log", beside the file itself where the path is a link to it.
std::filesystem::path log_of(const std::filesystem::path& project);

class EventLog {
 public:
  // Opens the log for appending and makes it if need be; does not open the project. `read`: of the file that was read
  // for the atoms. Throws ProjectReplaced where the path names another by now, DataError where the log cannot be
  // written or is another project's.
  explicit EventLog(LogPosition read);

  struct Appended {
    std::int64_t first = 0;  // the seq of the first record; the others follow without a gap
    EventRecords between{};  // what others appended behind `known`, ...
    bool whole = true;       // ... all of it: none has left the log
  };
  // In one transaction, on the disk when this returns: a process or machine that stops in between leaves all of it or
  // nothing. Waits up to ten seconds for another writer. Does not open the project. Throws ProjectReplaced where the
  // path names another file by now, or the log another project; Unsettled; DataError. After any of them the log is to
  // be opened anew.
  Appended append(std::span<const EventBatch>, std::size_t face_count, std::int64_t known);

 private:
  void require_same() const;

  LogPosition read_;
  std::filesystem::path path_;
  Database database_;
  FileIdentity log_;
};

// Keeps all others from appending to a project as long as it lives: for a writer that will put another file in its
// place. They wait, find the file replaced and are refused. Waits itself for up to ten seconds, then throws DataError.
class LogLock {
 public:
  explicit LogLock(const std::filesystem::path& project);
  ~LogLock();

 private:
  Database database_;
};

// The seq of the last record appended to an open project; 0 where there is none. Throws DataError, as all that follow,
// where the log beside it holds records of another project.
std::int64_t last_event_seq(Database& project);

// The records of an open project and its log with after < seq < before, oldest first. `face_count` bounds the atoms.
// Throws DataError for a damaged row.
EventRecords read_event_log(Database& project, std::size_t face_count, std::int64_t after = 0,
                            std::int64_t before = INT64_MAX);

// Whether there is a project file; another file, or none, is no error.
bool is_project(const std::filesystem::path&);

// How many records that were acknowledged are in neither, because the project is older than its log: a copy of it was
// put back. 0: none.
std::int64_t missing_records(Database& project);

// What was appended to a project since it was fused. Nothing where there is no project; DataError where a log with
// records lies there without its project.
struct AppendedState {
  std::string names;  // of the project and those before it
  std::size_t records = 0;
  std::int64_t last = 0;  // seq
};
AppendedState appended_state(const std::filesystem::path& project);

// The records appended to a project, their places brought to `lattice`; the project's are on its own. For a city that
// is fused again. Throws DataError as read_event_log does.
EventTable appended_events(const std::filesystem::path& project, const Lattice& of_project, std::size_t face_count,
                           const Lattice& lattice);

// Undoes what a writer left half done when it was killed, in the project and its log; a reader, who may not write,
// could not. O(that).
void recover_project(const std::filesystem::path& project);

// --- for those who write projects ---

// Names the project in `gridloom_meta`, every fusion anew; a log says whose it is by that name. Of a project without
// one (of before), what its description and history make of it. A project that was fused again names the one before,
// too
// (`project_before`): the log of that one is its own where the project has all of its records.
std::string project_id(Database& project);

// The records that `incidents` has: up to this seq.
std::int64_t folded_seq(Database& project);

// The seq of the last record in the project's own `incident_log`; 0: none.
std::int64_t last_record(Database& project);

// The seqs up to `last` whose records, but for their places, are the same in both; in order. The places are
// those of each file's own fusion.
std::vector<std::int64_t> same_records(Database&, Database&, std::int64_t last);

// Makes `incident_log` where there is none, and puts records into it: those from `from` on.
void make_event_table(Database&);
void write_records(Database&, const EventTable&, std::span<const FaceId>, std::span<const std::int64_t> seq,
                   std::size_t from = 0);

}  // namespace gridloom
