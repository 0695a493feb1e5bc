// SPDX-License-Identifier: Apache-2.0
#include "server/words/csv.h"

#include <gtest/gtest.h>

#include <sstream>

namespace gridloom {
namespace {

TEST(Csv, IsQuotedOnlyWhereItMustBe) {
  EXPECT_EQ(csv_field("plain 东"), "plain 东");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"yes\""), "\"say \"\"yes\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("a\r"), "\"a\r\"");
  EXPECT_EQ(csv_field("\xef\xbb\xbf"), "\"\xef\xbb\xbf\"") << "not to be taken for the file's byte order mark";
}

TEST(Csv, ARowIsALine) {
  std::ostringstream out;
  write_csv_row(out, {"id", "a,b", ""});
  write_csv_row(out, {"7"});
  EXPECT_EQ(out.str(), "id,\"a,b\",\n7\n");
}

}  // namespace
}  // namespace gridloom
