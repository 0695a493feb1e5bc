// SPDX-License-Identifier: Apache-2.0
// Events per cell x periods x texts, in one call.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/base/words.h"
#include "engine/events/event_store.h"

namespace gridloom {

// Of the city's local time. Weeks are those of ISO 8601 and begin on Monday. hour, weekday and month_of_year come again
// and again; the others go on.
enum class Period { hour, weekday, month_of_year, day, week, month, quarter, year };
template <>
inline constexpr auto kWords<Period> = words<Period>({{"hour", Period::hour},
                                                      {"weekday", Period::weekday},
                                                      {"month_of_year", Period::month_of_year},
                                                      {"day", Period::day},
                                                      {"week", Period::week},
                                                      {"month", Period::month},
                                                      {"quarter", Period::quarter},
                                                      {"year", Period::year}});

inline constexpr std::int64_t kNoPeriod = INT64_MIN;

// hour 0-23; weekday 0 (Monday) - 6; month_of_year 0-11; day and week: days since 1970 (of its Monday); month: 12 year
// + month - 1; quarter: 4 year + quarter - 1; year. kNoPeriod: the time, or for an hour the clock, is not known.
std::int64_t period_of(LocalTime, Period);

// "2025-03-01" (day, week: its Monday), "2025-03", "2025-Q1", "2025", "13", "1" (Monday) to "7", "1" to "12"; empty for
// kNoPeriod.
std::string period_text(Period, std::int64_t period);

struct CountOptions {
  bool by_cell = true;
  std::vector<Period> periods{};
  std::vector<EventField> fields{};
  // Also the combinations that did not occur: of `Zeros::cells`, of every period from the first to the last (hours,
  // weekdays and months of the year: of all that are asked about) and of every text.
  bool zeros = false;
  std::size_t most_rows = 50'000'000;  // of the table with zeros
};

// One row for each event that counts.
struct CountedEvents {
  std::vector<Label> cell;                       // kGap: on none. Empty: not by cell
  std::vector<LocalTime> time;                   // empty: not by period
  std::vector<std::vector<std::uint32_t>> code;  // by field: index in `words`
  std::vector<std::vector<std::string>> words;   // by field
  std::size_t size = 0;
};

// What could have occurred.
struct Zeros {
  std::vector<Label> cells;                     // ascending
  std::optional<std::int64_t> from, to;         // [from, to) as in EventFilter; empty: of the events
  HourSet hours;                                // none set: all
  WeekdaySet weekdays;                          // none set: all
  std::vector<std::vector<std::string>> words;  // by field: asked for; empty: those of the events
};

// Columns of equal length; rows ascend by cell, periods as they were asked for, and texts.
struct CountTable {
  std::vector<Label> cell;                        // kGap: on no cell. Empty: not by cell
  std::vector<std::vector<std::int64_t>> period;  // one for each period asked for
  std::vector<std::vector<std::uint32_t>> text;   // one for each field asked for: index in `texts`
  std::vector<std::vector<std::string>> texts;    // ascending
  std::vector<std::uint64_t> count;

  std::size_t rows() const { return count.size(); }
};

// The counts sum to the number of events, those on no cell and of no period included: an event with a date but no clock
// is in its day, week, month and so on, and at no hour. The same events give the same rows in whatever order they come.
// O(events log events), or O(events + combinations) where these are few. Throws DataError for more rows with zeros than
// most_rows, and for more combinations than 63 bits tell apart.
CountTable count_table(const CountedEvents&, const CountOptions&, const Zeros&);

// The label of what a place, and the face it lies on, belong to.
using CellOf = std::function<Label(Point, FaceId)>;

// Of the events that pass; zeros are those of `cells`, within the filter's time, hours, weekdays and texts. `cell_of`
// may be empty where it is not by cell. Throws as select_events and count_table.
CountTable count_events(const EventStore&, const CellOf& cell_of, const EventFilter&, const CountOptions&,
                        std::vector<Label> cells = {});
CountTable count_events(const EventTable&, std::span<const FaceId> face_of_event, const CellOf& cell_of,
                        const EventFilter&, const CountOptions&, std::vector<Label> cells = {});

// By a labeling's table, such as City::grid_of_face, which outlives it.
CellOf by_face(std::span<const Label> of_face);

}  // namespace gridloom
