// SPDX-License-Identifier: Apache-2.0
#include "server/http/json_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/http/problem.h"

namespace gridloom {
namespace {

using ::testing::HasSubstr;

std::pair<unsigned, std::string> refusal(const std::string& body) {
  try {
    parse_json_body(body);
  } catch (const HttpError& error) {
    return {error.status(), error.what()};
  }
  return {0, ""};
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(JsonBody, ReadsWhatIsWithinTheBounds) {
  EXPECT_EQ(parse_json_body(R"({"a": [1, "x\\", "]]]]", "\"[[["]})")["a"].size(), 4u);
  EXPECT_EQ(parse_json_body(nested(kMostJsonDepth)).size(), 1u);
}

TEST(JsonBody, BracketsInTextsAreNoLevels) {
  EXPECT_EQ(parse_json_body('"' + std::string(1000, '[') + '"'), std::string(1000, '['));
  EXPECT_EQ(parse_json_body(R"(["\")" + std::string(1000, '{') + R"("])").size(), 1u);
}

TEST(JsonBody, RefusesDepthBeforeItBuildsAnything) {
  EXPECT_EQ(refusal(nested(kMostJsonDepth + 1)).first, 400u);
  EXPECT_THAT(refusal(nested(1'000'000)).second, HasSubstr("64 levels"));
  std::string objects;
  for (int i = 0; i < 100; ++i) objects += "{\"a\":";
  EXPECT_EQ(refusal(objects).first, 400u);
}

TEST(JsonBody, RefusesCountlessValues) {
  std::string many = "[";
  for (std::size_t i = 0; i <= kMostJsonValues; ++i) many += "1,";
  EXPECT_EQ(refusal(many + "1]").first, 413u);
}

TEST(JsonBody, SaysWhereItGoesWrongAndQuotesNothing) {
  EXPECT_EQ(refusal("").first, 400u);
  EXPECT_THAT(refusal(R"({"secret": x})").second, HasSubstr("byte 12"));
  EXPECT_EQ(refusal(R"({"secret": x})").second.find("secret"), std::string::npos);
  EXPECT_EQ(refusal("[1e999]").first, 400u);
  EXPECT_EQ(refusal("[\"\xff\"]").first, 400u);
  EXPECT_EQ(refusal("[\"open").first, 400u);
  EXPECT_EQ(refusal("\"\\").first, 400u);
}

}  // namespace
}  // namespace gridloom
