// SPDX-License-Identifier: Apache-2.0
// The time that events cover, for densities per day, week, month or year.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/words.h"

namespace gridloom {

enum class TimeUnit { whole, day, week, month, year };
template <>
inline constexpr auto kWords<TimeUnit> = words<TimeUnit>({{"day", TimeUnit::day},
                                                          {"week", TimeUnit::week},
                                                          {"month", TimeUnit::month},
                                                          {"year", TimeUnit::year},
                                                          {"", TimeUnit::whole}});

// Of the mean month and year of the Gregorian calendar. Precondition: not whole.
double seconds_of(TimeUnit);

// [from, until), seconds as in LocalTime; whole days at an end that nobody stated.
struct CoveredPeriod {
  std::int64_t from = 0;
  std::int64_t until = 0;
  std::size_t strays = 0;     // before or after it
  std::size_t undated = 0;    // never in it
  std::int64_t gap_from = 0;  // the longest stretch of it without an event
  std::int64_t gap_until = 0;
  bool stated = false;  // both ends were

  std::int64_t length() const { return until - from; }
  std::int64_t gap() const { return gap_until - gap_from; }
  double units(TimeUnit unit) const { return static_cast<double>(length()) / seconds_of(unit); }
  // Whether something can be divided by it. What an open end was taken for cannot be relied on: one day says nothing of
  // a rate.
  bool divides() const;
  // Whether a quarter of it or more has no event: nothing may have been recorded then.
  bool has_gap() const { return 4 * gap() > length(); }
  bool holds(std::int64_t seconds) const { return from <= seconds && seconds < until; }
};

// Of the times of events (kUnknownTime: undated), in any order. An end that is not stated is the day of the first, or
// last, event; there up to one event in a thousand is a stray where a stretch without events divides it from the
// others that is longer than a tenth of the time of the middle 998 in a thousand: a record system that ended years
// ago and a handful of late entries would otherwise thin a density out over years that nobody recorded. Empty where
// an end is open and no event has a time. O(n log n).
std::optional<CoveredPeriod> covered_period(std::vector<std::int64_t> seconds, std::optional<std::int64_t> from,
                                            std::optional<std::int64_t> until);

}  // namespace gridloom
