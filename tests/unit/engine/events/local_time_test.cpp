// SPDX-License-Identifier: Apache-2.0
#include "engine/events/local_time.h"

#include <gtest/gtest.h>

namespace gridloom {
namespace {

TEST(LocalTime, ReadsDatesAndClocks) {
  EXPECT_EQ(parse_local_time("1970-01-01"), (LocalTime{0, false}));
  EXPECT_EQ(parse_local_time("1970-01-02T00:00"), (LocalTime{86400, true}));
  EXPECT_EQ(parse_local_time("2025-03-01 13:45:10"), (LocalTime{1740836710, true}));
  EXPECT_EQ(parse_local_time("1969-12-31T23:59:59"), (LocalTime{-1, true}));
}

TEST(LocalTime, ADateIsNotMidnight) { EXPECT_NE(parse_local_time("2025-03-01"), parse_local_time("2025-03-01T00:00")); }

TEST(LocalTime, RefusesWhatIsNoLocalTime) {
  for (const char* text : {"", "2025", "2025-02-29", "2025-13-01", "2025-00-01", "2025-01-01T24:00", "2025-01-01T10:60",
                           "2025-01-01T10:00:60", "2025-01-01T10", "2025-01-01T10:00Z", "2025-01-01T10:00:00+08:00",
                           "01/02/2025", "2025-1-1", "2025-01-01X10:00", "0000-01-01", "2025-01-01T1o:00"})
    EXPECT_FALSE(parse_local_time(text)) << text;
}

TEST(LocalTime, TextIsTheInverse) {
  for (const char* text :
       {"2025-03-01", "2024-02-29T23:59:59", "1969-07-20T20:17:40", "0001-01-01", "9999-12-31T00:00:00"})
    EXPECT_EQ(format_local_time(*parse_local_time(text)), text);
  EXPECT_EQ(format_local_time(kUnknownTime), "");
}

TEST(LocalTime, HourAlsoBefore1970) {
  EXPECT_EQ(hour_of(*parse_local_time("1969-12-31T23:59:59")), 23);
  EXPECT_EQ(hour_of(*parse_local_time("2025-03-01T00:00")), 0);
}

}  // namespace
}  // namespace gridloom
