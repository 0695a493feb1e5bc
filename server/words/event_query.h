// SPDX-License-Identifier: Apache-2.0
// Questions about events as people write them, on the command line and in URLs.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "engine/city/city.h"
#include "engine/events/event_filter.h"
#include "server/words/parameters.h"

namespace gridloom {

// Each throws DataError saying what would do. The empty text asks for nothing.
// As read_time; seconds of the city's wall clock.
std::optional<std::int64_t> parse_moment(std::string_view name, std::string_view text, const std::string& time_zone);
HourSet parse_hours(std::string_view text);        // "22-4": from 22:00 until before 4:00
WeekdaySet parse_weekdays(std::string_view text);  // "1-5", "6,7": 1 is Monday

// Which events, in people's words; what is empty asks for nothing.
struct EventQuestion {
  std::string from, to, hours, weekdays;                                     // as the functions above
  std::string area;                                                          // as set_area
  std::vector<std::string> categories, subcategories, agencies, severities;  // any of these

  friend bool operator==(const EventQuestion&, const EventQuestion&) = default;
};

// What is asked once at most, by its key in URLs; kAskedTexts has the others.
inline constexpr auto kAskedOnce = std::to_array<std::pair<std::string_view, std::string EventQuestion::*>>({
    {"from", &EventQuestion::from},
    {"to", &EventQuestion::to},
    {"hours", &EventQuestion::hours},
    {"weekdays", &EventQuestion::weekdays},
    {"area", &EventQuestion::area},
});

// The question of parameters: from, to, hours, weekdays, area once each, category, subcategory, agency, severity as
// often as wanted, all behind `prefix`. Throws WrongParameter.
EventQuestion event_question(const Parameters&, const std::string& prefix = "");

// Throws DataError saying what would do; words that no event has are told where the filter is used (wanted_texts).
EventFilter parse_question(const EventQuestion&, const City&);

// Equal for questions that mean the same however their words are ordered or repeated, their times and hours written.
// Throws as parse_question does of times, hours and weekdays.
std::string canonical(const EventQuestion&, const std::string& time_zone);

}  // namespace gridloom
