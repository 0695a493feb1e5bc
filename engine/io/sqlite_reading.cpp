// SPDX-License-Identifier: Apache-2.0
#include "engine/io/sqlite_reading.h"

#include <string>

namespace gridloom {
namespace {

namespace fs = std::filesystem;

std::string uri_of(const fs::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) uri += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
  return uri;
}

SqliteHandle opened(const std::string& uri) {
  sqlite3* database = nullptr;
  sqlite3_open_v2(uri.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  return {database, &sqlite3_close_v2};
}

}  // namespace

bool has_write_ahead_log(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path.string() + "-wal", error);
  return !error && size > 0;
}

SqliteHandle open_for_reading(const fs::path& path) {
  SqliteHandle file = opened(uri_of(path));
  const int done =
      file ? sqlite3_exec(file.get(), "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr) : SQLITE_NOMEM;
  const bool unwritable = done == SQLITE_CANTOPEN || done == SQLITE_READONLY;
  if (unwritable && fs::exists(path) && !has_write_ahead_log(path)) return opened(uri_of(path) + "?immutable=1");
  return file;
}

}  // namespace gridloom
