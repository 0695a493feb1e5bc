// SPDX-License-Identifier: Apache-2.0
// Events appended to a project file after it was fused: the table `incident_log`, one row a record, in the order in
// which they came. read_project merges it over `incidents`.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/incidents/event.h"
#include "engine/io/sqlite.h"

namespace gridloom {

class EventLog {
 public:
  // Opens the log for appending and makes the table if need be. Throws DataError where the file is not there or cannot
  // be written.
  explicit EventLog(const std::filesystem::path& project);

  // In one transaction, on the disk when this returns: a process or machine that stops in between leaves the whole
  // batch or nothing of it. Waits up to ten seconds for another writer. Throws DataError.
  void append(const EventTable& batch, std::span<const FaceId> face_of_event);

 private:
  Database database_;
};

// All records of an open project file's log, oldest first; nothing where there is no log. `face_count` bounds the
// atoms. Throws DataError for a damaged row.
void read_event_log(Database&, std::size_t face_count, EventTable& batch, std::vector<FaceId>& face_of_event);

// How many records a project file's log holds; 0 where there is no such file or log.
std::size_t count_appended_events(const std::filesystem::path& project);

// The records of a project file's log, their places brought to `lattice`; the project's are on its own. For a city that
// is fused again. Throws DataError as read_event_log does.
EventTable appended_events(const std::filesystem::path& project, const Lattice& of_project, std::size_t face_count,
                           const Lattice& lattice);

// Undoes what a writer left half done when it was killed; a reader, who may not write, could not. O(that).
void recover_project(const std::filesystem::path& project);

}  // namespace gridloom
