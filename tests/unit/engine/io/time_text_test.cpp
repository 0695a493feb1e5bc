// SPDX-License-Identifier: Apache-2.0
#include "engine/io/time_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "support/io_support.h"

namespace gridloom {
namespace {

std::string local(const std::string& text, DateOrder order = DateOrder::year_first) {
  const auto time = parse_time(text, TimeZone("Asia/Shanghai"), order);
  return time ? format_local_time(*time) : "none";
}

TEST(TimeText, DatesAsOfficesWriteThem) {
  for (const char* text :
       {"2024-03-01", "2024/3/1", "2024/03/01", "2024.3.1", "2024-3-1", "20240301", "2024年3月1日", "2024年03月01号",
        "２０２４／３／１", "2024年3月1日 星期五", "2024/3/1（周五）", "1-Mar-2024", "1 March 2024", "Mar 1, 2024",
        "March 1 2024", "01-MAR-2024", "45352", "　2024/3/1 "})
    EXPECT_EQ(local(text), "2024-03-01") << text;
}

TEST(TimeText, ClocksAsOfficesWriteThem) {
  for (const char* text : {"2024-03-01T08:30",
                           "2024-03-01 08:30:00",
                           "2024/3/1 8:30",
                           "2024/3/1  8:30:00",
                           "2024-03-01T08:30:00.123",
                           "2024-03-01 08:30:00,5",
                           "20240301083000",
                           "202403010830",
                           "20240301T083000",
                           "20240301 0830",
                           "2024年3月1日 8:30",
                           "2024年3月1日8时30分",
                           "2024年3月1日8时30分0秒",
                           "2024年3月1日 8点半",
                           "2024年3月1日 上午8:30",
                           "2024年3月1日上午8时30分",
                           "2024/3/1 星期五 8:30",
                           "2024/3/1 8:30 AM",
                           "2024/3/1 8:30:00 a.m.",
                           "2024年3月1日 早上8：30",
                           "45352.354166666664",
                           "Mar 1, 2024 8:30 AM",
                           "2024-03-01T00:30:00Z",
                           "2024-03-01 00:30:00 UTC",
                           "2024-03-01T08:30:00+08:00",
                           "2024-02-29T19:30-0500",
                           "2024-03-01T00:30:00.000Z",
                           "1709253000000"})
    EXPECT_EQ(local(text), "2024-03-01T08:30:00") << text;
}

TEST(TimeText, HalvesOfTheDay) {
  EXPECT_EQ(local("2024/3/1 12:05 AM"), "2024-03-01T00:05:00");
  EXPECT_EQ(local("2024/3/1 12:05 PM"), "2024-03-01T12:05:00");
  EXPECT_EQ(local("2024/3/1 8 PM"), "2024-03-01T20:00:00");
  EXPECT_EQ(local("2024年3月1日 下午2:05"), "2024-03-01T14:05:00");
  EXPECT_EQ(local("2024年3月1日 下午14:05"), "2024-03-01T14:05:00");
  EXPECT_EQ(local("2024年3月1日 中午12点"), "2024-03-01T12:00:00");
  EXPECT_EQ(local("2024年3月1日 中午1点"), "2024-03-01T13:00:00");
  EXPECT_EQ(local("2024年3月1日 凌晨12:30"), "2024-03-01T00:30:00");
  EXPECT_EQ(local("2024年3月1日 晚上12点"), "2024-03-02T00:00:00");
  EXPECT_EQ(local("2024/3/1 13:05 AM"), "none");
}

TEST(TimeText, TheDaysEndIsTheNextOnesBeginning) {
  EXPECT_EQ(local("2024-02-29T24:00"), "2024-03-01T00:00:00");
  EXPECT_EQ(local("2024-12-31 24:00:00"), "2025-01-01T00:00:00");
  EXPECT_EQ(local("2024-02-29T24:01"), "none");
}

TEST(TimeText, WhatComesFirstIsDeclared) {
  EXPECT_EQ(local("08/17/2016 10:00 AM", DateOrder::month_first), "2016-08-17T10:00:00");
  EXPECT_EQ(local("17.08.2016 22:15", DateOrder::day_first), "2016-08-17T22:15:00");
  EXPECT_EQ(local("3/4/2016", DateOrder::month_first), "2016-03-04");
  EXPECT_EQ(local("3/4/2016", DateOrder::day_first), "2016-04-03");
  EXPECT_EQ(local("2016-03-04", DateOrder::day_first), "2016-03-04");
  EXPECT_EQ(local("08/17/2016", DateOrder::day_first), "none");
  EXPECT_EQ(local("08/17/2016 10:00 AM"), "none");
  EXPECT_EQ(plain_text(why_no_time("when", "08/17/2016 10:00 AM")),
            "time_order_undeclared name=\"when\" given=\"08/17/2016 10:00 AM\"");
}

TEST(TimeText, NonsenseIsNoTime) {
  for (const char* text : {"",
                           " ",
                           "NULL",
                           "2024",
                           "2024-03",
                           "2024-13-01",
                           "2023-02-29",
                           "2024-03-01T",
                           "2024-03-01Z",
                           "2024-03-0108:30",
                           "2024-03-01T25:00",
                           "2024-03-01T08:60",
                           "2024-03-01T08:30:60",
                           "2024-03-01T8",
                           "2024-03-01T00:30:00+8",
                           "2024-03-01T00:30:00+25:00",
                           "2024-03-01T00:30x",
                           "2024-03-01T00:30:00.+08:00",
                           "2024-03/01",
                           "24/3/1",
                           "3/1/24",
                           "12345",
                           "90000",
                           "45352.x",
                           "123456",
                           "2024030",
                           "1709253000",
                           "17092530000000",
                           "2024年3月",
                           "2024年13月1日",
                           "next May",
                           "2024/3/1 8:30 8:30",
                           "0000-01-01"})
    EXPECT_EQ(local(text), "none") << text;
  EXPECT_THAT(data_error([] { read_time("when", "next\tMay", TimeZone("UTC")); }),
              testing::AllOf(testing::HasSubstr("when"), testing::HasSubstr("next")));
}

TEST(TimeText, EveryLocalTimeIsReadAsItIsWritten) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const LocalTime time{static_cast<std::int64_t>(random() % 8'000'000'000) - 2'000'000'000, true};
    EXPECT_EQ(local(format_local_time(time)), format_local_time(time));
  }
}

}  // namespace
}  // namespace gridloom
