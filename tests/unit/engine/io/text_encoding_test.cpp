// SPDX-License-Identifier: Apache-2.0
#include "engine/io/text_encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ogrsf_frmts.h>

#include <string>
#include <vector>

#include "engine/base/strings.h"
#include "engine/io/delivery/table_file.h"
#include "engine/io/delivery/vector_file.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kDongshan = "\xB6\xAB\xC9\xBD\xC5\xC9\xB3\xF6\xCB\xF9";  // 东山派出所 in GBK
const std::string kXihu = "\xCE\xF7\xBA\xFE\xC5\xC9\xB3\xF6\xCB\xF9";      // 西湖派出所
const std::string kName = "\xC3\xFB\xB3\xC6";                              // 名称

CatalogueSource source_of(const std::filesystem::path& file, const std::string& encoding = "") {
  CatalogueSource source;
  source.file = file;
  source.encoding = encoding;
  source.place = {"city.yaml", 4, 5};
  return source;
}

TextTable csv(const TemporaryFolder& folder, const std::string& bytes, const std::string& encoding = "") {
  return read_table_file(source_of(folder.write("a.csv", bytes), encoding));
}

std::vector<std::string> cells(const TextTable& table) { return {table.cells.begin(), table.cells.end()}; }

// A .dbf as offices write them: fields of text, a language driver, no .cpg unless a test adds one.
std::filesystem::path dbf(const TemporaryFolder& folder, const std::string& field, int width,
                          const std::vector<std::string>& values, unsigned char driver = 0) {
  const auto number = [](std::size_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
    return text;
  };
  const auto size = static_cast<std::size_t>(width);
  std::string text = "\x03\x7C\x01\x01" + number(values.size(), 4) + number(65, 2) + number(size + 1, 2);
  text += std::string(17, '\0') + static_cast<char>(driver) + std::string(2, '\0');
  text += (field + std::string(11, '\0')).substr(0, 11) + "C" + std::string(4, '\0') + static_cast<char>(width);
  text += std::string(15, '\0') + "\x0D";
  for (const std::string& value : values) text += " " + (value + std::string(size, ' ')).substr(0, size);
  return folder.write("a.dbf", text + "\x1A");
}

std::vector<std::string> values(const RawLayer& layer) {
  std::vector<std::string> all;
  for (const RawFeature& feature : layer.features) all.push_back(feature.values.at(0).value_or("NULL"));
  return all;
}

TEST(Encoding, AGbkTableThatSaysNothingIsChineseAndTheGuessIsTold) {
  const TemporaryFolder folder;
  const RawLayer layer = read_vector_file(source_of(dbf(folder, kName, 20, {kDongshan, kXihu})));
  EXPECT_EQ(layer.fields.at(0).name, "名称");
  EXPECT_THAT(values(layer), ElementsAre("东山派出所", "西湖派出所"));
  EXPECT_THAT(in_english(layer.remarks),
              ElementsAre(HasSubstr("is not UTF-8: read as GB 18030; say so with 'encoding: GB18030'")));
  const TextTable table = csv(folder, "id," + kName + "\n1," + kDongshan + "\n");
  EXPECT_EQ(table.header.at(1), "名称");
  EXPECT_THAT(cells(table), ElementsAre("1", "东山派出所"));
  EXPECT_EQ(in_english(table.remarks), in_english(layer.remarks));
  const RawLayer json = read_vector_file(source_of(folder.write(
      "a.geojson",
      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"" +
          kName + "\":\"" + kDongshan + "\"}}]}")));
  EXPECT_EQ(json.fields.at(0).name, "名称");
  EXPECT_THAT(values(json), ElementsAre("东山派出所"));
}

TEST(Encoding, WhatIsSaidIsBelievedAndNotRemarkedUpon) {
  const TemporaryFolder folder;
  const auto file = dbf(folder, kName, 20, {kDongshan});
  EXPECT_THAT(values(read_vector_file(source_of(file, "gbk"))), ElementsAre("东山派出所"));
  folder.write("a.cpg", "GBK");
  EXPECT_THAT(read_vector_file(source_of(file)).remarks, IsEmpty());
  std::filesystem::remove(folder.path() / "a.cpg");
  const RawLayer by_driver = read_vector_file(source_of(dbf(folder, kName, 20, {kDongshan}, 0x4D)));
  EXPECT_THAT(values(by_driver), ElementsAre("东山派出所"));
  EXPECT_THAT(by_driver.remarks, IsEmpty());
  EXPECT_THAT(values(read_vector_file(source_of(dbf(folder, "name", 20,
                                                    {"Se\xF1"
                                                     "al"}),
                                                "windows-1252"))),
              ElementsAre("Señal"));
  EXPECT_THAT(values(read_vector_file(source_of(dbf(folder, "name", 20, {"\xAA\x46\xA4s"}), "Big5"))),
              ElementsAre("東山"));
  const TextTable table = csv(folder,
                              "id,n\n1,Se\xF1"
                              "al\n",
                              "windows-1252");
  EXPECT_THAT(cells(table), ElementsAre("1", "Señal"));
  EXPECT_THAT(table.remarks, IsEmpty());
}

