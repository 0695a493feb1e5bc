// SPDX-License-Identifier: Apache-2.0
// Events appended to a project file after it was fused: the table `incident_log`, one row a record, in the order in
// which they came. read_project merges it over `incidents`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/incidents/event.h"
#include "engine/io/file_identity.h"
#include "engine/io/sqlite.h"
#include "engine/progress.h"

namespace gridloom {

// The project file at a path is another one than the one whose atoms a batch names, or is no longer there.
struct ProjectReplaced : DataError {
  using DataError::DataError;
};

// How far someone has read a project: noted before read_project, what came while it was read is read once more, which
// changes nothing.
struct LogPosition {
  std::filesystem::path project;
  FileIdentity file;
  std::int64_t seq = 0;  // of the last record; 0: none
};

// Throws DataError where there is no such project file.
LogPosition log_position(const std::filesystem::path& project);

class EventLog {
 public:
  // Opens the log for appending and makes the table if need be. `read`: the file that was read for the atoms. Throws
  // ProjectReplaced where the path names another by now, DataError where the file cannot be written.
  EventLog(std::filesystem::path project, FileIdentity read);

  // In one transaction, on the disk when this returns: a process or machine that stops in between leaves the whole
  // batch or nothing of it. Waits up to ten seconds for another writer. The seq of the batch's first record; the others
  // follow without a gap. Throws ProjectReplaced where the path names another file by now; DataError.
  std::int64_t append(const EventTable& batch, std::span<const FaceId> face_of_event);

 private:
  std::filesystem::path project_;
  FileIdentity file_;
  Database database_;
};

// Keeps all others from appending to a project as long as it lives: for a writer that will put another file in its
// place. They wait, find the file replaced and are refused. Waits itself for up to ten seconds, then throws DataError.
class LogLock {
 public:
  explicit LogLock(const std::filesystem::path& project);

 private:
  Database database_;
};

// The seq of the last record of an open project file's log; 0 where there is none.
std::int64_t last_event_seq(Database&);

// The records of an open project file's log with after < seq < before, oldest first; nothing where there is no log.
// `face_count` bounds the atoms. Throws DataError for a damaged row. The seq of the last, else `after`.
std::int64_t read_event_log(Database&, std::size_t face_count, EventTable& batch, std::vector<FaceId>& face_of_event,
                            std::int64_t after = 0, std::int64_t before = INT64_MAX);

// Whether there is a project file; another file, or none, is no error.
bool is_project(const std::filesystem::path&);

// How many records a project file's log holds; 0 where there is no such file or log.
std::size_t count_appended_events(const std::filesystem::path& project);

// The records of a project file's log, their places brought to `lattice`; the project's are on its own. For a city that
// is fused again. Throws DataError as read_event_log does.
EventTable appended_events(const std::filesystem::path& project, const Lattice& of_project, std::size_t face_count,
                           const Lattice& lattice);

// Undoes what a writer left half done when it was killed; a reader, who may not write, could not. O(that).
void recover_project(const std::filesystem::path& project);

}  // namespace gridloom
