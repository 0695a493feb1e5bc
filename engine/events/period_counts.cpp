// SPDX-License-Identifier: Apache-2.0
#include "engine/events/period_counts.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "engine/events/local_time.h"

namespace gridloom {
namespace {

struct KeyHash {
  std::size_t operator()(const CountKey& k) const {
    std::uint64_t h = static_cast<std::uint64_t>(k.period) * 0x9e3779b97f4a7c15u;
    h ^= (static_cast<std::uint64_t>(static_cast<std::uint32_t>(k.cell)) << 16 | k.category) * 0xc2b2ae3d27d4eb4fu;
    return static_cast<std::size_t>(h ^ h >> 29);
  }
};

std::int64_t day_of(std::int64_t seconds) {
  return (seconds - ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay) / kSecondsPerDay;
}

std::int64_t month_of(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return 12 * static_cast<int>(date.year()) + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

std::int64_t period_of(LocalTime time, Period period) {
  if (time.seconds == kUnknownTime.seconds) return kNoPeriod;
  switch (period) {
    case Period::none:
      break;
    case Period::day:
      return day_of(time.seconds);
    case Period::week:
      return day_of(time.seconds) - weekday_of(time);
    case Period::month:
      return month_of(day_of(time.seconds));
    case Period::hour:
      return time.has_clock ? hour_of(time) : kNoPeriod;
    case Period::weekday:
      return weekday_of(time);
  }
  return kNoPeriod;
}

// Of each word among all: the dictionary has them in the order in which they came, which the same events may do in
// many ways.
std::vector<std::uint16_t> ranks(const std::vector<std::string>& words) {
  std::vector<std::uint16_t> order(words.size()), rank(words.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return words[a] < words[b]; });
  for (std::size_t r = 0; r < order.size(); ++r) rank[order[r]] = static_cast<std::uint16_t>(r);
  return rank;
}

}  // namespace

std::vector<CountRow> count_events(const EventStore& store, std::span<const Label> cell_of_face,
                                   const EventFilter& filter, const CountOptions& options) {
  const EventMatcher matcher(store, filter);
  std::unordered_map<CountKey, std::uint64_t, KeyHash> counts;
  for (const EventStore::Part& part : store.parts()) {
    const EventChunk& chunk = *part.chunk;
    const auto& categories = chunk.code[static_cast<std::size_t>(EventField::category)];
    const auto [begin, end] = matcher.rows(part);
    for (std::size_t row = begin; row < end; ++row) {
      if (!matcher.passes(part, row)) continue;
      CountKey key;
      const FaceId face = chunk.face[row];
      if (options.by_cell && face != kOutside && face < cell_of_face.size()) key.cell = cell_of_face[face];
      key.period = period_of(chunk.occurred_at(row), options.period);
      if (options.by_category) key.category = categories[row];
      ++counts[key];
    }
  }
  std::vector<CountRow> rows;
  rows.reserve(counts.size());
  for (const auto& [key, count] : counts) rows.push_back({key, count});
  const std::vector<std::uint16_t> rank = ranks(store.dictionary(EventField::category));
  const auto order = [&](const CountRow& row) {
    return std::tuple(row.key.cell, row.key.period, rank[row.key.category]);
  };
  std::sort(rows.begin(), rows.end(), [&](const CountRow& a, const CountRow& b) { return order(a) < order(b); });
  return rows;
}

std::string period_text(Period period, std::int64_t value) {
  if (value == kNoPeriod) return {};
  switch (period) {
    case Period::none:
      return {};
    case Period::day:
    case Period::week:
      return format_local_time({value * kSecondsPerDay, false});
    case Period::month: {
      const std::chrono::year_month_day first{std::chrono::year{static_cast<int>(value / 12)},
                                              std::chrono::month{static_cast<unsigned>(value % 12 + 1)},
                                              std::chrono::day{1}};
      const auto day = std::chrono::sys_days{first}.time_since_epoch().count();
      return format_local_time({day * kSecondsPerDay, false}).substr(0, 7);
    }
    case Period::hour:
      return std::to_string(value);
    case Period::weekday:
      return std::to_string(value + 1);
  }
  return {};
}

}  // namespace gridloom
