// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/published_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/random.h"
#include "engine/events/period_counts.h"
#include "support/events.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::int64_t kEnd = INT64_MAX;
constexpr std::uint64_t kBatch = 5;

struct Some {
  std::size_t grid;
  const char* when;
  const char* category;
  int events;
};

class PublishedEventsTest : public testing::Test {
 protected:
  EventStore store_of(const std::vector<Some>& all) const {
    EventStore store;
    std::size_t id = 0;
    for (const Some& some : all) {
      const auto& [at, face] = places_.of_grid[some.grid].front();
      std::vector<EventRow> rows;
      for (int i = 0; i < some.events; ++i)
        rows.push_back({.id = std::to_string(id++), .occurred_at = some.when, .category = some.category, .at = at});
      store = with(store, rows, face);
    }
    return store;
  }

  // "grid month category" -> events that are told.
  std::map<std::string, std::uint64_t> told(const EventStore& exact, std::int64_t before = kEnd) const {
    const PublishedEvents out = published_events(city_, exact, places_, kBatch, before);
    const EventStore store = EventStore().appended(out.events, out.face);
    std::map<std::string, std::uint64_t> counts;
    const CountTable t = count_events(store, by_face(city_.grid_of_face), {},
                                      {.periods = {Period::month}, .fields = {EventField::category}});
    for (std::size_t row = 0; row < t.rows(); ++row)
      counts[std::to_string(t.cell[row]) + ' ' + period_text(Period::month, t.period[0][row]) + ' ' +
             t.texts[0][t.text[0][row]]] = t.count[row];
    return counts;
  }

  City city_ = toy::city();
  GridPlaces places_ = places_in_grids(city_);
};

TEST_F(PublishedEventsTest, EveryGridHasPlacesOnItsOwnGround) {
  ASSERT_EQ(places_.of_grid.size(), city_.grids.size());
  for (std::size_t g = 0; g < city_.grids.size(); ++g) {
    EXPECT_FALSE(places_.of_grid[g].empty());
    for (const auto& [at, face] : places_.of_grid[g]) EXPECT_EQ(city_.grid_of_face[face], static_cast<Label>(g));
  }
}

TEST_F(PublishedEventsTest, FullBatchesAreToldWhereTheySayMost) {
  const EventStore store = store_of({{0, "2024-01-10", "noise", 7},   // 5 of the month, 2 left
                                     {0, "2024-02-10", "noise", 4},   // 4 left: with the others a batch, 1 left
                                     {0, "2024-02-11", "litter", 3},  // 3 left
                                     {0, "2024-01-12", "smell", 1},   // 1 left: with the others a batch
                                     {1, "2024-01-10", "litter", 15},
                                     {1, "2024-02-10", "smell", 5},
                                     {1, "2024-03-10", "noise", 4}});  // under a batch: not told
  EXPECT_THAT(told(store), UnorderedElementsAre(std::pair{"0 2024-01 noise", 5u}, std::pair{"0  ", 5u},
                                                std::pair{"1 2024-01 litter", 15u}, std::pair{"1 2024-02 smell", 5u}))
      << "with two months that have a batch each, what is told without the month could not be held by the other alone";
  const EventStore more = store_of({{0, "2024-01-10", "noise", 7},
                                    {0, "2024-02-10", "noise", 4},
                                    {1, "2024-01-10", "litter", 5},
                                    {1, "2024-02-10", "litter", 5},
                                    {1, "2024-03-10", "litter", 5}});
  EXPECT_EQ(told(more)["0  noise"], 5u) << "two other months could hold it";
}

TEST_F(PublishedEventsTest, WhatHappensRarelyIsNotEvenNamed) {
  const EventStore store = store_of({{0, "2024-01-10", "Jane Doe, 5 Main Street", 4}, {0, "2024-01-10", "noise", 5}});
  const PublishedEvents out = published_events(city_, store, places_, kBatch, kEnd);
  EXPECT_THAT(out.events.category.values, ElementsAre("", "noise"));
  EXPECT_THAT(told(store), UnorderedElementsAre(std::pair{"0 2024-01 noise", 5u}));
}

TEST_F(PublishedEventsTest, DaysThatAreNotOverAreNotTold) {
  const EventStore store = store_of({{0, "2024-01-10T23:59", "noise", 5}, {0, "2024-01-11T00:00", "noise", 5}});
  const std::int64_t midnight = parse_local_time("2024-01-11")->seconds;
  EXPECT_THAT(told(store, midnight), UnorderedElementsAre(std::pair{"0 2024-01 noise", 5u}));
  EXPECT_THAT(told(store, midnight - kSecondsPerDay), IsEmpty());
  EXPECT_THAT(told(store), UnorderedElementsAre(std::pair{"0 2024-01 noise", 10u}));
}

TEST_F(PublishedEventsTest, EventsOutsideTheCityAreNotTold) {
  std::vector<EventRow> rows;
  for (int i = 0; i < 20; ++i) rows.push_back({std::to_string(i), "2024-01-10", "noise"});
  EXPECT_THAT(told(with({}, rows, kOutside)), IsEmpty());
}

// However the events come, one by one: whatever is told is full batches, and so is every change of it.
TEST_F(PublishedEventsTest, OneEventMoreIsNeverSeenAlone) {
  RandomStream random(7, 0, 0);
  std::vector<Some> all;
  constexpr const char* kMonths[] = {"2024-01-10", "2024-02-10", "2024-03-10", "2024-04-10"};
  constexpr const char* kCategories[] = {"noise", "litter", "smell"};
  std::map<std::string, std::uint64_t> now;
  for (int i = 0; i < 400; ++i) {
    all.push_back({random.below(3), kMonths[random.below(4)], kCategories[random.below(3)], 1});
    now = told(store_of(all));
    for (const auto& [key, count] : now) EXPECT_EQ(count % kBatch, 0u) << key;
  }
  EXPECT_GT(now.size(), 20u);
}

}  // namespace
}  // namespace gridloom
