// SPDX-License-Identifier: Apache-2.0
#include "engine/events/covered_period.h"

#include <gtest/gtest.h>

#include "engine/events/local_time.h"

namespace gridloom {
namespace {

std::int64_t at(const char* text) { return parse_local_time(text)->seconds; }

// One event every six hours.
std::vector<std::int64_t> steady(const char* from, const char* until) {
  std::vector<std::int64_t> times;
  for (std::int64_t t = at(from); t < at(until); t += 6 * 3600) times.push_back(t);
  return times;
}

TEST(CoveredPeriod, IsFromTheFirstDayToTheLastWhereNothingIsStated) {
  const auto p = covered_period({at("2024-03-05T10:00"), at("2024-03-01T23:00"), at("2024-03-02")}, {}, {});
  ASSERT_TRUE(p);
  EXPECT_EQ(p->from, at("2024-03-01"));
  EXPECT_EQ(p->until, at("2024-03-06"));
  EXPECT_EQ(p->strays, 0u);
  EXPECT_EQ(p->gap_from, at("2024-03-02"));
  EXPECT_EQ(p->gap_until, at("2024-03-05T10:00"));
}

TEST(CoveredPeriod, StatedEndsStand) {
  const auto p = covered_period({at("2024-03-05T10:00")}, at("2024-01-01"), at("2025-01-01"));
  EXPECT_EQ(p->length(), 366 * kSecondsPerDay);
  const auto half = covered_period({at("2024-03-05T10:00"), at("2024-03-09")}, at("2024-01-01"), {});
  EXPECT_EQ(half->from, at("2024-01-01"));
  EXPECT_EQ(half->until, at("2024-03-10"));
}

TEST(CoveredPeriod, ADayDividesWhereItWasStatedOnly) {
  const std::vector<std::int64_t> one{at("2024-03-05T10:00"), at("2024-03-05T11:00")};
  EXPECT_FALSE(covered_period(one, {}, {})->divides());
  EXPECT_FALSE(covered_period(one, at("2024-03-05"), {})->divides());
  EXPECT_TRUE(covered_period(one, at("2024-03-05"), at("2024-03-06"))->divides());
  EXPECT_FALSE(covered_period(one, at("2024-03-06"), at("2024-03-06"))->divides());
  EXPECT_FALSE(covered_period(one, at("2024-03-07"), at("2024-03-06"))->divides());
  const auto week = covered_period({at("2024-03-05"), at("2024-03-11T23:00")}, {}, {});
  EXPECT_TRUE(week->divides());
  EXPECT_EQ(week->units(TimeUnit::week), 1);
  EXPECT_EQ(week->units(TimeUnit::day), 7);
}

TEST(CoveredPeriod, AQuarterWithoutAnEventIsAGap) {
  EXPECT_FALSE(covered_period(steady("2024-01-01", "2024-02-01"), {}, {})->has_gap());
  EXPECT_FALSE(covered_period({at("2024-01-02"), at("2024-01-03"), at("2024-01-04")}, at("2024-01-01"),
                              at("2024-01-05"))
                   ->has_gap());  // just a quarter
  EXPECT_TRUE(covered_period({at("2024-01-01"), at("2024-03-01")}, {}, {})->has_gap());
}

TEST(CoveredPeriod, AFewLateEntriesDoNotThinTheYearsOut) {
  auto times = steady("2010-01-01", "2016-02-01");
  for (const char* late : {"2022-05-01", "2022-05-02T08:00", "2022-07-01", "2022-08-01"}) times.push_back(at(late));
  times.push_back(at("1970-01-01"));
  const auto p = covered_period(times, {}, {});
  EXPECT_EQ(p->from, at("2010-01-01"));
  EXPECT_EQ(p->until, at("2016-02-01"));
  EXPECT_EQ(p->strays, 5u);
  EXPECT_LE(p->gap(), 6 * 3600);
}

TEST(CoveredPeriod, WhatIsManyOrNearIsNoStray) {
  auto many = steady("2010-01-01", "2016-02-01");
  const auto later = steady("2022-01-01", "2022-02-01");  // more than one in a thousand
  many.insert(many.end(), later.begin(), later.end());
  const auto p = covered_period(many, {}, {});
  EXPECT_EQ(p->until, at("2022-02-01"));
  EXPECT_EQ(p->gap_until, at("2022-01-01"));
  auto near = steady("2010-01-01", "2016-02-01");
  near.push_back(at("2016-03-01"));
  EXPECT_EQ(covered_period(near, {}, {})->until, at("2016-03-02"));
}

TEST(CoveredPeriod, WithoutATimeThereIsNone) {
  EXPECT_FALSE(covered_period({}, {}, {}));
  EXPECT_FALSE(covered_period({kUnknownTime.seconds}, at("2024-01-01"), {}));
  const auto p = covered_period({kUnknownTime.seconds, at("2024-03-05")}, {}, {});
  EXPECT_EQ(p->undated, 1u);
  EXPECT_FALSE(p->holds(kUnknownTime.seconds));
}

}  // namespace
}  // namespace gridloom
