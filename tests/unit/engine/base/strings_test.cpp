// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "engine/base/strings.h"

namespace gridloom {
namespace {

TEST(Text, Utf8IsWhatRfc3629Allows) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a é 中 😀"));
  for (const char* wrong : {"\x80", "\xC0\x80", "\xC3", "\xE4\xB8", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xB6\xAB"})
    EXPECT_FALSE(is_utf8(wrong)) << wrong;
}

TEST(Text, MarkupInTextsIsText) {
  EXPECT_EQ(xml_escaped("<b class=\"x\">R&D</b> 东"), "&lt;b class=&quot;x&quot;&gt;R&amp;D&lt;/b&gt; 东");
}

TEST(Text, CapitalsOfAsciiAloneAreMadeSmall) { EXPECT_EQ(lower_case("EPSG:4549 É 东Z"), "epsg:4549 É 东z"); }

TEST(Text, BlanksOfAllKindsAreTrimmed) {
  EXPECT_EQ(trimmed(" \t\xE3\x80\x80P 1\xC2\xA0\r\n"), "P 1");
  EXPECT_EQ(trimmed("\xEF\xBB\xBF\xE3\x80\x80 \xE2\x80\x8B"), "");
  EXPECT_EQ(trimmed("中"), "中");
}

TEST(Text, IsShortenedBetweenCharacters) {
  EXPECT_EQ(shortened("short", 5), "short");
  EXPECT_EQ(shortened("longer", 5), "longe...");
  EXPECT_EQ(shortened("中文字", 9), "中文字");
  for (const std::size_t most : {6u, 7u, 8u}) EXPECT_EQ(shortened("中文字", most), "中文...");
  EXPECT_EQ(shortened("中", 2), "...");
}

TEST(Text, BytesThatAreNoTextAreMadeLegible) {
  EXPECT_EQ(legible("中\xE9 a"), "中\\xE9 a");
  EXPECT_EQ(legible("\xE4\xB8"), "\\xE4\\xB8");
}

TEST(Text, YesAndNoHaveManyWords) {
  for (const char* yes : {"1", "T", "true", "TRUE", "y", "Yes", " on ", "是", "真"})
    EXPECT_EQ(yes_or_no(yes), true) << yes;
  for (const char* no : {"", "0", "F", "false", "n", "NO", "off", "否", "假", "　"})
    EXPECT_EQ(yes_or_no(no), false) << no;
  for (const char* neither : {"2", "maybe", "不是", "yes!"}) EXPECT_EQ(yes_or_no(neither), std::nullopt) << neither;
}

}  // namespace
}  // namespace gridloom
