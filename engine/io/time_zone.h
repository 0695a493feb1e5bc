// SPDX-License-Identifier: Apache-2.0
// From moments in UTC to a city's wall clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/events/event.h"

namespace gridloom {

// A zone of the IANA database as the system has it (RFC 8536 files under /usr/share/zoneinfo). Before its first
// transition its first standard offset holds, after its last one the last.
class TimeZone {
 public:
  // Throws DataError for a name the system's database does not have. "UTC" and the empty name need no database.
  explicit TimeZone(const std::string& name);

  // Seconds since 1970 UTC to LocalTime::seconds. An hour that the clock shows twice maps to one local hour: what the
  // people of the city saw.
  std::int64_t local(std::int64_t utc) const;

 private:
  std::vector<std::int64_t> from_;   // transitions, ascending
  std::vector<std::int32_t> after_;  // offset from each on
  std::int32_t before_ = 0;
};

// What parse_local_time takes, and with a clock also a zone: "Z" or an offset "+08:00", "-0500", "+08", which is turned
// into the zone's local time. Without a zone the text is local time already. Fractions of a second are dropped.
// Empty for anything else.
std::optional<LocalTime> parse_time(std::string_view text, const TimeZone&);

// The same, for whatever takes times in: files, questions, requests. Throws DataError that shows the text, and says
// what would do; `name` is that of the column, key or parameter.
LocalTime read_time(std::string_view name, std::string_view text, const TimeZone&);

}  // namespace gridloom
