// SPDX-License-Identifier: Apache-2.0
#include "engine/events/event_filter.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/events/local_time.h"

namespace gridloom {
namespace {

bool at_hour(LocalTime time, const HourSet& hours) {
  return hours.none() || (time.has_clock && hours.test(static_cast<std::size_t>(hour_of(time))));
}

bool on_weekday(LocalTime time, const WeekdaySet& weekdays) {
  return weekdays.none() ||
         (time.seconds != kUnknownTime.seconds && weekdays.test(static_cast<std::size_t>(weekday_of(time))));
}

[[noreturn]] void refuse_text(const std::string& unknown, const std::set<std::string>& known, EventField field) {
  const std::vector<std::string> all(known.begin(), known.end());
  const std::string near = nearest_word(unknown, all).value_or("");
  constexpr std::size_t kShown = 40;  // enough to find a spelling, short enough to read
  std::vector<std::string> shown;
  for (const std::string& name : known) {
    if (name.empty()) continue;
    shown.push_back(shown.size() == kShown ? "..." : name);
    if (shown.size() > kShown) break;
  }
  throw DataError("text_of_no_event",
                  {{"field", word_of(field)}, {"text", unknown}, {"near", near}, {"known", std::move(shown)}});
}

bool passes(const StringColumn& column, const std::vector<bool>& wanted, std::size_t row) {
  return wanted.empty() || wanted[column.of_row[row]];
}

}  // namespace

std::vector<bool> wanted_texts(std::span<const std::string> dictionary, const std::vector<std::string>& asked,
                               EventField field) {
  if (asked.empty() || dictionary.empty()) return {};
  std::vector<bool> wanted(dictionary.size(), false);
  const std::set<std::string> known(dictionary.begin(), dictionary.end());
  for (const std::string& name : asked) {
    if (!known.contains(name)) refuse_text(name, known, field);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (dictionary[i] == name) wanted[i] = true;
  }
  return wanted;
}

bool in_range(LocalTime time, const EventFilter& filter) {
  if (!filter.from && !filter.to) return true;
  if (time.seconds == kUnknownTime.seconds) return false;
  const std::int64_t last = time.has_clock ? time.seconds : time.seconds + kSecondsPerDay - 1;
  return (!filter.from || time.seconds >= *filter.from) && (!filter.to || last < *filter.to);
}

HourSet hours_between(int first, int last) {
  if (first < 0 || first > 23 || last < 0 || last > 24)
    throw std::invalid_argument("hours of the day run from 0 to 24, as in 22-4");
  HourSet hours;
  const int end = last > first ? last : last + 24;
  for (int h = first; h < end; ++h) hours.set(static_cast<std::size_t>(h % 24));
  return hours;
}

bool on_faces(FaceId face, const EventFilter& filter) {
  return filter.faces.empty() || (face != kOutside && face < filter.faces.size() && filter.faces[face]);
}

std::vector<std::uint32_t> select_events(const EventTable& events, const EventFilter& filter,
                                         std::span<const FaceId> face_of_event) {
  if (!filter.faces.empty() && face_of_event.size() != events.size())
    throw std::invalid_argument("a filter by faces needs a face for each event");
  std::vector<std::pair<const StringColumn*, std::vector<bool>>> wanted;
  for (const auto& [field, asked] : kAskedTexts<EventFilter>)
    wanted.emplace_back(&events[field], wanted_texts(events[field].values, filter.*asked, field));
  const auto has_texts = [&](std::size_t row) {
    return std::ranges::all_of(wanted, [&](const auto& w) { return passes(*w.first, w.second, row); });
  };
  const AreaIndex area(filter.area);
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const LocalTime time = events.occurred_at[i];
    if (in_range(time, filter) && at_hour(time, filter.hours) && on_weekday(time, filter.weekdays) && has_texts(i) &&
        (filter.faces.empty() || on_faces(face_of_event[i], filter)) &&
        (filter.area.empty() || area.contains(events.at[i])))
      rows.push_back(static_cast<std::uint32_t>(i));
  }
  return rows;
}

}  // namespace gridloom
