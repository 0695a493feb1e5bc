// SPDX-License-Identifier: Apache-2.0
// Opening a SQLite file that is only to be read. Private to engine/io.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>

namespace gridloom {

using SqliteHandle = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;

// For reading, also where nothing beside the file may be written: one that was left in WAL mode (as QGIS leaves a
// GeoPackage) wants two files there, and does without them when it has no log. Look at sqlite3_errcode: what the handle
// cannot read, it says at the first statement. Null: out of memory.
SqliteHandle open_for_reading(const std::filesystem::path&);

// Whether a log lies beside the file, with changes that are not in it yet.
bool has_write_ahead_log(const std::filesystem::path&);

}  // namespace gridloom
