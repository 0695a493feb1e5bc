// SPDX-License-Identifier: Apache-2.0
#include "server/words/error_text.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace gridloom {
namespace {

using Words = std::vector<std::string>;

Reason missing_field(const std::string& near) {
  return {
      "field_missing", {{"field", "nmae"}, {"near", near}, {"known", Words{"id", "name"}}}, {"city.yaml:4:1", "a.shp"}};
}

TEST(ErrorText, TellsPlacesAndFactsInBothLanguages) {
  const Text text = text_of(missing_field("name"));
  EXPECT_EQ(text.en, "city.yaml:4:1: a.shp: there is no field 'nmae'; did you mean 'name'? (fields: id, name)");
  EXPECT_EQ(text.zh, "city.yaml:4:1：a.shp：没有字段“nmae”；是否应为“name”？（已有字段：id、name）");
}

TEST(ErrorText, LeavesOutWhatNothingIsKnownOf) {
  EXPECT_EQ(text_of(missing_field("")).en, "city.yaml:4:1: a.shp: there is no field 'nmae' (fields: id, name)");
}

TEST(ErrorText, TellsTheReasonBehindInTheSameLanguage) {
  const Reason row{"row_damaged", {{"table", "grids"}, {"row", 3}, {"what", Reason{"ring_too_short"}}}};
  EXPECT_EQ(text_of(row).en,
            "table grids, row 3: a ring has fewer than four points; the file was damaged or changed by other software, "
            "fuse the city again");
  EXPECT_EQ(text_of(row).zh, "表 grids 第 3 行：有一个环少于四个点；文件已损坏或被其他软件改动，请重新融合该城市");
}

TEST(ErrorText, HasWordsForSomeFacts) {
  const Reason reason{"too_few_cells", {{"statistic", "local Moran"}, {"least", 3}}};
  EXPECT_EQ(text_of(reason).en, "local Moran: at least 3 cells are needed");
  EXPECT_EQ(text_of(reason).zh, "局部莫兰指数：至少需要 3 个单元");
}

TEST(ErrorText, WritesBracesThatAreNoFacts) {
  EXPECT_EQ(text_of(DataError("brace_unclosed", {{"text", "{a"}})).en, "'{a' has a { without }");
}

// A fact's own text is never read as a pattern.
TEST(ErrorText, TakesFactsAsTheyAre) {
  EXPECT_EQ(text_of(DataError("code_twice", {{"id", "[{x}]{{"}})).en, "'[{x}]{{' stands in two rows");
}

TEST(ErrorText, TellsACodeWithoutASentencePlainly) {
  EXPECT_EQ(text_of(Reason{"unheard_of", {{"n", 1}}, {"a"}}).en, "a: unheard_of n=1");
}

TEST(ErrorText, TellsWhatOtherErrorsSay) {
  const std::runtime_error other("disk I/O error");
  EXPECT_EQ(text_of(static_cast<const std::exception&>(other)), (Text{"disk I/O error", "disk I/O error"}));
  const DataError error("no_cells");
  EXPECT_EQ(text_of(static_cast<const std::exception&>(error)).zh, "没有单元");
}

}  // namespace
}  // namespace gridloom
