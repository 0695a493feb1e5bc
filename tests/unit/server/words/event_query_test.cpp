// SPDX-License-Identifier: Apache-2.0
#include "server/words/event_query.h"
#include "engine/statistics/incident_counts.h"
#include "server/words/counts_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/events/local_time.h"
#include "server/words/url.h"
#include "support/events.h"
#include "support/io_support.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kZone = "Asia/Shanghai";

EventQuestion asked(const std::string& query) { return event_question(Parameters(parse_target("/?" + query)->query)); }

std::string key(const std::string& query) { return canonical(asked(query), kZone); }

std::optional<std::int64_t> moment(std::string_view text) { return parse_moment("from", text, kZone); }

TEST(EventQuestion, OfAUrlTakesTimesOnceAndWordsAsOftenAsWanted) {
  const EventQuestion q = asked("from=2026-01-01&category=noise&x=1&category=heat&category=&agency=Police&hours=22-4");
  EXPECT_EQ(q.from, "2026-01-01");
  EXPECT_EQ(q.to, "");
  EXPECT_EQ(q.hours, "22-4");
  EXPECT_THAT(q.categories, ElementsAre("noise", "heat"));
  EXPECT_THAT(q.agencies, ElementsAre("Police"));
  EXPECT_THAT(data_error([] { asked("to=2026-01-01&to=2026-01-02"); }), HasSubstr("'to' is given more than once"));
}

TEST(EventQuestion, MomentsAreDatesOrLocalTimes) {
  EXPECT_EQ(moment(""), std::nullopt);
  EXPECT_EQ(moment("1970-01-02"), kSecondsPerDay);
  EXPECT_EQ(moment("1970-01-01T22:00"), 22 * 3600);
  EXPECT_EQ(moment("1970-01-01T22:00Z"), 30 * 3600) << "the city's clock is eight hours ahead";
  for (const char* text : {"2026", "2026-02-30", "yesterday"})
    EXPECT_THAT(data_error([&] { moment(text); }), HasSubstr(text));
}

TEST(EventQuestion, HoursGoPastMidnight) {
  EXPECT_EQ(parse_hours("22-4"), hours_between(22, 4));
  EXPECT_EQ(parse_hours("0-24").count(), 24u);
  EXPECT_TRUE(parse_hours("").none());
  for (const char* text : {"22", "-", "24-4", "1-25", "-1-4", "1-2-3", "a-b", "1 -2"})
    EXPECT_THAT(data_error([&] { parse_hours(text); }), HasSubstr(std::string("not '") + text + "'"));
}

TEST(EventQuestion, WeekdaysBeginWithMonday) {
  EXPECT_EQ(parse_weekdays("1-5"), WeekdaySet(0b0011111));
  EXPECT_EQ(parse_weekdays("6,7"), WeekdaySet(0b1100000));
  EXPECT_EQ(parse_weekdays("1-2,2,7"), WeekdaySet(0b1000011));
  EXPECT_TRUE(parse_weekdays("").none());
  for (const char* text : {"0", "8", "5-1", "1-8", "mon", ",", "1,,2"})
    EXPECT_THAT(data_error([&] { parse_weekdays(text); }), HasSubstr(std::string("not '") + text + "'"));
}

TEST(EventQuestion, CanonicalIsTheSameForTheSameMeaning) {
  EXPECT_EQ(key("category=b&category=a&hours=22-4&from=2026-01-01T00:00:00&weekdays=1,2,3"),
            key("weekdays=1-3&from=2026-01-01T00:00&category=a&hours=22-4&category=b&category=a"));
  EXPECT_NE(key("category=a,b"), key("category=a&category=b"));
  EXPECT_NE(key("category=a"), key("agency=a"));
  EXPECT_NE(key("from=1970-01-01"), key(""));
  EXPECT_NE(key("area=grid:1/2"), key("area=grid:1&category=2"));
}

TEST(CountBy, IsOneKindOfCellsAndAnyPeriodsAndTexts) {
  const City city = toy::city();
  const CountBy all = count_by("category,month,grid,hour,agency", city);
  EXPECT_EQ(all.cells, "grid");
  EXPECT_EQ(all.options.periods, (std::vector{Period::month, Period::hour}));
  EXPECT_EQ(all.options.fields, (std::vector{EventField::category, EventField::agency}));
  const CountBy none = count_by("", city);
  EXPECT_FALSE(none.options.by_cell || !none.options.periods.empty() || !none.options.fields.empty());
  for (const Layer& layer : city.layers) EXPECT_EQ(count_by(layer.id, city).cells, layer.id);
  for (const AdminLevel& level : city.admin) EXPECT_EQ(count_by(level.id, city).cells, level.id);
  EXPECT_THAT(data_error([&] { count_by("day,day", city); }), HasSubstr("'day' once"));
  EXPECT_THAT(data_error([&] { count_by("grid,hexagon", city); }), HasSubstr("one kind of cells"));
  EXPECT_THAT(data_error([&] { count_by("grid,decade", city); }), HasSubstr("do not go by 'decade'"));
}

class CountsOfTheToyCity : public testing::Test {
 protected:
  // Two events on grid 1, one of them a date, and one outside.
  CountsOfTheToyCity() {
    store = with(store, {{"a", "2026-01-01T10:00", "noise, loud"}, {"b", "2026-01-01", "heat"}}, face_of_grid(0));
    store = with(store, {{"c", "2026-01-02T23:59", "heat"}}, kOutside);
  }
  FaceId face_of_grid(Label grid) const {
    FaceId f = 1;
    while (city.grid_of_face[f] != grid) ++f;
    return f;
  }
  IncidentCounts counts(const std::string& words) const { return counts_of(store, words); }
  IncidentCounts counts_of(const EventStore& events, const std::string& words) const {
    const PointLocator locator(city.arrangement);
    CountBy by = count_by(words, city);
    by.size_m = 100;
    return incident_counts(
        city, [&]() -> const PointLocator& { return locator; }, events, {}, by, 1);
  }

  const City city = toy::city();
  EventStore store;
};

TEST_F(CountsOfTheToyCity, AsCsvLeaveEmptyWhatIsNotKnown) {
  EXPECT_EQ(counts_csv(counts("grid,hour,category")),
            "grid,hour,category,count\n"
            ",23,heat,1\n"
            "370202001001,,heat,1\n"
            "370202001001,10,\"noise, loud\",1\n");
}

TEST_F(CountsOfTheToyCity, AsJsonAreTheSameWithNumbers) {
  const auto table = nlohmann::json::parse(counts_json(counts("grid")));
  EXPECT_EQ(table, nlohmann::json::parse(R"([{"grid":"","count":1},{"grid":"370202001001","count":2}])"));
}

TEST_F(CountsOfTheToyCity, OfNothingAreAHeaderAlone) {
  EXPECT_EQ(counts_csv(counts_of({}, "day")), "day,count\n");
  EXPECT_EQ(counts_json(counts_of({}, "day")), "[]");
}

}  // namespace
}  // namespace gridloom
