// SPDX-License-Identifier: Apache-2.0
// The city's local wall-clock time as text: ISO 8601 without a zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/words.h"
#include "engine/events/event.h"

namespace gridloom {

inline constexpr std::int64_t kSecondsPerDay = 86400;
// LocalTime::seconds of a moment that is not known (an incident that is still open).
inline constexpr LocalTime kUnknownTime{INT64_MIN, false};

// Of dates in digits whose year does not come first: 08/17/2016 is one, 17.08.2016 the other. Nothing tells them apart
// but a declaration.
enum class DateOrder { year_first, month_first, day_first };
template <>
inline constexpr auto kWords<DateOrder> = words<DateOrder>({{"year_first", DateOrder::year_first},
                                                            {"month_first", DateOrder::month_first},
                                                            {"day_first", DateOrder::day_first}});

// "2025-03-01" (a date: has_clock is false), "2025-03-01T13:45", "2025-03-01T13:45:10" or with a space for the T.
// Empty for anything else, for days that do not exist, and for a zone: the city's time zone is its catalogue's.
// Proleptic Gregorian calendar, years 0001 to 9999.
std::optional<LocalTime> parse_local_time(std::string_view);

// "2025-03-01T13:45:10", or "2025-03-01" without a clock, or "" when unknown.
std::string format_local_time(LocalTime);

// What format_local_time gave, "" included: kUnknownTime. Empty for what it never gives.
std::optional<LocalTime> formatted_local_time(std::string_view);

// Hour of the day, 0 to 23. Precondition: has_clock.
int hour_of(LocalTime);

// 0 is Monday, 6 Sunday. Precondition: not kUnknownTime.
int weekday_of(LocalTime);

}  // namespace gridloom
