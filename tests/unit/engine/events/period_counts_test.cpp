// SPDX-License-Identifier: Apache-2.0
#include "engine/events/period_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/events/merge_events.h"
#include "support/events.h"

namespace gridloom {
namespace {

using testing::ElementsAre;

std::vector<std::pair<std::string, std::uint64_t>> counted(const EventStore& store, Period period) {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (const CountRow& row : count_events(store, {}, {}, {false, period, false}))
    out.emplace_back(period_text(period, row.key.period), row.count);
  return out;
}

TEST(PeriodCounts, EveryPeriodAndNoHourForADate) {
  const EventStore store = with({}, {{"a", "2024-12-31T23:30"},  // a Tuesday
                                     {"b", "2025-01-01"},
                                     {"c", "2025-01-05T23:00"},  // a Sunday
                                     {"d", "1969-12-31T23:59"}});
  EXPECT_THAT(counted(store, Period::none), ElementsAre(std::pair{"", 4u}));
  EXPECT_THAT(counted(store, Period::day), ElementsAre(std::pair{"1969-12-31", 1u}, std::pair{"2024-12-31", 1u},
                                                       std::pair{"2025-01-01", 1u}, std::pair{"2025-01-05", 1u}));
  EXPECT_THAT(counted(store, Period::week), ElementsAre(std::pair{"1969-12-29", 1u}, std::pair{"2024-12-30", 3u}));
  EXPECT_THAT(counted(store, Period::month),
              ElementsAre(std::pair{"1969-12", 1u}, std::pair{"2024-12", 1u}, std::pair{"2025-01", 2u}));
  EXPECT_THAT(counted(store, Period::hour), ElementsAre(std::pair{"", 1u}, std::pair{"23", 3u}));
  EXPECT_THAT(counted(store, Period::weekday), ElementsAre(std::pair{"2", 1u}, std::pair{"3", 2u}, std::pair{"7", 1u}));
}

TEST(PeriodCounts, ByCellAndCategorySumToAllEvents) {
  const EventStore store = EventStore().appended(
      event_table({{"a", "2025-01-01", "noise"}, {"b", "2025-01-01", "noise"}, {"c", "2025-01-01", "noise"}}),
      std::vector<FaceId>{1, 2, kOutside});
  const std::vector<Label> cell = {kGap, 0, 1};
  const auto rows = count_events(store, cell, {}, {true, Period::none, true});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].key.cell, kGap);
  EXPECT_EQ(rows[1].key.cell, 0);
  EXPECT_EQ(rows[2].key.cell, 1);
  for (const CountRow& row : rows) {
    EXPECT_EQ(row.count, 1u);
    EXPECT_EQ(store.dictionary(EventField::category)[row.key.category], "noise");
  }
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
