// SPDX-License-Identifier: Apache-2.0
#include "engine/events/period_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "engine/events/merge_events.h"
#include "support/events.h"

namespace gridloom {
namespace {

using testing::ElementsAre;

using Rows = std::vector<std::pair<std::string, std::uint64_t>>;

Rows counted(const EventStore& store, Period period, const EventFilter& filter = {}, bool zeros = false) {
  const CountTable table = count_events(store, {}, filter, {.by_cell = false, .periods = {period}, .zeros = zeros});
  Rows out;
  for (std::size_t row = 0; row < table.rows(); ++row)
    out.emplace_back(period_text(period, table.period[0][row]), table.count[row]);
  return out;
}

EventStore around_new_year() {
  return with({}, {{"a", "2024-12-31T23:30"},  // a Tuesday
                   {"b", "2025-01-01"},
                   {"c", "2025-01-05T23:00"},  // a Sunday
                   {"d", "1969-12-31T23:59"}});
}

TEST(PeriodCounts, EveryPeriodAndNoHourForADate) {
  const EventStore store = around_new_year();
  EXPECT_EQ(count_events(store, {}, {}, {.by_cell = false}).count, (std::vector<std::uint64_t>{4}));
  EXPECT_EQ(counted(store, Period::day),
            (Rows{{"1969-12-31", 1}, {"2024-12-31", 1}, {"2025-01-01", 1}, {"2025-01-05", 1}}));
  EXPECT_EQ(counted(store, Period::week), (Rows{{"1969-12-29", 1}, {"2024-12-30", 3}}));
  EXPECT_EQ(counted(store, Period::month), (Rows{{"1969-12", 1}, {"2024-12", 1}, {"2025-01", 2}}));
  EXPECT_EQ(counted(store, Period::quarter), (Rows{{"1969-Q4", 1}, {"2024-Q4", 1}, {"2025-Q1", 2}}));
  EXPECT_EQ(counted(store, Period::year), (Rows{{"1969", 1}, {"2024", 1}, {"2025", 2}}));
  EXPECT_EQ(counted(store, Period::hour), (Rows{{"", 1}, {"23", 3}}));
  EXPECT_EQ(counted(store, Period::weekday), (Rows{{"2", 1}, {"3", 2}, {"7", 1}}));
  EXPECT_EQ(counted(store, Period::month_of_year), (Rows{{"1", 2}, {"12", 2}}));
}

TEST(PeriodCounts, ZerosAreEveryPeriodFromTheFirstToTheLastOrOfTheTimeAskedAbout) {
  const EventStore store = with({}, {{"a", "2024-12-31T23:30"}, {"b", "2025-03-01"}});
  EXPECT_EQ(counted(store, Period::month, {}, true),
            (Rows{{"2024-12", 1}, {"2025-01", 0}, {"2025-02", 0}, {"2025-03", 1}}));
  EventFilter asked;
  asked.from = parse_local_time("2025-01-01")->seconds;
  asked.to = parse_local_time("2025-05-01")->seconds;
  EXPECT_EQ(counted(store, Period::month, asked, true),
            (Rows{{"2025-01", 0}, {"2025-02", 0}, {"2025-03", 1}, {"2025-04", 0}}));
  EXPECT_EQ(counted(store, Period::month_of_year, asked, true), (Rows{{"1", 0}, {"2", 0}, {"3", 1}, {"4", 0}}))
      << "no May was asked about";
  EXPECT_EQ(counted(store, Period::hour, {}, true).size(), 25u) << "24 hours, and the event without a clock";
  EXPECT_EQ(counted(store, Period::weekday, {}, true).size(), 7u);
  asked.weekdays.set(0);
  EXPECT_EQ(counted(store, Period::weekday, asked, true), (Rows{{"1", 0}}));
  EXPECT_EQ(counted({}, Period::month, {}, true), Rows{});
}

TEST(PeriodCounts, ZerosAreOfEveryCellAndTextAndSumToTheEvents) {
  const EventStore store = EventStore().appended(
      event_table({{"a", "2025-01-01", "noise"}, {"b", "2025-02-01", "heat"}, {"c", "2025-01-01", "noise"}}),
      std::vector<FaceId>{1, 2, kOutside});
  const std::vector<Label> cell = {kGap, 0, 1};
  const CountOptions by{.periods = {Period::month, Period::weekday}, .fields = {EventField::category}, .zeros = true};
  const CountTable table = count_events(store, by_face(cell), {}, by, {0, 1, 2});
  EXPECT_EQ(table.rows(), 3u * 2 * 7 * 2 + 1) << "and the one outside";
  std::uint64_t sum = 0;
  for (const std::uint64_t count : table.count) sum += count;
  EXPECT_EQ(sum, 3u);
  EXPECT_THAT(table.texts[0], ElementsAre("heat", "noise"));
  EventFilter asked;
  asked.categories = {"heat"};
  const CountTable heat =
      count_events(store, by_face(cell), asked, {.fields = {EventField::category}, .zeros = true}, {0, 1, 2});
  EXPECT_THAT(heat.count, ElementsAre(0, 1, 0));
  CountOptions few = by;
  few.most_rows = 50;
  EXPECT_THROW(count_events(store, by_face(cell), {}, few, {0, 1, 2}), DataError);
}

TEST(PeriodCounts, ManyCombinationsAreCountedAsFewAre) {
  std::vector<EventRow> rows;
  for (int i = 0; i < 400; ++i)
    rows.push_back({.id = std::to_string(i),
                    .occurred_at = i % 2 ? "1900-01-01" : "2020-05-0" + std::to_string(1 + i % 7),
                    .category = std::to_string(i % 5)});
  const EventStore store = with({}, rows);
  const std::vector<Label> cell(1, kGap);
  const auto count = [&](std::vector<Label> cells) {
    CountOptions by{.periods = {Period::day, Period::week, Period::hour}, .fields = {EventField::category}};
    const CountTable t = count_events(store, by_face(cell), {}, by, std::move(cells));
    return std::tuple(t.cell, t.period, t.text, t.count);
  };
  EXPECT_EQ(count({}), count({0, 1'000'000})) << "sorted where the table would be too large";
  EXPECT_THROW(count({2'000'000'000}), DataError);
}

TEST(PeriodCounts, ByCellAndCategorySumToAllEvents) {
  const EventTable events =
      event_table({{"a", "2025-01-01", "noise"}, {"b", "2025-01-01", "noise"}, {"c", "2025-01-01", "noise"}});
  const std::vector<FaceId> faces{1, 2, kOutside};
  const std::vector<Label> cell = {kGap, 0, 1};
  const CountOptions by{.fields = {EventField::category}};
  const CountTable table = count_events(EventStore().appended(events, faces), by_face(cell), {}, by);
  EXPECT_THAT(table.cell, ElementsAre(kGap, 0, 1));
  EXPECT_THAT(table.count, ElementsAre(1, 1, 1));
  EXPECT_THAT(table.texts[0], ElementsAre("noise"));
  EXPECT_EQ(count_events(events, faces, by_face(cell), {}, by).cell, table.cell) << "a table as a store";
}

TEST(MergeEvents, FollowsTheRuleOfTheStore) {
  EventTable events = event_table({{"a", "2025-01-01", "noise"}, {"b", "2025-01-01", "noise"}});
  std::vector<FaceId> faces = {1, 1};
  const EventTable batch = event_table({{"c", "2025-02-01", "heat"}, {"a", "2025-02-02T10:00"}, {"c", "2025-02-03"}});
  const MergedEvents done = merge_events(events, faces, batch, std::vector<FaceId>{3, 4, 5});
  EXPECT_EQ(done.added, 1u);
  EXPECT_EQ(done.updated, 2u);
  EXPECT_THAT(events.id, ElementsAre("a", "b", "c"));
  EXPECT_THAT(faces, ElementsAre(4, 1, 5));
  EXPECT_EQ(events.category[0], "noise") << "a silent text is completed";
  EXPECT_EQ(events.category[2], "heat");
  EXPECT_EQ(format_local_time(events.occurred_at[0]), "2025-02-02T10:00:00");
  EXPECT_EQ(format_local_time(events.occurred_at[2]), "2025-02-03");
}

}  // namespace
}  // namespace gridloom
