// SPDX-License-Identifier: Apache-2.0
// The little of SQLite that the project file needs: a database, statements filled and read from left to right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/errors.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gridloom {

// The file is of another kind.
struct NotADatabase : DataError {
  using DataError::DataError;
};

// The file's pages do not fit together.
struct DamagedDatabase : DataError {
  using DataError::DataError;
};

// Errors of SQLite become DataError with the file's name. Waits up to ten seconds for another who writes.
// While one lives, nothing else in this process may open the file: closing it would drop this one's locks (POSIX).
class Database {
 public:
  enum class Mode { read, write };
  // `called`: the file's name in messages, where people know it by another.
  Database(const std::filesystem::path&, Mode, std::string called = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void exec(const std::string& sql);
  [[noreturn]] void fail(std::string_view doing) const;  // with SQLite's last message; a statement, or a word for it
  bool is_busy() const;                                  // whether the last call failed because another holds the file
  const std::string& name() const { return name_; }
  sqlite3* handle() const { return handle_; }
  void close();  // throws where the destructor could not

 private:
  std::string name_;
  sqlite3* handle_ = nullptr;
};

class Statement {
 public:
  Statement(Database&, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters, in order. A text or blob must live until the statement has run.
  Statement& put(std::int64_t);
  Statement& put(int v) { return put(std::int64_t{v}); }
  Statement& put(std::uint32_t v) { return put(std::int64_t{v}); }
  Statement& put(std::uint64_t v) { return put(static_cast<std::int64_t>(v)); }
  Statement& put(double);  // a NaN becomes NULL
  Statement& put(std::string_view);
  Statement& put(const char* v) { return put(std::string_view(v)); }
  Statement& put(const std::string& v) { return put(std::string_view(v)); }
  Statement& put(std::span<const std::byte>);
  Statement& put(std::nullopt_t);
  template <class T>
  Statement& put(const std::optional<T>& v) {
    return v ? put(*v) : put(std::nullopt);
  }
  Statement& put_text_or_null(std::string_view v) { return v.empty() ? put(std::nullopt) : put(v); }
  void run();  // for statements without rows; ready to be filled again

  bool next();   // the next row, if any
  void again();  // for statements with rows; ready to be filled again
  // Columns of the row, in order. Text and blob stay valid until next().
  bool null_here() const;     // does not move on
  bool integer_here() const;  // a whole number and nothing else; does not move on
  void skip() { ++column_; }
  std::int64_t integer();
  double real();            // NULL is NaN
  std::string_view text();  // NULL is empty
  std::span<const std::byte> blob();

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
  int parameter_ = 0;
  int column_ = 0;
};

// The whole number that a query without parameters tells first; NULL and no row are 0.
std::int64_t number_in(Database&, const std::string& query);
bool has_table(Database&, std::string_view name);

// "name" and 'text' with quotes, for SQL.
std::string sql_name(std::string_view identifier);
std::string sql_text(std::string_view text);

}  // namespace gridloom
