// SPDX-License-Identifier: Apache-2.0
// How project files of older formats become those of today: one list, of which every step makes the next version.
//
// A writer brings the file itself up, inside the transaction it writes in: it is of the old format or of the new one,
// whenever the process dies. A reader writes to no file, it may be on a share that cannot be written to: the same steps
// change copies of the tables they name, in the connection's own temporary schema, whose names come before the file's.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/io/project/project_words.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

struct Migration {
  int makes = 0;                         // the version afterwards
  std::vector<std::string_view> tables;  // that it changes; those it makes are its own
  // Says names of tables as they are, but for the schema of a table that it makes: "main", or "temp" for a reader.
  void (*run)(Database&, std::string_view schema, const ProjectWords&) = nullptr;
};

// In order, without a gap up to kProjectFormat.
std::span<const Migration> project_migrations();

// The format of an open project. Throws DataError where the file says none, or one that the last step does not reach.
int project_format(Database&, std::span<const Migration> = project_migrations());

// Lets this connection see an older file's tables as today's, the file stays as it is. For a connection that reads, in
// the transaction in which it does. O(the tables that change).
void read_as_today(Database&, std::span<const Migration> = project_migrations());

// Makes an older file one of today. For a connection that writes, in a transaction that holds the lock. What others
// have put into the file stays.
void bring_up_to_today(Database&, const ProjectWords&, std::span<const Migration> = project_migrations());

}  // namespace gridloom
