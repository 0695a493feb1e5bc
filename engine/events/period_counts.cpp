// SPDX-License-Identifier: Apache-2.0
#include "engine/events/period_counts.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"

namespace gridloom {
namespace {

std::int64_t day_of(std::int64_t seconds) {
  return (seconds - ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay) / kSecondsPerDay;
}

std::int64_t month_of(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return 12 * static_cast<int>(date.year()) + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

std::int64_t floored(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0); }

bool comes_again(Period period) {
  return period == Period::hour || period == Period::weekday || period == Period::month_of_year;
}

// From one period to the next.
std::int64_t step_of(Period period) { return period == Period::week ? 7 : 1; }

std::int64_t how_many(Period period) { return period == Period::hour ? 24 : period == Period::weekday ? 7 : 12; }

// --- one column of the table: its values as small numbers, in their order ---

struct Dimension {
  std::uint64_t size = 1;
  std::vector<std::uint64_t> all{};  // that could have occurred, ascending
};

struct Columns {
  std::vector<Dimension> dimensions;  // cell, periods, texts
  std::vector<std::int64_t> first;    // by period: what stands at 1; 0 is kNoPeriod
  std::vector<std::vector<std::uint32_t>> rank_of_code;
  std::vector<std::vector<std::string>> texts;
};

std::uint64_t number_of(std::int64_t value, std::int64_t first, Period period) {
  return value == kNoPeriod ? 0 : static_cast<std::uint64_t>((value - first) / step_of(period) + 1);
}

Dimension cells_of(const CountedEvents& events, const Zeros& zeros) {
  Label most = zeros.cells.empty() ? kGap : zeros.cells.back();
  for (const Label cell : events.cell) most = std::max(most, cell);
  Dimension cells{static_cast<std::uint64_t>(most) + 2};
  for (const Label cell : zeros.cells) cells.all.push_back(static_cast<std::uint64_t>(cell) + 1);
  return cells;
}

// Of hours, weekdays and months of the year: those that lie in the time asked about.
std::vector<bool> asked_again(Period period, const Zeros& zeros) {
  std::vector<bool> asked(static_cast<std::size_t>(how_many(period)), true);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (period == Period::hour && zeros.hours.any()) asked[i] = zeros.hours.test(i);
    if (period == Period::weekday && zeros.weekdays.any()) asked[i] = zeros.weekdays.test(i);
  }
  constexpr std::int64_t kYear = 366;
  if (period == Period::hour || !zeros.from || !zeros.to || *zeros.to - *zeros.from > kYear * kSecondsPerDay)
    return asked;
  std::vector<bool> there(asked.size(), false);
  for (std::int64_t day = day_of(*zeros.from); day <= day_of(*zeros.to - 1); ++day)
    there[static_cast<std::size_t>(period_of({day * kSecondsPerDay, false}, period))] = true;
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i] = asked[i] && there[i];
  return asked;
}

struct Range {
  std::int64_t first = INT64_MAX, last = INT64_MIN;
  bool empty() const { return first > last; }
};

Range range_of(const CountedEvents& events, Period period, const CountOptions& options, const Zeros& zeros) {
  Range range;
  for (const LocalTime time : events.time)
    if (const std::int64_t value = period_of(time, period); value != kNoPeriod) {
      range.first = std::min(range.first, value);
      range.last = std::max(range.last, value);
    }
  if (!options.zeros) return range;
  if (zeros.from && (zeros.to || !range.empty())) range.first = period_of({*zeros.from, false}, period);
  if (zeros.to && (zeros.from || !range.empty())) range.last = period_of({*zeros.to - 1, false}, period);
  return range;
}

void refuse_more(double rows, std::size_t most) {
  if (rows > static_cast<double>(most))
    throw DataError("counts_too_many_rows",
                    {{"rows", static_cast<std::uint64_t>(std::min(rows, 1e18))}, {"most", most}});
}

