// SPDX-License-Identifier: Apache-2.0
#include "server/words/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

using testing::ElementsAre;

std::vector<CsvRow> rows_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<CsvRow> rows;
  for (CsvRow row; read_csv_row(in, row);) rows.push_back(row);
  return rows;
}

std::string written(const std::vector<CsvRow>& rows) {
  std::ostringstream out;
  for (const CsvRow& row : rows) write_csv_row(out, row);
  return out.str();
}

TEST(Csv, QuotesCarryCommasQuotesAndLineBreaks) {
  EXPECT_THAT(rows_of("a,\"b,c\",\"say \"\"yes\"\"\"\r\n\"two\nlines\",,\n"),
              ElementsAre(ElementsAre("a", "b,c", "say \"yes\""), ElementsAre("two\nlines", "", "")));
}

TEST(Csv, TheLastLineNeedsNoEnd) {
  EXPECT_THAT(rows_of("a,b\n1,2"), ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2")));
  EXPECT_TRUE(rows_of("").empty());
}

TEST(Csv, TheMarkOfTheByteOrderIsNoText) {
  EXPECT_THAT(rows_of("\xef\xbb\xbfid,name\n\xef\xbb\xbf,x\n"),
              ElementsAre(ElementsAre("id", "name"), ElementsAre("\xef\xbb\xbf", "x")));
}

TEST(Csv, AQuoteThatNeverClosesIsRefused) { EXPECT_THROW(rows_of("a,\"b\nc,d\n"), DataError); }

TEST(Csv, IsQuotedOnlyWhereItMustBe) {
  EXPECT_EQ(written({{"plain", "a b", "东", ""}}), "plain,a b,东,\n");
  EXPECT_EQ(written({{"a,b", "\"", "x\ny"}}), "\"a,b\",\"\"\"\",\"x\ny\"\n");
}

TEST(Csv, WhatIsWrittenIsReadAsItWas) {
  const std::vector<CsvRow> rows = {{"\xef\xbb\xbf", "a\r"}, {""}, {"\r\n", "\"\"", ",,"}, {"", "", ""}};
  EXPECT_EQ(rows_of(written(rows)), rows);
}

}  // namespace
}  // namespace gridloom
