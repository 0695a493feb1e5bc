// SPDX-License-Identifier: Apache-2.0
#include "engine/io/time_text.h"

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

TEST(TimeZone, DaylightSavingGoesOnAfterTheListedTransitions) {
  EXPECT_EQ(local("2060-07-01T12:00:00Z", "America/New_York"), "2060-07-01T08:00:00");
  EXPECT_EQ(local("2060-01-01T12:00:00Z", "America/New_York"), "2060-01-01T07:00:00");
  EXPECT_EQ(local("1988-07-01T00:00:00Z", "Asia/Shanghai"), "1988-07-01T09:00:00");  // China's summer time
}

TEST(TimeZone, UnknownNamesAreRefused) {
  for (const char* name : {"Asia/Qingdao", "../passwd", "/etc/localtime", "libc:localtime", "file:x", " "})
    EXPECT_THAT(data_error([&] { TimeZone{std::string(name)}; }), testing::HasSubstr(name)) << name;
}

}  // namespace
}  // namespace gridloom