void add_period(const CountedEvents& events, Period period, const CountOptions& options, const Zeros& zeros,
                Columns& columns) {
  Dimension numbers;
  if (comes_again(period)) {
    columns.first.push_back(0);
    numbers.size = static_cast<std::uint64_t>(how_many(period)) + 1;
    const std::vector<bool> asked = asked_again(period, zeros);
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (asked[i]) numbers.all.push_back(i + 1);
  } else if (const Range range = range_of(events, period, options, zeros); range.empty()) {
    columns.first.push_back(0);
  } else {
    columns.first.push_back(range.first);
    numbers.size = number_of(range.last, range.first, period) + 1;
    if (options.zeros) {
      refuse_more(static_cast<double>(numbers.size), options.most_rows);
      for (std::uint64_t i = 1; i < numbers.size; ++i) numbers.all.push_back(i);
    }
  }
  columns.dimensions.push_back(std::move(numbers));
}

// Dictionaries have their words in the order in which they came, which the same events may do in many ways.
void add_texts(const CountedEvents& events, std::size_t field, const Zeros& zeros, Columns& columns) {
  const std::vector<std::string>& words = events.words[field];
  std::vector<bool> used(words.size(), false);
  for (const std::uint32_t code : events.code[field]) used[code] = true;
  std::vector<std::string> texts = field < zeros.words.size() ? zeros.words[field] : std::vector<std::string>{};
  for (std::size_t i = 0; i < words.size(); ++i)
    if (used[i]) texts.push_back(words[i]);
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  std::vector<std::uint32_t> rank;
  for (const std::string& word : words)
    rank.push_back(static_cast<std::uint32_t>(std::lower_bound(texts.begin(), texts.end(), word) - texts.begin()));
  Dimension numbers{std::max<std::uint64_t>(1, texts.size())};
  for (std::uint64_t i = 0; i < texts.size(); ++i) numbers.all.push_back(i);
  columns.dimensions.push_back(std::move(numbers));
  columns.rank_of_code.push_back(std::move(rank));
  columns.texts.push_back(std::move(texts));
}

Columns columns_of(const CountedEvents& events, const CountOptions& options, const Zeros& zeros) {
  Columns columns;
  if (options.by_cell) columns.dimensions.push_back(cells_of(events, zeros));
  for (const Period period : options.periods) add_period(events, period, options, zeros, columns);
  for (std::size_t f = 0; f < options.fields.size(); ++f) add_texts(events, f, zeros, columns);
  return columns;
}

// --- rows as one number: the columns are its digits, the cell the first ---

std::uint64_t combinations(const Columns& columns) {
  Int128 product = 1;
  for (const Dimension& d : columns.dimensions) {
    product *= d.size;
    if (product > INT64_MAX) throw DataError("counts_too_many_combinations");
  }
  return static_cast<std::uint64_t>(product);
}

template <class Visit>
void each_key(const CountedEvents& events, const CountOptions& options, const Columns& columns, Visit&& visit) {
  for (std::size_t e = 0; e < events.size; ++e) {
    std::size_t d = 0;
    std::uint64_t key = 0;
    const auto digit = [&](std::uint64_t number) { key = key * columns.dimensions[d++].size + number; };
    if (options.by_cell) digit(static_cast<std::uint64_t>(std::int64_t{events.cell[e]} + 1));
    for (std::size_t p = 0; p < options.periods.size(); ++p)
      digit(number_of(period_of(events.time[e], options.periods[p]), columns.first[p], options.periods[p]));
    for (std::size_t f = 0; f < options.fields.size(); ++f) digit(columns.rank_of_code[f][events.code[f][e]]);
    visit(key);
  }
}

using Counted = std::pair<std::uint64_t, std::uint64_t>;  // key, count

std::vector<Counted> occurring(const CountedEvents& events, const CountOptions& options, const Columns& columns) {
  constexpr std::uint64_t kFew = 1u << 22;
  const std::uint64_t all = combinations(columns);
  std::vector<Counted> found;
  if (all <= std::max<std::uint64_t>(kFew, events.size)) {
    std::vector<std::uint64_t> counts(all, 0);
    each_key(events, options, columns, [&](std::uint64_t key) { ++counts[key]; });
    for (std::uint64_t key = 0; key < all; ++key)
      if (counts[key] > 0) found.emplace_back(key, counts[key]);
    return found;
  }
  std::vector<std::uint64_t> keys;
  keys.reserve(events.size);
  each_key(events, options, columns, [&](std::uint64_t key) { keys.push_back(key); });
  std::sort(keys.begin(), keys.end());
  for (std::size_t i = 0; i < keys.size();) {
    const std::size_t begin = i;
    while (i < keys.size() && keys[i] == keys[begin]) ++i;
    found.emplace_back(keys[begin], i - begin);
  }
  return found;
}

