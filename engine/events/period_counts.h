// SPDX-License-Identifier: Apache-2.0
// Events per cell x period x category, in one call.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/base/words.h"
#include "engine/events/event_store.h"

namespace gridloom {

// Weeks are those of ISO 8601 and begin on Monday; all are of the city's local time.
enum class Period { none, day, week, month, hour, weekday };
template <>
inline constexpr auto kWords<Period> = words<Period>({{"day", Period::day},
                                                      {"week", Period::week},
                                                      {"month", Period::month},
                                                      {"hour", Period::hour},
                                                      {"weekday", Period::weekday},
                                                      {"", Period::none}});

struct CountOptions {
  bool by_cell = true;
  Period period = Period::none;
  bool by_category = false;
};

inline constexpr std::int64_t kNoPeriod = INT64_MIN;

// A sum over what is not asked for: then the field has its initial value.
struct CountKey {
  Label cell = kGap;                // kGap: on no cell
  std::int64_t period = kNoPeriod;  // day and week: days since 1970 (of its Monday); month: 12 year + month - 1; hour
                                    // 0-23; weekday 0 (Monday) - 6. kNoPeriod: the event's time or clock is not known
  std::uint16_t category = 0;       // index in the store's dictionary
  friend auto operator<=>(const CountKey&, const CountKey&) = default;
};

struct CountRow {
  CountKey key;
  std::uint64_t count = 0;
  friend bool operator==(const CountRow&, const CountRow&) = default;
};

// Sparse: combinations that occur, by cell, period and the text of the category, so that the same events give the same
// rows in whatever order they came. `cell_of_face` is any labeling's table (City::grid_of_face, a layer's
// of_face); the counts sum to the number of events that pass, those on no cell and of no period included. An event with
// a date but no clock is in its day, week, month and weekday, and at no hour. Throws as select_events.
// O(events that pass + rows log rows).
std::vector<CountRow> count_events(const EventStore&, std::span<const Label> cell_of_face, const EventFilter&,
                                   const CountOptions&);

// "2025-03-01" (day, week: its Monday), "2025-03", "13", "1" (Monday) to "7"; empty for kNoPeriod and Period::none.
std::string period_text(Period, std::int64_t period);

}  // namespace gridloom
