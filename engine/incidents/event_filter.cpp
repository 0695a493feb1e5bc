// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/event_filter.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "engine/incidents/local_time.h"
#include "engine/progress.h"

namespace gridloom {
namespace {

bool in_range(LocalTime time, const EventFilter& filter) {
  if (!filter.from && !filter.to) return true;
  if (time.seconds == kUnknownTime.seconds) return false;
  const std::int64_t last = time.has_clock ? time.seconds : time.seconds + kSecondsPerDay - 1;
  return (!filter.from || time.seconds >= *filter.from) && (!filter.to || last < *filter.to);
}

bool at_hour(LocalTime time, const HourSet& hours) {
  return hours.none() || (time.has_clock && hours.test(static_cast<std::size_t>(hour_of(time))));
}

[[noreturn]] void refuse_category(const std::string& unknown, const std::set<std::string>& known) {
  constexpr std::size_t kShown = 40;  // enough to find a spelling, short enough to read
  std::string list;
  std::size_t shown = 0;
  for (const std::string& name : known) {
    if (name.empty()) continue;
    if (shown++ == kShown) {
      list += ", ...";
      break;
    }
    list += (list.empty() ? "" : ", ") + name;
  }
  throw DataError("no incident has the category '" + unknown + "'; the categories are: " + list);
}

// For every entry of the category column's dictionary: is it asked for?
std::vector<bool> wanted_categories(const EventTable& events, const std::vector<std::string>& categories) {
  std::vector<bool> wanted(events.category.values.size(), categories.empty());
  if (categories.empty() || events.size() == 0) return wanted;
  const std::set<std::string> known(events.category.values.begin(), events.category.values.end());
  for (const std::string& name : categories) {
    if (!known.contains(name)) refuse_category(name, known);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (events.category.values[i] == name) wanted[i] = true;
  }
  return wanted;
}

}  // namespace

HourSet hours_between(int first, int last) {
  if (first < 0 || first > 23 || last < 0 || last > 24)
    throw std::invalid_argument("hours of the day run from 0 to 24, as in 22-4");
  HourSet hours;
  const int end = last > first ? last : last + 24;
  for (int h = first; h < end; ++h) hours.set(static_cast<std::size_t>(h % 24));
  return hours;
}

std::vector<std::uint32_t> select_events(const EventTable& events, const EventFilter& filter) {
  const std::vector<bool> wanted = wanted_categories(events, filter.categories);
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const LocalTime time = events.occurred_at[i];
    if (wanted[events.category.of_row[i]] && in_range(time, filter) && at_hour(time, filter.hours))
      rows.push_back(static_cast<std::uint32_t>(i));
  }
  return rows;
}

}  // namespace gridloom