TEST(Encoding, AColumnPastedFromElsewhereIsReadByItself) {
  const TemporaryFolder folder;
  const std::string rows = "1," + kDongshan + ",东山\n2," + kXihu + ",西湖\n";
  const TextTable table = csv(folder, "id,station,place\n" + rows + "3," + kXihu + ",x\n");
  EXPECT_THAT(cells(table), ElementsAre("1", "东山派出所", "东山", "2", "西湖派出所", "西湖", "3", "西湖派出所", "x"));
  std::string told;
  for (const Reason& remark : table.remarks) told += plain_text(remark) + "\n";
  EXPECT_EQ(told,
            "texts_read_as encoding=\"GB18030\"\n"
            "column_read_as field=\"place\" encoding=\"UTF-8\" others=\"GB18030\"\n");
}

TEST(Encoding, ManyColumnsOfUtf8DoNotGarbleOneOfGbk) {
  const TemporaryFolder folder;
  const TextTable table = csv(folder, "甲,乙,丙\n东山,西湖," + kDongshan + "\n东山,西湖," + kXihu + "\n");
  EXPECT_THAT(cells(table), ElementsAre("东山", "西湖", "东山派出所", "东山", "西湖", "西湖派出所"));
  EXPECT_EQ(table.remarks.size(), 1u);
}

TEST(Encoding, Utf16IsReadByItsMarkOrByWord) {
  const TemporaryFolder folder;
  const std::string_view le("i\0d\0,\0n\0\n\0\x31\0,\0\x1C\x4E\n\0", 18),
      be("\0i\0d\0,\0n\0\n\0\x31\0,\x4E\x1C\0\n", 18);
  for (const auto& [bytes, encoding] : {std::pair{"\xFF\xFE" + std::string(le), ""},
                                        {"\xFE\xFF" + std::string(be), ""},
                                        {std::string(le), "UTF-16LE"},
                                        {std::string(be), "utf-16be"},
                                        {"\xFF\xFE" + std::string(le), "UTF-16"}}) {
    const TextTable table = csv(folder, bytes, encoding);
    EXPECT_THAT(table.header, ElementsAre("id", "n"));
    EXPECT_THAT(cells(table), ElementsAre("1", "东"));
  }
  EXPECT_THAT(data_error([&] { csv(folder, "\xFF\xFE" + std::string(le) + "\xD8"); }),
              HasSubstr("a.csv: is not UTF-16 from byte"));
  EXPECT_THAT(data_error([&] { read_vector_file(source_of(dbf(folder, "n", 9, {"x"}), "UTF-16")); }),
              HasSubstr("for CSV files alone"));
}

TEST(Encoding, OneBadByteGarblesNoOtherRowAndIsTold) {
  const TemporaryFolder folder;
  const std::string rows = "id,类别\n1,噪声\n2,噪声\n3,caf\xE9\n4,噪声\n";
  const TextTable table = csv(folder, rows);
  EXPECT_THAT(cells(table), ElementsAre("1", "噪声", "2", "噪声", "3", "caf\\xE9", "4", "噪声"));
  EXPECT_THAT(in_english(table.remarks),
              ElementsAre("1 text with bytes that are not UTF-8, kept as \\xHH: first row 3, '类别': "
                          "'caf\\xE9'"));
  const RawLayer layer = read_vector_file(source_of(dbf(folder, "n", 20, {"噪声", "扰民", "\xFF\xE5\x99", "东"})));
  EXPECT_THAT(values(layer), ElementsAre("噪声", "扰民", "\\xFF\\xE5\\x99", "东"));
  EXPECT_THAT(in_english(layer.remarks), ElementsAre(HasSubstr("row 3, 'n'")));
}

