// SPDX-License-Identifier: Apache-2.0
#include "engine/events/event_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/base/errors.h"
#include "support/events.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

EventTable sample() {
  return event_table({{"0", "2025-03-01T09:00", "noise"},
                      {"a date", "2025-03-01", "noise"},
                      {"2", "2025-03-01T23:30", "heat"},
                      {"3", "2025-03-02T00:00", "heat"},
                      {"unknown", "", "noise"}});
}

std::int64_t at(const char* text) { return parse_local_time(text)->seconds; }

TEST(EventFilter, EmptyLetsAllPass) {
  EXPECT_THAT(select_events(sample(), {}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(select_events(EventTable{}, {}), IsEmpty());
}

TEST(EventFilter, RangeIsHalfOpenAndUnknownTimesStayOut) {
  EventFilter filter{.from = at("2025-03-01"), .to = at("2025-03-02"), .categories = {}, .hours = {}};
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(0, 1, 2));
  filter.to.reset();
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(0, 1, 2, 3));
  filter.from = at("2025-03-02");
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(3));
}

TEST(EventFilter, ADatePassesOnlyWithItsWholeDay) {
  EventFilter filter;
  filter.from = at("2025-03-01");
  filter.to = at("2025-03-01T23:59");
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(0, 2));
  filter = {};
  filter.from = at("2025-03-01T00:01");
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(0, 2, 3));
}

TEST(EventFilter, HoursNeedAClock) {
  EventFilter filter;
  filter.hours = hours_between(22, 4);
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(2, 3));
  filter.hours = hours_between(0, 24);
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(0, 2, 3));
}

TEST(EventFilter, CategoriesAndTheirSpelling) {
  EventFilter filter;
  filter.categories = {"heat"};
  EXPECT_THAT(select_events(sample(), filter), ElementsAre(2, 3));
  filter.categories = {"heat", "noise"};
  EXPECT_EQ(select_events(sample(), filter).size(), 5u);
  filter.categories = {"nois"};
  try {
    select_events(sample(), filter);
    FAIL() << "a category that does not exist was accepted";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(R"(text="nois")"));
    EXPECT_THAT(error.what(), HasSubstr(R"(known=["heat", "noise"])"));
  }
}

TEST(EventFilter, FacesNeedToBeKnownAndTheOutsideIsNone) {
  EventFilter filter;
  filter.faces = {true, false, true};
  const std::vector<FaceId> face = {0, 1, 2, 2, 3};
  EXPECT_THAT(select_events(sample(), filter, face), ElementsAre(2, 3));
  EXPECT_THROW(select_events(sample(), filter), std::invalid_argument);
}

TEST(EventFilter, HoursBetweenWrapsAtMidnight) {
  EXPECT_EQ(hours_between(22, 4).count(), 6u);
  EXPECT_TRUE(hours_between(22, 4).test(3) && !hours_between(22, 4).test(4));
  EXPECT_EQ(hours_between(8, 8).count(), 24u);
  EXPECT_EQ(hours_between(7, 9).to_ulong(), 0b110000000ul);
  EXPECT_EQ(hours_between(23, 24).to_ulong(), 1ul << 23);
  EXPECT_THROW(hours_between(24, 3), std::invalid_argument);
  EXPECT_THROW(hours_between(0, 25), std::invalid_argument);
  EXPECT_THROW(hours_between(-1, 5), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
