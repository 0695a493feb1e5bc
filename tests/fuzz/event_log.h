// SPDX-License-Identifier: Apache-2.0
// Any values in the rows of a project's log of events, as a damaged file or other software may leave them: read whole
// and within their bounds, or refused by a DataError.
#pragma once

#include <sqlite3.h>

#include <array>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "engine/io/project/event_log.h"
#include "fuzz/bytes.h"

namespace gridloom::fuzz {

inline constexpr std::size_t kFuzzedFaces = 100;

// Empty, with the tables that a project has.
inline Database& empty_log() {
  static Database database = [] {
    const std::filesystem::path file = scratch_folder() / "log.gpkg";
    sqlite3* made = nullptr;
    sqlite3_open(file.c_str(), &made);
    // No columns' types: each value stays what it is.
    sqlite3_exec(made,
                 "CREATE TABLE incident_log (seq INTEGER PRIMARY KEY, id, occurred_at, category, subcategory, agency, "
                 "severity, status, closed_at, x_mm, y_mm, atom_id);"
                 "CREATE TABLE written (seq INTEGER PRIMARY KEY, id)",
                 nullptr, nullptr, nullptr);
    sqlite3_close(made);
    return Database(file, Database::Mode::write);
  }();
  database.exec("DELETE FROM incident_log");
  return database;
}

// A byte for the type, then the value.
inline void put_value(Statement& insert, Numbers& from) {
  const auto type = from.take<std::uint8_t>();
  switch (type % 6) {
    case 0:
      insert.put(from.take_text(type / 6));
      break;
    case 1:
      insert.put(std::int64_t{from.take<std::int8_t>()});
      break;
    case 2:
      insert.put(from.take<std::int64_t>());
      break;
    case 3:
      insert.put(from.take<double>());
      break;
    case 4:
      insert.put(std::nullopt);
      break;
    default:
      insert.put(std::as_bytes(Bytes(reinterpret_cast<const std::uint8_t*>(from.take_text(0).data()), 0)));
  }
}

inline void fill(Database& log, Bytes data) {
  Statement insert(log,
                   "INSERT INTO incident_log (id, occurred_at, category, subcategory, agency, severity, status, "
                   "closed_at, x_mm, y_mm, atom_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (Numbers from(data); !from.rest().empty(); insert.run())
    for (int column = 0; column < 11; ++column) put_value(insert, from);
}

inline bool same(const EventRecords& a, const EventRecords& b) {
  const auto told = [](const EventTable& e, std::size_t row) {
    return std::array{e.id[row], e.category[row], e.subcategory[row], e.agency[row], e.severity[row], e.status[row]};
  };
  bool equal = a.seq == b.seq && a.faces == b.faces && a.events.at == b.events.at &&
               a.events.occurred_at == b.events.occurred_at && a.events.closed_at == b.events.closed_at;
  for (std::size_t row = 0; equal && row < a.seq.size(); ++row) equal = told(a.events, row) == told(b.events, row);
  return equal;
}

inline std::string check_event_log(Bytes data) try {
  Database& log = empty_log();
  fill(log, data);
  const EventRecords read = read_event_log(log, kFuzzedFaces);
  for (std::size_t row = 0; row < read.seq.size(); ++row) {
    const Point at = read.events.at[row];
    if (std::max(std::abs(at.x), std::abs(at.y)) >= kCoordinateLimit) return "a place beyond the lattice";
    if (read.faces[row] >= kFuzzedFaces) return "an atom that is not there";
  }
  log.exec("DELETE FROM incident_log");
  write_records(log, read.events, read.faces, read.seq);
  return same(read_event_log(log, kFuzzedFaces), read) ? "" : "what was written is another";
} catch (const DataError&) {
  return {};
}

}  // namespace gridloom::fuzz