// Every combination of what could have occurred, ascending.
std::vector<std::uint64_t> every_key(const Columns& columns, std::size_t most_rows) {
  double rows = 1;
  for (const Dimension& d : columns.dimensions) rows *= static_cast<double>(d.all.size());
  refuse_more(rows, most_rows);
  std::vector<std::uint64_t> keys{0};
  for (const Dimension& d : columns.dimensions) {
    std::vector<std::uint64_t> longer;
    longer.reserve(keys.size() * d.all.size());
    for (const std::uint64_t key : keys)
      for (const std::uint64_t number : d.all) longer.push_back(key * d.size + number);
    keys = std::move(longer);
  }
  return keys;
}

std::vector<Counted> with_zeros(const std::vector<Counted>& found, const std::vector<std::uint64_t>& every) {
  std::vector<Counted> all;
  all.reserve(std::max(found.size(), every.size()));
  auto next = found.begin();
  for (const std::uint64_t key : every) {
    while (next != found.end() && next->first < key) all.push_back(*next++);
    if (next != found.end() && next->first == key)
      all.push_back(*next++);
    else
      all.emplace_back(key, 0);
  }
  all.insert(all.end(), next, found.end());
  return all;
}

CountTable table_of(const std::vector<Counted>& rows, const CountOptions& options, Columns columns) {
  CountTable table;
  table.period.resize(options.periods.size());
  table.text.resize(options.fields.size());
  for (auto& column : table.period) column.resize(rows.size());
  for (auto& column : table.text) column.resize(rows.size());
  if (options.by_cell) table.cell.resize(rows.size());
  table.count.reserve(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::uint64_t key = rows[r].first;
    std::size_t d = columns.dimensions.size();
    const auto digit = [&] {
      const std::uint64_t size = columns.dimensions[--d].size, number = key % size;
      key /= size;
      return number;
    };
    for (std::size_t f = options.fields.size(); f-- > 0;) table.text[f][r] = static_cast<std::uint32_t>(digit());
    for (std::size_t p = options.periods.size(); p-- > 0;)
      if (const auto number = static_cast<std::int64_t>(digit()); number == 0)
        table.period[p][r] = kNoPeriod;
      else
        table.period[p][r] = columns.first[p] + (number - 1) * step_of(options.periods[p]);
    if (options.by_cell) table.cell[r] = static_cast<Label>(static_cast<std::int64_t>(digit()) - 1);
    table.count.push_back(rows[r].second);
  }
  table.texts = std::move(columns.texts);
  return table;
}

// --- events that pass ---

Zeros zeros_of(const EventFilter& filter, const CountOptions& options, std::vector<Label> cells) {
  Zeros zeros{std::move(cells), filter.from, filter.to, filter.hours, filter.weekdays, {}};
  for (const EventField field : options.fields) {
    zeros.words.emplace_back();
    for (std::size_t f = 0; f < kAskedTexts<EventFilter>.size(); ++f)
      if (kAskedTexts<EventFilter>[f].first == field) zeros.words.back() = filter.*kAskedTexts<EventFilter>[f].second;
  }
  return zeros;
}

CountedEvents nothing_yet(const CountOptions& options) {
  CountedEvents events;
  events.code.resize(options.fields.size());
  events.words.resize(options.fields.size());
  return events;
}

}  // namespace

