// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/name_hints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using testing::ElementsAre;

TEST(NameHints, WordsAreWithoutDigitsAndPlurals) {
  EXPECT_THAT(words_in("Police-Service_Areas2015"), ElementsAre("police", "service", "area"));
  EXPECT_THAT(words_in("DenverCo_communities"), ElementsAre("denver", "co", "community"));
  EXPECT_THAT(words_in("NYPD"), ElementsAre("nypd"));
}

TEST(NameHints, AnAdministrativeNameSaysNothingElse) {
  EXPECT_EQ(level_in("ward-2012"), "ward");
  EXPECT_EQ(level_in("社区界线"), "community");
  EXPECT_EQ(level_in("街道办"), "subdistrict");
  EXPECT_EQ(level_in("Community_Districts"), "community");
  EXPECT_EQ(level_in("police-districts-mpd"), "");
  EXPECT_EQ(level_in("single-member-district-2013"), "");
  EXPECT_EQ(level_in("neighborhood-clusters"), "");
  EXPECT_LT(rank_of_level("subdistrict"), rank_of_level("community"));
}

TEST(NameHints, DepartmentsAreKnownInBothLanguages) {
  EXPECT_EQ(subject_of("fire-battalions"), "fire");
  EXPECT_EQ(subject_of("派出所辖区"), "police");
  EXPECT_EQ(subject_of("xyz"), "");
}

TEST(NameHints, ColumnsAreKnownInBothLanguages) {
  EXPECT_GT(hint_of("GEOID20", ColumnUse::id), 50);
  EXPECT_GT(hint_of("编号", ColumnUse::id), 50);
  EXPECT_GT(hint_of("WARD_ID", ColumnUse::id), 0);
  EXPECT_GT(hint_of("名称", ColumnUse::name), 50);
  EXPECT_GT(hint_of("TOTPOP20", ColumnUse::people), hint_of("TOTPOP20R", ColumnUse::people));
  EXPECT_GT(hint_of("P0010001", ColumnUse::people), 50);
  EXPECT_GT(hint_of("常住人口", ColumnUse::people), 0);
  EXPECT_GT(hint_of("办结时间", ColumnUse::closed_at), 0);
  EXPECT_TRUE(is_row_number("OBJECTID_1"));
  EXPECT_TRUE(is_no_id("Shape_Area"));
  EXPECT_TRUE(is_no_id("联系电话"));
}

TEST(NameHints, IdsAreWhatTheCatalogueTakes) {
  EXPECT_EQ(id_from("Police Service-Areas (PSA)"), "police_service_areas_psa");
  EXPECT_EQ(id_from("2012 wards"), "layer_2012_wards");
  EXPECT_EQ(id_from("公安"), "");
}

}  // namespace
}  // namespace gridloom
