// SPDX-License-Identifier: Apache-2.0
#include "server/words/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Url, TakesPathAndQueryApart) {
  const auto target = parse_target("/tiles/grids.json?lang=zh&layer=%E5%85%AC%E5%AE%89&x=a+b&flag#part");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/tiles/grids.json");
  EXPECT_THAT(target->query,
              ElementsAre(Pair("lang", "zh"), Pair("layer", "公安"), Pair("x", "a b"), Pair("flag", "")));
}

TEST(Url, KeepsRepeatedKeysInOrder) {
  EXPECT_THAT(parse_target("/?a=1&b=2&a=3")->query, ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("a", "3")));
}

TEST(Url, APlusInAPathIsAPlus) { EXPECT_EQ(parse_target("/a+b")->path, "/a+b"); }

class MalformedTarget : public ::testing::TestWithParam<std::string> {};
TEST_P(MalformedTarget, IsRefused) { EXPECT_FALSE(parse_target(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Url, MalformedTarget,
                         ::testing::Values("", "a", "http://host/a", "*", "/%", "/%4", "/%zz", "/a%00b", "/a\x01",
                                           "/%0a", "/?q=%C0%AF", "/%ff", "/?k=%ed%a0%80", "/?%80=1", "/%f5%80%80%80"));

TEST(Url, EncodesWhatItDecodes) {
  const std::string text = "公安 a/b?c&d=%~";
  EXPECT_THAT(parse_target("/?q=" + encode(text))->query, ElementsAre(Pair("q", text)));
  EXPECT_EQ(encode("a b"), "a%20b");
}

}  // namespace
}  // namespace gridloom
