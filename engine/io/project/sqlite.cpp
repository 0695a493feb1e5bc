// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/sqlite.h"

#include <sqlite3.h>

#include <limits>
#include <utility>

#include "engine/io/sqlite_reading.h"

namespace gridloom {
namespace {

constexpr int kPatience_ms = 10'000;  // with another who writes

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

}  // namespace

Database::Database(const std::filesystem::path& path, Mode mode, std::string called)
    : name_(called.empty() ? path.string() : std::move(called)) {
  constexpr int kWriting = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const bool reading = mode == Mode::read;
  if (reading)
    handle_ = open_for_reading(path).release();
  else
    sqlite3_open_v2(path.c_str(), &handle_, kWriting, nullptr);
  const int done = handle_ ? sqlite3_errcode(handle_) : SQLITE_NOMEM;
  if (handle_ && (done & 0xff) != SQLITE_CANTOPEN && (done & 0xff) != SQLITE_READONLY) {
    sqlite3_busy_timeout(handle_, kPatience_ms);
    return;
  }
  const bool logged = reading && has_write_ahead_log(path);
  const std::string why = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(SQLITE_NOMEM);
  sqlite3_close(handle_);
  if (logged) throw DataError("log_beside_read_only_file").within(name_);
  throw DataError("database_unopened", {{"why", why}}).within(name_);
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::exec(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql.substr(0, 60));
}

void Database::fail(std::string_view doing) const {
  Reason reason{"database_failed", {{"why", sqlite3_errmsg(handle_)}, {"doing", doing}}, {name_}};
  if (sqlite3_errcode(handle_) == SQLITE_NOTADB) throw NotADatabase(std::move(reason));
  if (sqlite3_errcode(handle_) == SQLITE_CORRUPT) throw DamagedDatabase(std::move(reason));
  throw DataError(std::move(reason));
}

bool Database::is_busy() const {
  const int code = sqlite3_errcode(handle_) & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

void Database::close() {
  if (sqlite3_close(handle_) != SQLITE_OK) fail("closing the file");
  handle_ = nullptr;
}

Statement::Statement(Database& database, const std::string& sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &handle_, nullptr) != SQLITE_OK)
    database.fail(sql.substr(0, 60));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::put(std::int64_t v) {
  sqlite3_bind_int64(handle_, ++parameter_, v);
  return *this;
}

Statement& Statement::put(double v) {
  sqlite3_bind_double(handle_, ++parameter_, v);
  return *this;
}

Statement& Statement::put(std::string_view v) {
  sqlite3_bind_text64(handle_, ++parameter_, v.data() ? v.data() : "", v.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::put(std::span<const std::byte> v) {
  sqlite3_bind_blob64(handle_, ++parameter_, v.data(), v.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::put(std::nullopt_t) {
  sqlite3_bind_null(handle_, ++parameter_);
  return *this;
}

void Statement::run() {
  const int code = sqlite3_step(handle_);
  if (code != SQLITE_DONE && code != SQLITE_ROW) database_.fail("writing");
  again();
}

void Statement::again() {
  sqlite3_reset(handle_);
  parameter_ = 0;
}

bool Statement::next() {
  column_ = 0;
  switch (sqlite3_step(handle_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      database_.fail("reading");
  }
}

bool Statement::null_here() const { return sqlite3_column_type(handle_, column_) == SQLITE_NULL; }

bool Statement::integer_here() const { return sqlite3_column_type(handle_, column_) == SQLITE_INTEGER; }

std::int64_t Statement::integer() { return sqlite3_column_int64(handle_, column_++); }

double Statement::real() {
  if (!null_here()) return sqlite3_column_double(handle_, column_++);
  ++column_;
  return std::numeric_limits<double>::quiet_NaN();
}

std::string_view Statement::text() {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column_));
  const int size = sqlite3_column_bytes(handle_, column_++);
  return text ? std::string_view(text, static_cast<std::size_t>(size)) : std::string_view();
}

std::span<const std::byte> Statement::blob() {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column_));
  const int size = sqlite3_column_bytes(handle_, column_++);
  return {data, static_cast<std::size_t>(data ? size : 0)};
}

std::int64_t number_in(Database& database, const std::string& query) {
  Statement rows(database, query);
  return rows.next() ? rows.integer() : 0;  // NULL reads as 0
}

bool has_table(Database& database, std::string_view name) {
  Statement there(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  return there.put(name).next();
}

std::string sql_name(std::string_view identifier) { return quoted(identifier, '"'); }
std::string sql_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace gridloom
