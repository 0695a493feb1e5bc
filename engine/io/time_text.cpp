// SPDX-License-Identifier: Apache-2.0
#include "engine/io/time_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

#include "engine/base/strings.h"

namespace gridloom {
namespace {

constexpr std::int64_t kHour = 3600, kHalfDay = 12 * kHour;

// Full-width forms (U+FF01 to U+FF5E) and blanks become their plain ones.
std::string narrowed(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(i)), 1);
    const std::string_view character = text.substr(i, length);
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(character[k]); };
    const int code = length == 3 ? (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f) : 0;
    if (code >= 0xff01 && code <= 0xff5e)
      out += static_cast<char>(code - 0xfee0);
    else if (code == 0x3000 || character == "\u00a0")
      out += ' ';
    else
      out += character;
    i += length;
  }
  return std::string(trimmed(out));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> day_seconds(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (year < 1 || month < 1 || day < 1 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count() * kSecondsPerDay;
}

// What a word beside a clock says of its hours.
enum class Half { none, before_noon, noon, after_noon, night };
struct HalfWord {
  std::string_view word;
  Half half;
};
constexpr std::array<HalfWord, 12> kHalves{{{"凌晨", Half::before_noon},
                                            {"早上", Half::before_noon},
                                            {"上午", Half::before_noon},
                                            {"中午", Half::noon},
                                            {"下午", Half::after_noon},
                                            {"傍晚", Half::after_noon},
                                            {"晚上", Half::night},
                                            {"夜间", Half::night},
                                            {"a.m.", Half::before_noon},
                                            {"p.m.", Half::after_noon},
                                            {"am", Half::before_noon},
                                            {"pm", Half::after_noon}}};

// Hours of the clock of 24; -1: none.
int hour_in(Half half, int hour) {
  if (half == Half::before_noon) return hour > 12 ? -1 : hour % 12;
  if (half == Half::noon) return hour < 11 ? hour + 12 : hour;
  if (half == Half::after_noon) return hour < 12 ? hour + 12 : hour;
  if (half == Half::night) return hour <= 12 ? hour + 12 : hour;  // twelve at night is the day's end
  return hour;
}

class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  std::optional<std::int64_t> date(DateOrder order) {
    const std::size_t digits = count_digits();
    if (digits == 8 || digits == 12 || digits == 14) return compact_date();
    if (digits == 4) return year_first();
    if (digits == 1 || digits == 2) {
      const TimeScanner before = *this;
      if (const auto named = day_and_name()) return named;
      *this = before;
      return order == DateOrder::year_first ? std::nullopt : year_last(order == DateOrder::month_first);
    }
    return name_and_day();
  }

  // 星期五, 周五, also in brackets.
  void weekday() {
    const TimeScanner before = *this;
    blanks();
    const bool open = word("(");
    const bool there =
        (word("星期") || word("周") || word("礼拜")) && one_of({"一", "二", "三", "四", "五", "六", "日", "天"});
    if (!there || (open && !word(")"))) *this = before;
  }

  std::optional<std::int64_t> clock() {
    const std::size_t before = rest_.size();
    word("T") || word(",");
    blanks();
    if (rest_.size() == before && !compact_ && !closed_) return std::nullopt;
    Half half = half_word();
    const auto seconds = compact_ && count_digits() != 1 && count_digits() != 2 ? compact_clock() : hours(half);
    blanks();
    if (!seconds || half != Half::none) return seconds;
    half = half_word();
    return half == Half::none ? seconds : moved(*seconds, half);
  }

  // Seconds east of UTC; nothing where the text says none.
  std::optional<std::int64_t> zone() {
    blanks();
    if (word("Z") || word("UTC") || word("GMT")) return 0;
    const int sign = word("+") ? 1 : word("-") ? -1 : 0;
    if (sign == 0) return std::nullopt;
    const auto hour = number(2, 2);
    const bool parted = word(":");
    const auto minute = parted || count_digits() == 2 ? number(2, 2) : std::optional(0);
    if (!hour || !minute || *hour > 18 || *minute > 59) return std::nullopt;
    return sign * (*hour * kHour + *minute * 60);
  }

 private:
  std::size_t count_digits() const {
    return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_digit) - rest_.begin());
  }
  std::optional<int> number(std::size_t least, std::size_t most) {
    const std::size_t n = std::min(count_digits(), most);
    if (n < least) return std::nullopt;
    const int value = std::atoi(std::string(rest_.substr(0, n)).c_str());
    rest_.remove_prefix(n);
    return value;
  }
  bool word(std::string_view text) {
    if (rest_.size() < text.size() ||
        lower_case(std::string(rest_.substr(0, text.size()))) != lower_case(std::string(text)))
      return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool one_of(std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return word(w); });
  }
  void blanks() {
    while (word(" ") || word("\t")) {
    }
  }
  Half half_word() {
    for (const HalfWord& half : kHalves)
      if (word(half.word)) {
        blanks();
        return half.half;
      }
    return Half::none;
  }

  // --- dates ---

  std::optional<std::int64_t> compact_date() {
    compact_ = true;
    const auto year = number(4, 4), month = number(2, 2), day = number(2, 2);
    return day_seconds(*year, *month, *day);
  }
  std::optional<std::int64_t> year_first() {
    const auto year = number(4, 4);
    if (word("年")) {
      blanks();
      const auto month = number(1, 2);
      if (!month || !word("月")) return std::nullopt;
      blanks();
      const auto day = number(1, 2);
      closed_ = day && (word("日") || word("号"));
      if (!closed_) return std::nullopt;
      return day_seconds(*year, *month, *day);
    }
    const auto sign = separator();
    const auto month = number(1, 2);
    if (!sign || !month || !word(*sign)) return std::nullopt;
    const auto day = number(1, 2);
    return day ? day_seconds(*year, *month, *day) : std::nullopt;
  }
  std::optional<std::int64_t> year_last(bool month_first) {
    const auto one = number(1, 2);
    const auto sign = separator();
    const auto two = number(1, 2);
    if (!sign || !two || !word(*sign)) return std::nullopt;
    const auto year = number(4, 4);
    if (!year) return std::nullopt;
    return month_first ? day_seconds(*year, *one, *two) : day_seconds(*year, *two, *one);
  }
  std::optional<std::string_view> separator() {
    for (const std::string_view sign : {"-", "/", "."})
      if (word(sign)) return sign;
    return std::nullopt;
  }
  // 1-Mar-2024, 1 March 2024
  std::optional<std::int64_t> day_and_name() {
    const auto day = number(1, 2);
    if (!word("-")) blanks();
    const auto month = month_name();
    if (!month) return std::nullopt;
    if (!word("-")) blanks();
    const auto year = number(4, 4);
    return year ? day_seconds(*year, *month, *day) : std::nullopt;
  }
  // Mar 1, 2024
  std::optional<std::int64_t> name_and_day() {
    const auto month = month_name();
    blanks();
    const auto day = number(1, 2);
    word(",");
    blanks();
    const auto year = number(4, 4);
    return month && day && year ? day_seconds(*year, *month, *day) : std::nullopt;
  }
  // In full, or its first three letters.
  std::optional<int> month_name() {
    constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};
    for (std::size_t m = 0; m < kMonths.size(); ++m)
      if (word(kMonths[m]) || word(kMonths[m].substr(0, 3))) {
        word(".");
        return static_cast<int>(m) + 1;
      }
    return std::nullopt;
  }

  // --- clocks ---

  std::optional<std::int64_t> compact_clock() {
    const auto hour = number(2, 2), minute = number(2, 2);
    const auto second = count_digits() >= 2 ? number(2, 2) : std::optional(0);
    if (!hour || !minute || !second) return std::nullopt;
    return seconds_of(*hour, *minute, *second);
  }
  std::optional<std::int64_t> hours(Half half) {
    const auto said = number(1, 2);
    if (!said) return std::nullopt;
    const int hour = hour_in(half, *said);
    if (word(":")) return minutes(hour);
    if (word("时") || word("時") || word("点") || word("點")) return chinese_minutes(hour);
    const TimeScanner before = *this;  // "8 PM" has no minutes
    blanks();
    const bool told = half != Half::none || half_word() != Half::none;
    *this = before;
    return told ? seconds_of(hour, 0, 0) : std::nullopt;
  }
  std::optional<std::int64_t> minutes(int hour) {
    const auto minute = number(2, 2);
    const auto second = minute && word(":") ? number(2, 2) : std::optional(0);
    if (!minute || !second) return std::nullopt;
    if (count_digits() == 0 && (word(".") || word(",")) && !fraction()) return std::nullopt;
    return seconds_of(hour, *minute, *second);
  }
  bool fraction() {
    const std::size_t digits = count_digits();
    rest_.remove_prefix(digits);
    return digits > 0;
  }
  std::optional<std::int64_t> chinese_minutes(int hour) {
    if (word("整")) return seconds_of(hour, 0, 0);
    if (word("半")) return seconds_of(hour, 30, 0);
    const auto minute = number(1, 2);
    if (!minute) return seconds_of(hour, 0, 0);
    word("分");
    const auto second = number(1, 2);
    if (second && !word("秒")) return std::nullopt;
    return seconds_of(hour, *minute, second.value_or(0));
  }
  static std::optional<std::int64_t> seconds_of(int hour, int minute, int second) {
    if (hour < 0 || minute > 59 || second > 59) return std::nullopt;
    const std::int64_t seconds = hour * kHour + minute * 60 + second;
    return seconds <= kSecondsPerDay ? std::optional(seconds) : std::nullopt;
  }
  // By a word that comes after the clock.
  static std::optional<std::int64_t> moved(std::int64_t seconds, Half half) {
    const int hour = hour_in(half, static_cast<int>(seconds / kHour));
    return hour < 0 ? std::nullopt : std::optional(hour * kHour + seconds % kHour);
  }

  std::string_view rest_;
  bool compact_ = false,
       closed_ = false;  // the date is digits alone; ends with a word, so that a clock may follow at once
};

