// SPDX-License-Identifier: Apache-2.0
// Which events count: a time range, hours of the day, weekdays, words and an area.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/events/event.h"
#include "engine/geometry/area_index.h"

namespace gridloom {

using HourSet = std::bitset<24>;
using WeekdaySet = std::bitset<7>;  // bit 0 is Monday (ISO 8601 weekday 1)

// Everything left empty lets every event pass.
struct EventFilter {
  // Half open [from, to), seconds of local time as in LocalTime. An event known by its date only passes when its whole
  // day lies in the range, because nobody knows when on that day it happened.
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::vector<std::string> categories;  // any of these; empty: all
  HourSet hours;                        // hours of the day that pass; none set: all. An event without a clock never
                                        // passes an hour filter.
  WeekdaySet weekdays = {};             // none set: all. A date is enough to know the weekday.
  std::vector<std::string> subcategories = {}, agencies = {}, severities = {};  // as categories
  PolygonRings area = {};        // as in area_index.h. Empty: everywhere.
  std::vector<bool> faces = {};  // by FaceId: events on these faces; events outside the city never. Empty: everywhere.
};

// The fields that texts may be asked for of, and where a filter, or a question in people's words, has them.
template <class Asked>
inline constexpr auto kAskedTexts = std::to_array<std::pair<EventField, std::vector<std::string> Asked::*>>({
    {EventField::category, &Asked::categories},
    {EventField::subcategory, &Asked::subcategories},
    {EventField::agency, &Asked::agencies},
    {EventField::severity, &Asked::severities},
});

// Hours first .. last - 1, past midnight when last <= first: (22, 4) is 22, 23, 0, 1, 2, 3 and (8, 8) the whole day.
// Throws std::invalid_argument unless 0 <= first <= 23 and 0 <= last <= 24.
HourSet hours_between(int first, int last);

// For every text of a dictionary: is it asked for? Nothing asked for: all are, told by an empty result. A text that no
// event has is a spelling mistake until proven otherwise: throws DataError naming it and those there are (an empty
// dictionary is exempt).
std::vector<bool> wanted_texts(std::span<const std::string> dictionary, const std::vector<std::string>& asked,
                               EventField);

// The range of EventFilter.
bool in_range(LocalTime, const EventFilter&);

// On one of the filter's faces, or anywhere where it names none.
bool on_faces(FaceId, const EventFilter&);

// Rows of the events that pass, ascending. `face_of_event` is needed where the filter has faces: throws
// std::invalid_argument without it. Throws as wanted_texts. O(events).
std::vector<std::uint32_t> select_events(const EventTable&, const EventFilter&,
                                         std::span<const FaceId> face_of_event = {});

}  // namespace gridloom
