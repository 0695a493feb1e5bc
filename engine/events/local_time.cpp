// SPDX-License-Identifier: Apache-2.0
#include "engine/events/local_time.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace gridloom {
namespace {

// Reads exactly text.size() decimal digits.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)), day = digits(text.substr(8, 2));
  if (!year || !month || !day || *year < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * kSecondsPerDay;
}

std::optional<std::int64_t> parse_clock(std::string_view text) {
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':') return std::nullopt;
  if (text.size() == 8 && text[5] != ':') return std::nullopt;
  const auto hour = digits(text.substr(0, 2)), minute = digits(text.substr(3, 2));
  const auto second = text.size() == 8 ? digits(text.substr(6, 2)) : std::optional<int>{0};
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return (*hour * 60 + *minute) * 60 + *second;
}

// Seconds since midnight, also before 1970.
std::int64_t second_of_day(std::int64_t seconds) {
  return ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
}

}  // namespace

std::optional<LocalTime> parse_local_time(std::string_view text) {
  if (text.size() < 10) return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  if (!date) return std::nullopt;
  if (text.size() == 10) return LocalTime{*date, false};
  if (text[10] != 'T' && text[10] != ' ') return std::nullopt;
  const auto clock = parse_clock(text.substr(11));
  if (!clock) return std::nullopt;
  return LocalTime{*date + *clock, true};
}

std::optional<LocalTime> formatted_local_time(std::string_view text) {
  return text.empty() ? kUnknownTime : parse_local_time(text);
}

std::string format_local_time(LocalTime time) {
  if (time.seconds == kUnknownTime.seconds) return {};
  const std::int64_t second = second_of_day(time.seconds);
  const std::chrono::sys_days day{std::chrono::days{(time.seconds - second) / kSecondsPerDay}};
  const std::chrono::year_month_day date{day};
  std::array<char, 40> text{};
  const int year = static_cast<int>(date.year());
  const unsigned month = static_cast<unsigned>(date.month()), dom = static_cast<unsigned>(date.day());
  const int length = time.has_clock ? std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", year,
                                                    month, dom, static_cast<int>(second / 3600),
                                                    static_cast<int>(second / 60 % 60), static_cast<int>(second % 60))
                                    : std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", year, month, dom);
  return {text.data(), static_cast<std::size_t>(length)};
}

int hour_of(LocalTime time) { return static_cast<int>(second_of_day(time.seconds) / 3600); }

int weekday_of(LocalTime time) {
  const std::int64_t day = (time.seconds - second_of_day(time.seconds)) / kSecondsPerDay;
  return static_cast<int>((day % 7 + 7 + 3) % 7);  // 1970-01-01 was a Thursday
}

}  // namespace gridloom
