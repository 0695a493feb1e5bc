// SPDX-License-Identifier: Apache-2.0
// The one reader of times as people, offices and programs write them: for files, questions and requests alike.
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "engine/io/time_zone.h"

namespace gridloom {

// A date, then perhaps a clock, then perhaps a zone; empty for anything else, and for days that do not exist.
//   dates   2024-03-01, 2024/3/1, 2024.3.1, 20240301, 2024年3月1日; 1-Mar-2024, Mar 1, 2024; as `order` declares
//   3/1/2024 clocks  8:30, 08:30:15, 08:30:15.123, 083015 after 20240301, 8时30分15秒, 8点半, 24:00 (the next day's
//   beginning);
//           8:30 PM, 下午8:30
//   zones   Z, UTC, +08:00, -0500, +08: turned into the zone's local time. Without one it is local time already.
// Also a spreadsheet's day number (45352.354; local, the calendar of 1900) and thirteen digits of milliseconds since
// 1970 UTC. Full-width digits and signs are as good as plain ones. Fractions of a second are dropped. A date without a
// clock has none (LocalTime::has_clock).
std::optional<LocalTime> parse_time(std::string_view text, const TimeZone&, DateOrder order = DateOrder::year_first);

// Why parse_time made nothing of it; `name` is that of the column, key or parameter.
Reason why_no_time(std::string_view name, std::string_view text, DateOrder order = DateOrder::year_first);

// As parse_time. Throws DataError(why_no_time).
LocalTime read_time(std::string_view name, std::string_view text, const TimeZone&);

}  // namespace gridloom
