// SPDX-License-Identifier: Apache-2.0
#include "server/words/event_query.h"
#include "engine/base/strings.h"
#include "engine/io/time_text.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "server/words/event_area.h"
#include "server/words/url.h"

namespace gridloom {
namespace {

// "a-b"
std::optional<std::pair<int, int>> span_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto first = number_of<int>(text.substr(0, dash)), last = number_of<int>(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  return std::pair{*first, *last};
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    out.push_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

std::vector<std::string> sorted_once(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace

std::optional<std::int64_t> parse_moment(std::string_view name, std::string_view text, const std::string& time_zone) {
  if (text.empty()) return std::nullopt;
  if (const auto local = parse_local_time(text)) return local->seconds;  // without a look at the zone's file
  return read_time(name, text, TimeZone(time_zone)).seconds;
}

HourSet parse_hours(std::string_view text) {
  if (text.empty()) return {};
  try {
    if (const auto hours = span_of(text)) return hours_between(hours->first, hours->second);
  } catch (const std::invalid_argument&) {
    // Told below, with the text.
  }
  throw DataError("hours_malformed", {{"given", text}});
}

WeekdaySet parse_weekdays(std::string_view text) {
  WeekdaySet days;
  for (std::string_view word : words(text)) {
    const auto one = number_of<int>(word);
    const auto range = one ? std::pair{*one, *one} : span_of(word).value_or(std::pair{0, 0});
    if (range.first < 1 || range.second > 7 || range.first > range.second)
      throw DataError("weekdays_malformed", {{"given", text}});
    for (int day = range.first; day <= range.second; ++day) days.set(static_cast<std::size_t>(day - 1));
  }
  return days;
}

EventQuestion event_question(const Parameters& parameters, const std::string& prefix) {
  EventQuestion q;
  for (const auto& [key, to] : kAskedOnce) q.*to = parameters.text(prefix + std::string(key));
  for (const auto& [field, to] : kAskedTexts<EventQuestion>)
    q.*to = parameters.texts(prefix + std::string(word_of(field)));
  return q;
}

EventFilter parse_question(const EventQuestion& q, const City& city) {
  EventFilter filter;
  filter.from = parse_moment("from", q.from, city.time_zone);
  filter.to = parse_moment("to", q.to, city.time_zone);
  filter.hours = parse_hours(q.hours);
  filter.weekdays = parse_weekdays(q.weekdays);
  for (std::size_t f = 0; f < kAskedTexts<EventFilter>.size(); ++f)
    filter.*kAskedTexts<EventFilter>[f].second = sorted_once(q.*kAskedTexts<EventQuestion>[f].second);
  set_area(q.area, city, filter);
  return filter;
}

std::string canonical(const EventQuestion& q, const std::string& time_zone) {
  const auto moment = [&](std::string_view name, std::string_view text) {
    const auto time = parse_moment(name, text, time_zone);
    return time ? std::to_string(*time) : std::string();
  };
  std::string text = moment("from", q.from) + '/' + moment("to", q.to) + '/' + parse_hours(q.hours).to_string() + '/' +
                     parse_weekdays(q.weekdays).to_string() + '/' + encode(q.area);
  for (const auto& [field, words] : kAskedTexts<EventQuestion>) {
    text += '/';
    for (const std::string& word : sorted_once(q.*words)) text += encode(word) + ',';
  }
  return text;
}

}  // namespace gridloom