std::int64_t period_of(LocalTime time, Period period) {
  if (time.seconds == kUnknownTime.seconds) return kNoPeriod;
  switch (period) {
    case Period::hour:
      return time.has_clock ? hour_of(time) : kNoPeriod;
    case Period::weekday:
      return weekday_of(time);
    case Period::month_of_year:
      return month_of(day_of(time.seconds)) - 12 * floored(month_of(day_of(time.seconds)), 12);
    case Period::day:
      return day_of(time.seconds);
    case Period::week:
      return day_of(time.seconds) - weekday_of(time);
    case Period::month:
      return month_of(day_of(time.seconds));
    case Period::quarter:
      return floored(month_of(day_of(time.seconds)), 3);
    case Period::year:
      return floored(month_of(day_of(time.seconds)), 12);
  }
  return kNoPeriod;
}

std::string period_text(Period period, std::int64_t value) {
  if (value == kNoPeriod) return {};
  const auto day_text = [](std::int64_t day) { return format_local_time({day * kSecondsPerDay, false}); };
  const auto month_text = [&](std::int64_t month) {
    const std::chrono::year_month_day first{
        std::chrono::year{static_cast<int>(floored(month, 12))},
        std::chrono::month{static_cast<unsigned>(month - 12 * floored(month, 12) + 1)}, std::chrono::day{1}};
    return day_text(std::chrono::sys_days{first}.time_since_epoch().count()).substr(0, 7);
  };
  switch (period) {
    case Period::hour:
      return std::to_string(value);
    case Period::weekday:
    case Period::month_of_year:
      return std::to_string(value + 1);
    case Period::day:
    case Period::week:
      return day_text(value);
    case Period::month:
      return month_text(value);
    case Period::quarter:
      return month_text(3 * value).substr(0, 5) + "Q" + std::to_string(value - 4 * floored(value, 4) + 1);
    case Period::year:
      return month_text(12 * value).substr(0, 4);
  }
  return {};
}

CountTable count_table(const CountedEvents& events, const CountOptions& options, const Zeros& zeros) {
  Columns columns = columns_of(events, options, zeros);
  std::vector<Counted> rows = occurring(events, options, columns);
  if (options.zeros) rows = with_zeros(rows, every_key(columns, options.most_rows));
  return table_of(rows, options, std::move(columns));
}

CountTable count_events(const EventStore& store, const CellOf& cell_of, const EventFilter& filter,
                        const CountOptions& options, std::vector<Label> cells) {
  const EventMatcher matcher(store, filter);
  CountedEvents events = nothing_yet(options);
  for (std::size_t f = 0; f < options.fields.size(); ++f) events.words[f] = store.dictionary(options.fields[f]);
  for (const EventStore::Part& part : store.parts()) {
    const EventChunk& chunk = *part.chunk;
    const auto [begin, end] = matcher.rows(part);
    for (std::size_t row = begin; row < end; ++row) {
      if (!matcher.passes(part, row)) continue;
      ++events.size;
      if (options.by_cell) events.cell.push_back(cell_of(chunk.at[row], chunk.face[row]));
      if (!options.periods.empty()) events.time.push_back(chunk.occurred_at(row));
      for (std::size_t f = 0; f < options.fields.size(); ++f)
        events.code[f].push_back(chunk.code[static_cast<std::size_t>(options.fields[f])][row]);
    }
  }
  return count_table(events, options, zeros_of(filter, options, std::move(cells)));
}

CountTable count_events(const EventTable& table, std::span<const FaceId> face_of_event, const CellOf& cell_of,
                        const EventFilter& filter, const CountOptions& options, std::vector<Label> cells) {
  CountedEvents events = nothing_yet(options);
  for (std::size_t f = 0; f < options.fields.size(); ++f) events.words[f] = table[options.fields[f]].values;
  for (const std::uint32_t row : select_events(table, filter, face_of_event)) {
    ++events.size;
    if (options.by_cell) events.cell.push_back(cell_of(table.at[row], face_of_event[row]));
    if (!options.periods.empty()) events.time.push_back(table.occurred_at[row]);
    for (std::size_t f = 0; f < options.fields.size(); ++f)
      events.code[f].push_back(table[options.fields[f]].of_row[row]);
  }
  return count_table(events, options, zeros_of(filter, options, std::move(cells)));
}

CellOf by_face(std::span<const Label> of_face) {
  return [of_face](Point, FaceId face) { return face == kOutside || face >= of_face.size() ? kGap : of_face[face]; };
}

}  // namespace gridloom
