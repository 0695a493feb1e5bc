// SPDX-License-Identifier: Apache-2.0
#include "engine/events/event_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "engine/base/errors.h"
#include "support/events.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> ids(const EventStore& store, const std::vector<EventRef>& refs) {
  std::vector<std::string> out;
  for (EventRef r : refs) out.emplace_back(store.parts()[r.part].chunk->id(r.row));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> passing(const EventStore& store, const EventFilter& filter) {
  return ids(store, select_events(store, filter));
}

std::int64_t at(const char* text) { return parse_local_time(text)->seconds; }

TEST(EventStore, TheLaterRecordWinsAndTheEarlierCompletes) {
  const EventStore first =
      with({}, {{"a", "2025-03-01T10:00", "noise", "police", "2025-03-02"}, {"b", "2025-03-01", "x", "", ""}});
  const EventStore second = with(first, {{"a", "2025-03-05T11:00", "", "fire", ""}});
  EXPECT_EQ(first.size(), 2u);
  EXPECT_EQ(second.size(), 2u);
  const EventRef a = *second.find("a");
  const EventChunk& chunk = *second.parts()[a.part].chunk;
  EXPECT_EQ(format_local_time(chunk.occurred_at(a.row)), "2025-03-05T11:00:00");
  EXPECT_EQ(second.text(a, EventField::category), "noise");
  EXPECT_EQ(second.text(a, EventField::agency), "fire");
  EXPECT_EQ(chunk.closed(a.row), (LocalTime{at("2025-03-02"), false}));
  // The store it came from still shows the earlier record.
  EXPECT_EQ(first.text(*first.find("a"), EventField::agency), "police");
  EXPECT_THAT(passing(first, {.from = at("2025-03-05"), .to = {}, .categories = {}, .hours = {}}), ElementsAre());
}

TEST(EventStore, DuplicatesInsideABatchAreOneEvent) {
  const EventStore store =
      with({}, {{"a", "2025-01-01", "p", "1", ""}, {"a", "2025-01-02", "", "2", ""}, {"a", "2025-01-03", "", "", ""}});
  ASSERT_EQ(store.size(), 1u);
  const EventRef a = *store.find("a");
  EXPECT_EQ(store.text(a, EventField::category), "p");
  EXPECT_EQ(store.text(a, EventField::agency), "2");
  EXPECT_EQ(store.parts()[a.part].chunk->seconds[a.row], at("2025-01-03"));
}

TEST(EventStore, FiltersWeekdaysHoursWordsFacesAndArea) {
  EventStore store = with({}, {{"mon", "2025-03-03T08:00", "noise", "police", "", {10, 10}},
                               {"tue", "2025-03-04", "noise", "fire", "", {20, 20}},
                               {"unknown", "", "heat", "fire", "", {30, 30}}});
  store = with(store, {{"sun", "2025-03-09T23:59:59", "heat", "police", "", {40, 40}}}, 2);
  EventFilter weekdays;
  weekdays.weekdays.set(0).set(1);
  EXPECT_THAT(passing(store, weekdays), ElementsAre("mon", "tue"));
  EXPECT_THAT(passing(store, {.from = {}, .to = {}, .categories = {}, .hours = hours_between(0, 24)}),
              ElementsAre("mon", "sun"))
      << "a date without a clock is at no hour";
  EventFilter agency;
  agency.agencies = {"fire"};
  EXPECT_THAT(passing(store, agency), ElementsAre("tue", "unknown"));
  EventFilter faces;
  faces.faces = {true, false, true};
  EXPECT_THAT(passing(store, faces), ElementsAre("sun")) << "what is outside the city is on no face";
  EventFilter area;
  area.area = {{{10, 10}, {35, 10}, {35, 35}, {10, 35}}};
  EXPECT_THAT(passing(store, area), ElementsAre("mon", "tue", "unknown")) << "a corner of the ring is inside";
  area.area.push_back({{15, 15}, {25, 15}, {25, 25}, {15, 25}});
  EXPECT_THAT(passing(store, area), ElementsAre("mon", "unknown")) << "a hole";
  EXPECT_THAT(passing(store, {.from = at("2025-03-04T12:00"), .to = {}, .categories = {}, .hours = {}}),
              ElementsAre("sun"));
  EXPECT_THAT(passing(store, {.from = {}, .to = at("2025-03-04T12:00"), .categories = {}, .hours = {}}),
              ElementsAre("mon"))
      << "half a day is not the whole of a date";
}