// Days of a spreadsheet, from 1954 to 2118: what else has five digits?
std::optional<LocalTime> of_day_number(std::string_view text) {
  constexpr std::int64_t kDaysBefore1970 = 25569;
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (std::min(digits, text.size()) != 5 || (digits != text.npos && text[5] != '.')) return std::nullopt;
  const auto days = number_of<double>(text);
  if (!days || *days < 20'000 || *days >= 80'000) return std::nullopt;
  const double whole = std::floor(*days);
  const auto midnight = (static_cast<std::int64_t>(whole) - kDaysBefore1970) * kSecondsPerDay;
  if (whole == *days) return LocalTime{midnight, false};
  return LocalTime{midnight + std::llround((*days - whole) * kSecondsPerDay), true};
}

std::optional<LocalTime> of_milliseconds(std::string_view text, const TimeZone& zone) {
  if (text.size() != 13 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return LocalTime{zone.local(*number_of<std::int64_t>(text) / 1000), true};
}

}  // namespace

std::optional<LocalTime> parse_time(std::string_view given, const TimeZone& zone, DateOrder order) {
  if (const auto iso = parse_local_time(given)) return iso;  // nearly all of them
  const std::string text = narrowed(given);
  if (const auto numbered = of_day_number(text)) return numbered;
  if (const auto moment = of_milliseconds(text, zone)) return moment;
  TimeScanner scanner(text);
  const auto day = scanner.date(order);
  if (!day) return std::nullopt;
  scanner.weekday();
  if (scanner.done()) return LocalTime{*day, false};
  const auto clock = scanner.clock();
  if (!clock) return std::nullopt;
  const std::int64_t local = *day + *clock;
  if (scanner.done()) return LocalTime{local, true};
  const auto offset = scanner.zone();
  if (!offset || !scanner.done()) return std::nullopt;
  return LocalTime{zone.local(local - *offset), true};
}

Reason why_no_time(std::string_view name, std::string_view text, DateOrder order) {
  const TimeZone any("");
  const bool year_last = order == DateOrder::year_first &&
                         (parse_time(text, any, DateOrder::month_first) || parse_time(text, any, DateOrder::day_first));
  if (year_last) return {"time_order_undeclared", {{"name", name}, {"given", shortened(std::string(text))}}};
  return {"time_unread", {{"name", name}, {"given", shortened(std::string(text))}}};
}

LocalTime read_time(std::string_view name, std::string_view text, const TimeZone& zone) {
  if (const auto time = parse_time(text, zone)) return *time;
  throw DataError(why_no_time(name, text));
}

}  // namespace gridloom
