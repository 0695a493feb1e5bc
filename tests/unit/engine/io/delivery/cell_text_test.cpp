// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/cell_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/io/delivery/field_text.h"
#include "engine/io/delivery/vector_file.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PlainCell, BlanksAndWordsForNothingAreNothing) {
  for (const char* cell :
       {"", " ", "\t", "　", " ", "NULL", "null", " NULL ", "<Null>", "<NULL>", "(null)", "\\N", "NaN", "#N/A"})
    EXPECT_EQ(plain_cell(cell), "") << cell;
  EXPECT_EQ(plain_cell("　P1 "), "P1");
  EXPECT_EQ(plain_cell("Null Island"), "Null Island");
  EXPECT_EQ(plain_cell("0"), "0");
}

std::vector<std::string> ids(const std::vector<std::string>& cells) {
  IdColumn column("code");
  for (const std::string& cell : cells) column.look_at(cell);
  std::vector<std::string> out;
  for (const std::string& cell : cells) out.emplace_back(column.id(cell));
  return out;
}

TEST(IdColumn, WholeRealsAreWholeNumbersWhereAllOfTheColumnAre) {
  EXPECT_THAT(ids({"370202001000.0", "370202002000.00", "", "NULL"}),
              ElementsAre("370202001000", "370202002000", "", ""));
  EXPECT_THAT(ids({"1.0", "1.1"}), ElementsAre("1.0", "1.1"));
  EXPECT_THAT(ids({"1.0", "A"}), ElementsAre("1.0", "A"));
  EXPECT_THAT(ids({"1.", ".0", "1.0.0"}), ElementsAre("1.", ".0", "1.0.0"));
}

TEST(IdColumn, ZerosBeforeAnIdAreItsOwn) {
  EXPECT_THAT(ids({"0331", "007.0", "7"}), ElementsAre("0331", "007.0", "7"));
}

TEST(IdColumn, WhatASpreadsheetGarbledIsRefused) {
  EXPECT_THAT(data_error([] { ids({"3.70202E+11"}); }), HasSubstr("'code' has the id '3.70202E+11'"));
  EXPECT_THAT(data_error([] { ids({"4E+11"}); }), HasSubstr("4E+11"));
  EXPECT_THAT(ids({"1E5", "E+11", "12E+11", "1E+1x"}), ElementsAre("1E5", "E+11", "12E+11", "1E+1x"));
}

TEST(NearId, DiffersInTheZerosBeforeItOrByALetter) {
  EXPECT_EQ(near_id("331", {"0331", "0332"}), "0331");
  EXPECT_EQ(near_id("P11", {"P1", "Q9"}), "P1");
  EXPECT_EQ(near_id("x", {"0331"}), "");
}

CatalogueSource source_of(const std::filesystem::path& file) {
  CatalogueSource source;
  source.file = file;
  source.place = {"city.yaml", 4, 5};
  return source;
}

RawLayer geojson(const TemporaryFolder& folder, const std::string& ids_of_two) {
  std::string features;
  for (const char c : ids_of_two)
    features += std::string(features.empty() ? "" : ",") + "{\"type\":\"Feature\",\"id\":" + c +
                ",\"properties\":{\"a\":\"1\",\"b\":\"" + c +
                "\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}";
  return read_vector_file(
      source_of(folder.write("a.geojson", "{\"type\":\"FeatureCollection\",\"features\":[" + features + "]}")));
}

TEST(FieldKey, TheIdBesideTheFieldsIsAKeyAndTheOrderIsNone) {
  const TemporaryFolder folder;
  CatalogueKey key;
  key.fields = {"id"};
  const RawLayer given = geojson(folder, "78"), numbered = geojson(folder, "01");
  EXPECT_EQ(FieldKey(given, key, {}).of(given.features[1]), "8");
  EXPECT_EQ(given.own_values(given.features[0]).size(), 2u);
  EXPECT_THAT(data_error([&] { FieldKey(numbered, key, {}); }), HasSubstr("no ids of their own"));
}

TEST(FieldKey, PartsThatRunTogetherAreTold) {
  const TemporaryFolder folder;
  RawLayer layer = geojson(folder, "78");
  layer.features[0].values = {"1", "12"};
  layer.features[1].values = {"11", "2"};
  CatalogueKey key;
  key.fields = {"a", "b"};
  EXPECT_THAT(data_error([&] { FieldKey(layer, key, {}); }), HasSubstr("make the same id '112'"));
  key.separator = "-";
  EXPECT_EQ(FieldKey(layer, key, {}).of(layer.features[0]), "1-12");
}

}  // namespace
}  // namespace gridloom
