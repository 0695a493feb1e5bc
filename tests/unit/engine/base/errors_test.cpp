// SPDX-License-Identifier: Apache-2.0
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gridloom {
namespace {

using Words = std::vector<std::string>;

TEST(DataErrors, AreToldInOneLineForLogs) {
  const DataError error("field_missing", {{"field", "lon"}, {"row", 7}, {"known", Words{"x", "y"}}});
  EXPECT_STREQ(error.what(), R"(field_missing field="lon" row=7 known=["x", "y"])");
}

TEST(DataErrors, KeepTextsOfOthersInTheirLine) {
  EXPECT_STREQ(DataError("code_twice", {{"id", "a\n\"b\"\\"}}).what(), R"(code_twice id="a\x0A\"b\"\\")");
}

TEST(DataErrors, KnowWhereTheyLieFromTheOutermostIn) {
  DataError error("table_empty");
  error.within("police.csv").within("city.yaml:3:5");
  EXPECT_EQ(error.reason().where, (Words{"city.yaml:3:5", "police.csv"}));
  EXPECT_STREQ(error.what(), R"(table_empty at "city.yaml:3:5", "police.csv")");
}

TEST(DataErrors, MayHaveAReasonBehindThem) {
  const DataError cause("meta_missing", {{"key", "crs"}});
  const DataError error("not_a_project", {{"file", "a.gpkg"}, {"why", cause.reason()}});
  EXPECT_STREQ(error.what(), R"(not_a_project file="a.gpkg" why=(meta_missing key="crs"))");
}

TEST(DataErrors, TellNumbersAsShortAsTheyReadBack) {
  EXPECT_STREQ(DataError("cell_size_out_of_range", {{"least", 0.1}, {"most", 500'000.0}}).what(),
               "cell_size_out_of_range least=0.1 most=500000");
}

}  // namespace
}  // namespace gridloom
