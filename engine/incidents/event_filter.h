// SPDX-License-Identifier: Apache-2.0
// Which events count: a time range, categories, hours of the day.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/incidents/event.h"

namespace gridloom {

using HourSet = std::bitset<24>;

// Everything left empty lets every event pass.
struct EventFilter {
  // Half open [from, to), seconds of local time as in LocalTime. An event known by its date only passes when its whole
  // day lies in the range, because nobody knows when on that day it happened.
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::vector<std::string> categories;  // any of these; empty: all
  HourSet hours;                        // hours of the day that pass; none set: all. An event without a clock never
                                        // passes an hour filter.
};

// Hours first .. last - 1, past midnight when last <= first: (22, 4) is 22, 23, 0, 1, 2, 3 and (8, 8) the whole day.
// Throws std::invalid_argument unless 0 <= first <= 23 and 0 <= last <= 24.
HourSet hours_between(int first, int last);

// Rows of the events that pass, ascending. A category that no event has is a spelling mistake until proven otherwise:
// throws DataError naming it and the categories there are (an empty table is exempt). O(events).
std::vector<std::uint32_t> select_events(const EventTable&, const EventFilter&);

}  // namespace gridloom
