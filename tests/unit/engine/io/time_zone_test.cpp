// SPDX-License-Identifier: Apache-2.0
#include "engine/io/time_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/events/local_time.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

std::string local(const char* text, const char* zone) {
  const auto time = parse_time(text, TimeZone(zone));
  return time ? format_local_time(*time) : "none";
}

TEST(TimeZone, OffsetsBecomeTheCitysWallClock) {
  EXPECT_EQ(local("2025-03-01T00:30:00Z", "Asia/Shanghai"), "2025-03-01T08:30:00");
  EXPECT_EQ(local("2025-03-01T00:30:00+08:00", "Asia/Shanghai"), "2025-03-01T00:30:00");
  EXPECT_EQ(local("2025-03-01 00:30-0500", "Asia/Shanghai"), "2025-03-01T13:30:00");
  EXPECT_EQ(local("2025-03-01T00:30:00.123+08", "Asia/Shanghai"), "2025-03-01T00:30:00");
}

TEST(TimeZone, DaylightSavingIsTheDatabases) {
  // New York sprang forward at 2025-03-09 02:00 EST and fell back at 2025-11-02 02:00 EDT.
  EXPECT_EQ(local("2025-03-09T06:59:59Z", "America/New_York"), "2025-03-09T01:59:59");
  EXPECT_EQ(local("2025-03-09T07:00:00Z", "America/New_York"), "2025-03-09T03:00:00");
  EXPECT_EQ(local("2025-11-02T05:59:59Z", "America/New_York"), "2025-11-02T01:59:59");
  EXPECT_EQ(local("2025-11-02T06:00:00Z", "America/New_York"), "2025-11-02T01:00:00");
}

TEST(TimeZone, WithoutAZoneATimeIsLocalAndADateKeepsNoClock) {
  EXPECT_EQ(local("2025-03-01T00:30:00", "America/New_York"), "2025-03-01T00:30:00");
  EXPECT_EQ(local("2025-03-01", "America/New_York"), "2025-03-01");
}

TEST(TimeZone, NonsenseIsNoTime) {
  for (const char* text : {"", "2025-03-01Z", "2025-03-01T00:30:00+8", "2025-03-01T00:30:00+25:00", "2025-03-01T00:30x",
                           "2025-02-30T00:30:00Z", "2025-03-01T00:30:00.+08:00", "2025-03-01T00:30:00+08:00 "})
    EXPECT_EQ(local(text, "UTC"), "none") << text;
  EXPECT_THAT(data_error([] { read_time("when", "next\tMay", TimeZone("UTC")); }),
              testing::AllOf(testing::HasSubstr("when"), testing::HasSubstr("next")));
  EXPECT_THAT(data_error([] { TimeZone("Asia/Qingdao"); }), testing::HasSubstr("Asia/Qingdao"));
  EXPECT_THAT(data_error([] { TimeZone("../passwd"); }), testing::HasSubstr("../passwd"));
}

}  // namespace
}  // namespace gridloom
