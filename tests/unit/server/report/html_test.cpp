// SPDX-License-Identifier: Apache-2.0
#include "server/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "server/words/url.h"

namespace gridloom {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Html, TablesSetNumbersToTheRightAndMarkSums) {
  const std::string table = html_table({"tn", {"name", "count"}, {{"a", "1"}, {"all", "2"}}, 1});
  EXPECT_THAT(table, HasSubstr("<tr><th>name</th><th class=\"n\">count</th></tr>"));
  EXPECT_THAT(table, HasSubstr("<tr><td>a</td><td class=\"n\">1</td></tr>"));
  EXPECT_THAT(table, HasSubstr("<tr class=\"sum\"><td>all</td><td class=\"n\">2</td></tr>"));
  EXPECT_THROW(html_table({"t", {"name", "count"}}), std::out_of_range) << "a letter for each column";
}

TEST(Html, BarsAreNoLongerThanTheirCell) {
  EXPECT_THAT(bar_cell(0.125, "12"), HasSubstr("width:12.5%"));
  EXPECT_THAT(bar_cell(1.7, "x"), HasSubstr("width:100.0%"));
  EXPECT_THAT(bar_cell(-1, "x"), HasSubstr("width:0.0%"));
}

TEST(Html, FoldedPartsAreOpenOnlyWhereTheyShould) {
  EXPECT_THAT(folded("s", "b"), Not(HasSubstr("open")));
  EXPECT_THAT(folded("s", "b", true), HasSubstr("<details open><summary>s</summary>"));
}

TEST(Html, ADownloadCarriesItsTextWhole) {
  const std::string text = "name,\"a \"\"b\"\"\"\n东 & <西>,100%\n";
  const std::string link = download(text, "a&b.csv", "Save <all>");
  EXPECT_THAT(link, HasSubstr("download=\"a&amp;b.csv\""));
  EXPECT_THAT(link, HasSubstr(">Save &lt;all&gt;</a>"));
  const std::size_t comma = link.find("utf-8,") + 6;
  const std::string data = link.substr(comma, link.find('"', comma) - comma);
  EXPECT_EQ(data, "%EF%BB%BF" + encode(text));
}

}  // namespace
}  // namespace gridloom
