// SPDX-License-Identifier: Apache-2.0
// Incidents in columns. Carries no personal fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/words.h"
#include "engine/geometry/point.h"

namespace gridloom {

// The longest id, category, subcategory, agency, severity or status of an incident, in bytes: whoever takes incidents
// in refuses longer ones, row by row.
inline constexpr std::size_t kMostEventTextBytes = 256;

// The texts of an incident.
enum class EventField : std::uint8_t { category, subcategory, agency, severity, status };
template <>
inline constexpr auto kWords<EventField> = words<EventField>({{"category", EventField::category},
                                                              {"subcategory", EventField::subcategory},
                                                              {"agency", EventField::agency},
                                                              {"severity", EventField::severity},
                                                              {"status", EventField::status}});
inline constexpr std::size_t kEventFields = kWords<EventField>.size();

// Local time of the city, to the second; `has_clock` is false where the source gave a date only, and such an event
// never counts at an hour of the day.
struct LocalTime {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00:00 local
  bool has_clock = false;
  friend bool operator==(const LocalTime&, const LocalTime&) = default;
};

// Strings are stored once and referred to by index.
struct StringColumn {
  std::vector<std::string> values;
  std::vector<std::uint32_t> of_row;
  const std::string& operator[](std::size_t row) const { return values[of_row[row]]; }
};

// All columns have size() rows.
struct EventTable {
  std::vector<std::string> id;
  std::vector<LocalTime> occurred_at;
  std::vector<Point> at;
  StringColumn category, subcategory, agency, severity, status;
  std::vector<LocalTime> closed_at;  // seconds == INT64_MIN: open or unknown

  std::size_t size() const { return id.size(); }
  StringColumn& operator[](EventField field) { return this->*column_of(field); }
  const StringColumn& operator[](EventField field) const { return this->*column_of(field); }

 private:
  static constexpr StringColumn EventTable::*column_of(EventField field) {
    constexpr StringColumn EventTable::*kColumns[] = {&EventTable::category, &EventTable::subcategory,
                                                      &EventTable::agency, &EventTable::severity, &EventTable::status};
    return kColumns[static_cast<std::size_t>(field)];
  }
};

}  // namespace gridloom