TEST(Encoding, WhatCannotBeToldIsAskedFor) {
  const TemporaryFolder folder;
  const auto question = AllOf(HasSubstr("a."),
                              HasSubstr("row 1, 'n': 'Se\\xF1"
                                        "al'"),
                              HasSubstr("say 'encoding'"));
  EXPECT_THAT(data_error([&] {
                csv(folder,
                    "id,n\n1,Se\xF1"
                    "al\n");
              }),
              question);
  EXPECT_THAT(data_error([&] {
                read_vector_file(source_of(dbf(folder, "n", 20,
                                               {"Se\xF1"
                                                "al"})));
              }),
              question);
  // Traditional Chinese, Japanese.
  EXPECT_THAT(data_error([&] { csv(folder, "id,n\n1,\xAA\x46\xA4\x73\xA6\xE8\xB4\xF2\n"); }), HasSubstr("'encoding'"));
  EXPECT_THAT(data_error([&] { csv(folder, "id,n\n1,\x93\x8C\x8B\x9E\x93\x73\n"); }), HasSubstr("'encoding'"));
  // Something else is said than is there.
  const auto file = dbf(folder, "n", 20, {kDongshan, kXihu});
  folder.write("a.cpg", "UTF-8");
  EXPECT_THAT(data_error([&] { read_vector_file(source_of(file)); }),
              AllOf(HasSubstr("city.yaml:4:5: "),
                    HasSubstr("its .cpg file says UTF-8, but most of its texts are not (first row 1, 'n'"),
                    HasSubstr("say 'encoding'")));
  folder.write("a.cpg", "Klingon");
  EXPECT_THAT(data_error([&] { read_vector_file(source_of(file)); }),
              AllOf(HasSubstr("its .cpg file says so: 'Klingon' is no encoding"), HasSubstr("say 'encoding'")));
  EXPECT_THAT(values(read_vector_file(source_of(file, "GB2312"))), ElementsAre("东山派出所", "西湖派出所"));
}

TEST(Encoding, AnUnnamedWindowsCodePageIsTheLastResort) {
  const TemporaryFolder folder;
  EXPECT_THAT(values(read_vector_file(source_of(dbf(folder, "n", 20, {kDongshan}, 87)))), ElementsAre("东山派出所"));
  EXPECT_THAT(values(read_vector_file(source_of(dbf(folder, "n", 20, {"东山"}, 87)))), ElementsAre("东山"));
  const RawLayer western = read_vector_file(source_of(dbf(folder, "n", 20,
                                                          {"Se\xF1"
                                                           "al",
                                                           "\x80"},
                                                          87)));
  EXPECT_THAT(values(western), ElementsAre("Señal", "€"));
  EXPECT_THAT(in_english(western.remarks), ElementsAre(HasSubstr("read as windows-1252")));
}

TEST(Encoding, ACharacterCutByTheWidthOfItsFieldIsNoDamage) {
  const TemporaryFolder folder;
  const RawLayer layer = read_vector_file(source_of(dbf(folder, "行政区划代码", 4, {"东山", "山"})));
  EXPECT_EQ(layer.fields.at(0).name, "行政区");  // of ten or eleven bytes
  EXPECT_THAT(values(layer), ElementsAre("东", "山"));
  EXPECT_THAT(in_english(layer.remarks),
              ElementsAre(HasSubstr("1 text cut within a character by the width of the field: first row 1")));
}

TEST(Encoding, FormatsThatSayTheirsThemselvesTakeNoWord) {
  const TemporaryFolder folder;
  const std::string kml =
      "<?xml version=\"1.0\"?><kml "
      "xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>d</name><Placemark><name>东</name>"
      "<Point><coordinates>0,0</coordinates></Point></Placemark></Document></kml>";
  const auto file = folder.write("a.kml", kml);
  EXPECT_THAT(values(read_vector_file(source_of(file))), ElementsAre("东"));
  EXPECT_THAT(data_error([&] { read_vector_file(source_of(file, "GBK")); }),
              HasSubstr("'encoding' has no meaning for this file, which says its encoding itself (KML)"));
}

TEST(Encoding, NamesAreThoseOfIconv) {
  for (const char* name : {"UTF-8", "utf8", "GBK", "gb18030", "CP936", "Big5", "windows-1252", "ISO-8859-15", "UTF-16"})
    require_known_encoding(name);
  for (const char* name : {"", "Klingon", "UTF-8//TRANSLIT", "../x"})
    EXPECT_THAT(data_error([&] { require_known_encoding(name); }), HasSubstr("is no encoding that is known")) << name;
}

}  // namespace
}  // namespace gridloom
