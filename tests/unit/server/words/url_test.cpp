// SPDX-License-Identifier: Apache-2.0
#include "server/words/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using ::testing::ElementsAre;

TEST(Url, TakesPathAndQueryApart) {
  const auto target = parse_target("/tiles/grids.json?lang=zh&layer=%E5%85%AC%E5%AE%89&x=a+b&flag#part");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/tiles/grids.json");
  EXPECT_EQ(target->value("lang"), "zh");
  EXPECT_EQ(target->value("layer"), "公安");
  EXPECT_EQ(target->value("x"), "a b");
  EXPECT_EQ(target->value("flag"), "");
  EXPECT_FALSE(target->value("part"));
}

TEST(Url, CountsRepeatedKeys) {
  const auto target = parse_target("/?a=1&b=2&a=3");
  EXPECT_EQ(target->count("a"), 2u);
  EXPECT_EQ(target->value("a"), "1");
  EXPECT_EQ(target->count("c"), 0u);
}

TEST(Url, APlusInAPathIsAPlus) { EXPECT_EQ(parse_target("/a+b")->path, "/a+b"); }

class MalformedTarget : public ::testing::TestWithParam<std::string> {};
TEST_P(MalformedTarget, IsRefused) { EXPECT_FALSE(parse_target(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Url, MalformedTarget,
                         ::testing::Values("", "a", "http://host/a", "*", "/%", "/%4", "/%zz", "/a%00b", "/a\x01",
                                           "/%0a", "/?q=%C0%AF", "/%ff", "/?k=%ed%a0%80", "/?%80=1", "/%f5%80%80%80"));

TEST(Url, SplitsSegments) {
  EXPECT_THAT(segments("/a/b"), ElementsAre("a", "b"));
  EXPECT_THAT(segments("/"), ElementsAre(""));
  EXPECT_THAT(segments("/a//"), ElementsAre("a", "", ""));
}

TEST(Url, EncodesWhatItDecodes) {
  const std::string text = "公安 a/b?c&d=%~";
  EXPECT_EQ(parse_target("/?q=" + encode(text))->value("q"), text);
  EXPECT_EQ(encode("a b"), "a%20b");
}

}  // namespace
}  // namespace gridloom
