// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/stored_time.h"

#include <gtest/gtest.h>

#include "engine/events/local_time.h"

namespace gridloom {
namespace {

LocalTime at(const char* text) { return parse_local_time(text).value(); }

TEST(StoredTime, SaysADayAndBesideItTheMomentWhereItIsKnown) {
  EXPECT_EQ(stored_time(at("2025-03-01")).on, "2025-03-01");
  EXPECT_EQ(stored_time(at("2025-03-01")).at, "");
  EXPECT_EQ(stored_time(at("2025-03-01T00:00:00")).at, "2025-03-01T00:00:00.000Z");
  EXPECT_EQ(stored_time(kUnknownTime).on, "");
}

TEST(StoredTime, ReadsBackWhatItSaid) {
  for (const char* text : {"2025-03-01", "2025-03-01T00:00:00", "1899-12-31T23:59:59", "0001-01-01"}) {
    const StoredTime stored = stored_time(at(text));
    EXPECT_EQ(time_stored(stored.on, stored.at), at(text)) << text;
  }
  EXPECT_EQ(time_stored("", ""), kUnknownTime);
}

TEST(StoredTime, ReadsWhatOtherSoftwareLeaves) {
  for (const char* text :
       {"2025-03-01T13:45:10Z", "2025-03-01T13:45:10.999Z", "2025-03-01 13:45:10", "2025-03-01T13:45:10.5"})
    EXPECT_EQ(time_stored("", text), at("2025-03-01T13:45:10")) << text;
  EXPECT_EQ(time_stored("2025-02-28", "2025-03-01T13:45Z"), at("2025-03-01T13:45"));
  for (const char* text : {"yesterday", "2025-03-01T13:45:10.", "2025-03-01T13:45:10+08", "2025-02-30", "Z"})
    EXPECT_FALSE(time_stored("2025-03-01", text)) << text;
}

}  // namespace
}  // namespace gridloom