TEST(EventStore, UnknownWordsAreSpellingMistakes) {
  const EventStore store = with({}, {{"a", "2025-03-03", "noise", "police", ""}});
  EventFilter filter;
  filter.agencies = {"polise"};
  try {
    select_events(store, filter);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(R"(field="agency" text="polise")"));
    EXPECT_THAT(error.what(), HasSubstr("police"));
  }
  EXPECT_THAT(passing({}, filter), ElementsAre());
}

// Against a map from id to record, and select_events of a plain table.
TEST(EventStore, EqualsAPlainTableHoweverTheEventsWereCutIntoBatches) {
  std::mt19937 random(7);
  const std::vector<std::string> words = {"", "noise", "heat", "rats"};
  for (int round = 0; round < 20; ++round) {
    std::map<std::string, EventRow> latest;
    EventStore store;
    for (int batch = 0; batch < 30; ++batch) {
      std::vector<EventRow> rows(random() % 40);
      for (EventRow& r : rows) {
        r.id = "id" + std::to_string(random() % 300);
        const std::int64_t seconds = at("2025-01-01") + random() % (20 * 86400);
        r.occurred_at =
            format_local_time(random() % 3 ? LocalTime{seconds, true} : LocalTime{seconds / 86400 * 86400, false});
        r.category = words[random() % words.size()];
        r.agency = words[random() % words.size()];
        r.at = {static_cast<std::int32_t>(random() % 100), static_cast<std::int32_t>(random() % 100)};
        EventRow& known = latest[r.id];
        const EventRow before = known;
        known = r;
        if (r.category.empty()) known.category = before.category;
        if (r.agency.empty()) known.agency = before.agency;
      }
      store = with(store, rows);
    }
    ASSERT_EQ(store.size(), latest.size());
    EXPECT_LE(store.parts().size(), 10u);
    std::vector<EventRow> plain;
    for (const auto& [id, row] : latest) plain.push_back(row);
    const EventTable table = event_table(plain);
    for (int question = 0; question < 20; ++question) {
      EventFilter filter;
      if (random() % 2) filter.from = at("2025-01-01") + random() % (20 * 86400);
      if (random() % 2) filter.to = at("2025-01-01") + random() % (20 * 86400);
      if (random() % 3 == 0)
        filter.hours = hours_between(static_cast<int>(random() % 24), static_cast<int>(random() % 25));
      if (random() % 3 == 0) filter.weekdays = WeekdaySet(random() % 128);
      if (random() % 3 == 0) filter.categories = {"noise"};
      if (random() % 3 == 0) filter.area = {{{5, 5}, {80, 20}, {50, 90}}};
      std::vector<std::string> expected;
      for (std::uint32_t row : select_events(table, filter)) expected.push_back(table.id[row]);
      std::sort(expected.begin(), expected.end());
      ASSERT_EQ(passing(store, filter), expected);
    }
  }
}

TEST(EventStore, StaysCompactAndFindsASliceByItsTime) {
  constexpr std::size_t kEvents = 100'000;
  std::vector<EventRow> rows;
  for (std::size_t i = 0; i < kEvents; ++i)
    rows.push_back(
        {std::to_string(10'000'000 + i), format_local_time({static_cast<std::int64_t>((i * 7919) % kEvents), true})});
  const EventStore store = with({}, rows);
  EXPECT_LE(store.bytes(), kEvents * (39 + 8) + 2000);
  const EventMatcher matcher(store, {.from = 500, .to = 700, .categories = {}, .hours = {}});
  EXPECT_EQ(matcher.rows(store.parts()[0]), (std::pair<std::size_t, std::size_t>{500, 700}));
}

}  // namespace
}  // namespace gridloom
