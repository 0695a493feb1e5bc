// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/delivery_reader.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "engine/base/progress.h"
#include "engine/io/crs.h"
#include "support/io_support.h"

namespace gridloom {

void PrintTo(const Finding& f, std::ostream* out) { *out << f.layer << " " << f.feature << ": " << in_english(f); }

namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string ring(const std::vector<Projected>& points) {
  std::string text = "[";
  for (const Projected& p : points)
    text += (text.size() > 1 ? "," : "") + ("[" + std::to_string(p.x) + "," + std::to_string(p.y) + "]");
  return text + "]";
}

std::vector<Projected> square(double x, double y, double size) {
  return {{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}};
}

std::string feature(const std::string& properties, const std::string& rings) {
  return R"({"type":"Feature","properties":{)" + properties + R"(},"geometry":{"type":"Polygon","coordinates":[)" +
         rings + "]}}";
}

std::string collection(const std::vector<std::string>& features, const std::string& epsg = "4549") {
  std::string text = R"({"type":"FeatureCollection",)";
  if (!epsg.empty()) text += R"("crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::)" + epsg + R"("}},)";
  text += R"("features":[)";
  for (const std::string& f : features) text += (f == features.front() ? "" : ",") + f;
  return text + "]}";
}

constexpr double kX = 530000, kY = 4000000;

class Delivery : public testing::Test {
 protected:
  Delivery() {
    folder.write("city.json", collection({feature(R"("code":"1","name":"Town")", ring(square(kX, kY, 4000)))}));
    layer = {
        feature(R"("id":1,"name":"west")",
                ring({{kX, kY}, {kX + 2000, kY}, {kX + 2000, kY + 4000}, {kX, kY + 4000}, {kX, kY}})),
        feature(
            R"("id":2,"name":"east")",
            ring({{kX + 2000, kY}, {kX + 4000, kY}, {kX + 4000, kY + 4000}, {kX + 2000, kY + 4000}, {kX + 2000, kY}}))};
  }

  FuseInput read(const std::string& more = "", const std::string& crs = "EPSG:4549", unsigned threads = 2) {
    folder.write("layer.json", collection(layer, epsg));
    const auto file = folder.write("city.yaml", R"(id: town
code: "1"
name: {en: Town, zh: 镇}
crs: )" + crs + R"(
time_zone: Asia/Shanghai
frame:
  levels:
    - {id: city, source: city.json, key: code, name: name}
layers:
  - id: police
    source: )" + source + R"(
    key: )" + key + "\n" + options + more);
    SilentProgress progress;
    return read_delivery(read_catalogue(file), threads, progress);
  }

  // The points of a cell's only ring, in metres from the town's corner.
  static std::vector<Projected> ground(const FuseInput& input, std::size_t cell) {
    std::vector<Projected> points;
    for (Point p : input.layers.at(0).cells.at(cell).rings.at(0).points) {
      const Projected m = input.lattice.metres(p);
      points.push_back({m.x - kX, m.y - kY});
    }
    return points;
  }

  static double area_km2(const FuseInput& input, std::size_t cell) {
    double area = 0;
    for (const Ring& r : input.layers.at(0).cells.at(cell).rings)
      area += std::abs(square_metres(doubled_area(r.points))) * (r.hole ? -1 : 1);
    return area / 1e6;
  }

  TemporaryFolder folder;
  std::vector<std::string> layer;
  std::string epsg = "4549";
  std::string source = "layer.json";
  std::string key = "id";
  std::string options;
};

auto finding(const std::string& feature_id, const std::string& what) {
  return AllOf(Field(&Finding::layer, "police"), Field(&Finding::feature, feature_id), says(HasSubstr(what)));
}

TEST_F(Delivery, PutsCellsOnTheLattice) {
  const FuseInput input = read("    name: name\n    fields: [id, name]\n");
  EXPECT_EQ(input.lattice, (Lattice{"EPSG:4549", 532000, 4002000}));
  EXPECT_EQ(input.admin.at(0).units.cells.at(0).cell.id, "1");
  EXPECT_EQ(input.admin.at(0).names.at(0), (Text{"Town", "Town"}));
  const DeliveredLayer& police = input.layers.at(0);
  ASSERT_THAT(police.cells, SizeIs(2));
  EXPECT_EQ(police.cells[0].cell.id, "1");
  EXPECT_EQ(police.cells[0].cell.name, "west");
  EXPECT_EQ(police.fields, (std::vector<gridloom::Field>{{"id", FieldType::integer}, {"name", FieldType::text}}));
  EXPECT_EQ(police.cells[1].cell.attributes, (std::vector<std::optional<std::string>>{"2", "east"}));
  EXPECT_THAT(ground(input, 0),
              ElementsAre(Projected{0, 0}, Projected{2000, 0}, Projected{2000, 4000}, Projected{0, 4000}));
  EXPECT_THAT(input.findings, IsEmpty());
}

TEST_F(Delivery, HolesFollowTheirShell) {
  layer = {feature(R"("id":1)", ring(square(kX, kY, 3000)) + "," + ring(square(kX + 1000, kY + 1000, 500)))};
  const FuseInput input = read();
  const auto& rings = input.layers[0].cells[0].rings;
  ASSERT_THAT(rings, SizeIs(2));
  EXPECT_FALSE(rings[0].hole);
  EXPECT_TRUE(rings[1].hole);
}

TEST_F(Delivery, RepairsRingsAndSaysSo) {
  layer.push_back(feature(R"("id":3)", ring({{kX, kY}, {kX + 10, kY}, {kX + 10, kY + 10}, {kX, kY + 10}})));  // open
  layer.push_back(feature(R"("id":4)", ring({{kX, kY}, {kX + 10, kY}, {kX, kY}})));                 // two points
  layer.push_back(feature(R"("id":5)", ring({{kX, kY}, {kX + 10, kY}, {kX + 20, kY}, {kX, kY}})));  // a line
  layer.push_back(
      feature(R"("id":6)", ring({{kX, kY}, {kX, kY}, {kX + 9, kY}, {kX + 9, kY + 9}, {kX, kY}})));  // repeats
  layer.push_back(
      feature(R"("id":7)", ring({{kX, kY}, {kX, kY}, {kX, kY}}) + "," + ring(square(kX, kY, 5))));  // hole of nothing
  layer.push_back(R"({"type":"Feature","properties":{"id":8},"geometry":null})");
  layer.push_back(
      R"({"type":"Feature","properties":{"id":9},"geometry":{"type":"Point","coordinates":[530000,4000000]}})");
  const FuseInput input = read();
  ASSERT_THAT(input.layers[0].cells, SizeIs(9));
  EXPECT_THAT(
      input.findings,
      testing::UnorderedElementsAre(
          finding("3", "1 ring closed"), finding("4", "1 ring left out: fewer than 3 distinct points"),
          finding("4", "has no ground"), finding("5", "1 ring left out: no area"), finding("5", "has no ground"),
          finding("6, 7", "2 repeated points left out in 2 cells"), finding("7", "1 ring left out: fewer than 3"),
          finding("7", "has no ground"), finding("8", "has no ground"), finding("9", "not a polygon left out"),
          finding("9", "has no ground")));
  EXPECT_THAT(input.layers[0].cells[2].rings.at(0).points, SizeIs(4));
  EXPECT_THAT(input.layers[0].cells[5].rings.at(0).points, SizeIs(3));
  EXPECT_THAT(input.layers[0].cells[6].rings, IsEmpty());
}

TEST_F(Delivery, BowTieWithEqualLobesKeepsItsGround) {
  layer.push_back(feature(R"("id":3)", ring({{kX, kY}, {kX + 10, kY + 10}, {kX + 10, kY}, {kX, kY + 10}, {kX, kY}})));
  layer.push_back(feature(
      R"("id":4)", ring({{kX, kY}, {kX + 10, kY}, {kX + 10, kY + 9}, {kX + 10, kY}, {kX, kY}})));  // there and back
  const FuseInput input = read();
  EXPECT_THAT(input.layers[0].cells[2].rings, SizeIs(1));
  EXPECT_THAT(input.layers[0].cells[3].rings, IsEmpty());
  EXPECT_THAT(input.findings, ElementsAre(finding("4", "1 ring left out: no area"), finding("4", "has no ground")));
}

TEST_F(Delivery, FeaturesOfOneIdArePartsOfOneCell) {
  layer.push_back(feature(R"("id":1)", ring(square(kX + 3000, kY + 3000, 100))));
  const FuseInput input = read();
  ASSERT_THAT(input.layers[0].cells, SizeIs(2));
  EXPECT_THAT(input.layers[0].cells[0].rings, SizeIs(2));
  EXPECT_THAT(input.findings, ElementsAre(finding("1", "stands on 2 features")));
}

TEST_F(Delivery, JoinsKeysAndFillsTemplates) {
  layer = {feature(R"("kind":"E","number":14.0)", ring(square(kX, kY, 1000))),
           feature(R"("kind":"L","number":null)", ring(square(kX + 1000, kY, 1000)))};
  key = "{fields: [kind, number], separator: \"-\"}";
  const FuseInput input = read("    name: \"Company {number} ({kind})\"\n");
  EXPECT_EQ(input.layers[0].cells[0].cell.id, "E-14");
  EXPECT_EQ(input.layers[0].cells[0].cell.name, "Company 14 (E)");
  EXPECT_EQ(input.layers[0].cells[1].cell.id, "unnamed-2");
  EXPECT_THAT(input.findings, ElementsAre(finding("unnamed-2", "has no id")));
}

TEST_F(Delivery, TranslatesIdsByATable) {
  folder.write("codes.csv", "id,code\n1,370201\n2,370202\n");
  key = "{field: id, codes: codes.csv}";
  EXPECT_EQ(read().layers[0].cells[1].cell.id, "370202");
  folder.write("codes.csv", "id,code\n1,370201\n");
  EXPECT_THAT(data_error([&] { read(); }),
              AllOf(HasSubstr("city.yaml:11:13"), HasSubstr("'2' has no row in the table of 'codes'")));
}

TEST_F(Delivery, WholeNumbersInFieldsOfRealsAreCodes) {
  folder.write("city.json",
               collection({feature(R"("code":370202000000.0,"name":"Town")", ring(square(kX, kY, 4000)))}));
  folder.write("wards.json",
               collection({feature(R"("code":370202001000.0,"up":370202000000.0)", ring(square(kX, kY, 4000)))}));
  layer = {feature(R"("id":100000.0,"name":1e20)", ring(square(kX, kY, 1000))),
           feature(R"("id":200000.5,"name":-300000.0)", ring(square(kX + 1000, kY, 1000)))};
  folder.write("codes.csv", "id,code\n100000,A\n200000.5,B\n");
  read();
  std::ifstream in(folder.path() / "city.yaml");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.insert(text.find("layers:"), "    - {id: ward, source: wards.json, key: code, parent: up}\n");
  text +=
      "    name: \"{name}\"\n  - {id: coded, source: layer.json, key: {field: id, codes: codes.csv}}\n"
      "  - {id: chosen, source: layer.json, key: id, where: {id: 100000}, parent: {layer: police, key: id}}\n"
      "population: {source: layer.json, key: id, people: id}\n";
  SilentProgress progress;
  const FuseInput input = read_delivery(read_catalogue(folder.write("city.yaml", text)), 1, progress);
  EXPECT_EQ(input.admin.at(0).units.cells.at(0).cell.id, "370202000000");
  EXPECT_EQ(input.admin.at(1).units.cells.at(0).cell.id, "370202001000");
  EXPECT_THAT(input.admin.at(1).parents, ElementsAre("370202000000"));
  EXPECT_EQ(input.layers.at(0).cells.at(0).cell.id, "100000");
  EXPECT_EQ(input.layers.at(0).cells.at(1).cell.id, "200000.5");
  EXPECT_EQ(input.layers.at(0).cells.at(0).cell.name, "1e+20");  // beyond what a double holds exactly
  EXPECT_EQ(input.layers.at(0).cells.at(1).cell.name, "-300000");
  EXPECT_EQ(input.layers.at(1).cells.at(0).cell.id, "A");
  EXPECT_THAT(input.layers.at(2).cells, SizeIs(1));
  EXPECT_THAT(input.layers.at(2).parents, ElementsAre("100000"));
  EXPECT_THAT(input.population.people, ElementsAre(100000, 200000.5));
  EXPECT_EQ(input.population.areas.cells.at(0).cell.id, "100000");
}

TEST_F(Delivery, BlanksAreNoIdsAndIdsAreTrimmed) {
  layer = {feature(R"("id":" ","name":" west ")", ring(square(kX, kY, 1000))),
           feature("\"id\":\"\u3000\xC2\xA0\"", ring(square(kX + 3000, kY, 1000))),
           feature("\"id\":\"\u3000P1 \"", ring(square(kX, kY + 2000, 1000))),
           feature(R"("id":"P1\t")", ring(square(kX + 1000, kY + 2000, 1000)))};
  const FuseInput input = read(
      "    name: name\n    parent: {layer: beats, key: id}\n"
      "  - {id: beats, source: layer.json, key: id}\n");
  ASSERT_THAT(input.layers[0].cells, SizeIs(3));
  EXPECT_EQ(input.layers[0].cells[0].cell.id, "unnamed-1");
  EXPECT_EQ(input.layers[0].cells[0].cell.name, "west");
  EXPECT_EQ(input.layers[0].cells[1].cell.id, "unnamed-2");
  EXPECT_EQ(input.layers[0].cells[2].cell.id, "P1");
  EXPECT_EQ(input.layers[0].parents.at(2), "P1");
  EXPECT_THAT(input.findings,
              testing::IsSupersetOf({finding("unnamed-1", "has no id"), finding("unnamed-2", "has no id"),
                                     finding("P1", "stands on 2 features")}));
}

TEST_F(Delivery, LockedIsYesOrNoOrAnError) {
  const auto drawn = [&](const std::string& locked) {
    layer = {feature(R"("id":"G1","keep":)" + locked, ring(square(kX, kY, 1000)))};
    return read("unify: {existing: {source: layer.json, key: id, locked: keep}}\n").before.grids.at(0).fixed;
  };
  for (const char* yes : {"1", "true", "1.0", R"("T")", R"("Y")", R"("TRUE")", R"("Yes ")", R"("是")"})
    EXPECT_TRUE(drawn(yes)) << yes;
  for (const char* no : {"0", "false", "null", R"("")", R"(" ")", R"("N")", R"("no")", R"("否")"})
    EXPECT_FALSE(drawn(no)) << no;
  EXPECT_THAT(data_error([&] { drawn(R"("perhaps")"); }),
              HasSubstr("layer.json: existing grids G1: 'keep' is 'perhaps', which is neither yes (1, t, true"));
  EXPECT_THAT(data_error([&] { drawn("2"); }), HasSubstr("'keep' is '2', which is neither yes"));
}

TEST_F(Delivery, TakesTheFeaturesItIsToldTo) {
  options = "    where: {name: [east, north]}\n";
  const FuseInput input = read();
  ASSERT_THAT(input.layers[0].cells, SizeIs(1));
  EXPECT_EQ(input.layers[0].cells[0].cell.id, "2");
}

TEST_F(Delivery, NestsAsDeclared) {
  const FuseInput input =
      read("    parent: {layer: beats, key: name}\n  - {id: beats, source: layer.json, key: name, where: {id: 1}}\n");
  EXPECT_EQ(input.layers[0].parent_layer, "beats");
  EXPECT_THAT(input.layers[0].parents, ElementsAre("west", "east"));
  EXPECT_THAT(input.findings, ElementsAre(finding("2", "names the parent 'east', which layer beats does not have")));
}

TEST_F(Delivery, MisspeltFieldNamesTheNearest) {
  key = "idd";
  EXPECT_THAT(data_error([&] { read(); }),
              AllOf(HasSubstr("city.yaml:11:13: "),
                    HasSubstr("layer.json: there is no field 'idd'; did you mean 'id'? (fields: id, name)")));
}

TEST_F(Delivery, EmptyLayer) {
  layer = {};
  EXPECT_THAT(data_error([&] { read(); }),
              AllOf(HasSubstr("city.yaml:11:13: "), HasSubstr("layer.json: has no features")));
}

TEST_F(Delivery, LayerWithoutPolygons) {
  layer = {R"({"type":"Feature","properties":{"id":1},"geometry":{"type":"Point","coordinates":[530000,4000000]}})"};
  EXPECT_THAT(data_error([&] { read(); }), HasSubstr("layer.json: has no polygons"));
}

std::string line_feature(const std::string& properties, const std::vector<std::vector<Projected>>& lines) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : ",") + ring(line);
  return R"({"type":"Feature","properties":{)" + properties +
         R"(},"geometry":{"type":"MultiLineString","coordinates":[)" + text + "]}}";
}

std::string text_feature(const std::string& text, double x, double y) {
  return R"({"type":"Feature","properties":{"Text":")" + text + R"("},"geometry":{"type":"Point","coordinates":[)" +
         std::to_string(x) + "," + std::to_string(y) + "]}}";
}

TEST_F(Delivery, ClosedLinesAreAreas) {
  layer = {line_feature(R"("id":"a")", {square(kX, kY, 2000)}),
           line_feature(R"("id":"b")", {{{kX + 2000, kY}, {kX + 4000, kY}, {kX + 4000, kY + 2000}},
                                        {{kX + 2000, kY}, {kX + 2000, kY + 2000}, {kX + 4000, kY + 2000}}}),
           line_feature(
               R"("id":"c")",
               {{{kX, kY + 2000}, {kX + 2000, kY + 2000}, {kX + 2000, kY + 4000}, {kX, kY + 4000}, {kX, kY + 2004}}}),
           line_feature(R"("id":"d")", {{{kX + 2000, kY + 2000},
                                         {kX + 4000, kY + 2000},
                                         {kX + 4000, kY + 4000},
                                         {kX + 2000, kY + 4000},
                                         {kX + 2000, kY + 2100}}})};
  const FuseInput input = read();
  ASSERT_THAT(input.layers[0].cells, SizeIs(4));
  for (std::size_t c : {0, 1}) EXPECT_NEAR(area_km2(input, c), 4, 1e-9) << c;
  EXPECT_NEAR(area_km2(input, 2), 4, 1e-9);  // open by 4 m, within 10
  EXPECT_THAT(input.layers[0].cells[3].rings, IsEmpty());
  EXPECT_THAT(input.findings, Contains(finding("", "line 3 is open by 4.0 m, within the layer's accuracy: closed")));
  EXPECT_THAT(input.findings,
              Contains(finding("", "line 4 is open by 100 m, from 532000.00, 4002100.00 to 532000.00, 4002000.00")));
  EXPECT_THAT(input.findings, Contains(finding("", "3 closed lines taken as areas")));
  EXPECT_THAT(input.findings, Contains(finding("d", "has no ground")));
}

TEST_F(Delivery, ClosedLineInsideAnotherIsItsHole) {
  layer = {line_feature(R"("id":"a")", {square(kX, kY, 4000)}),  // with a hole, an island in it, and b
           line_feature(R"("id":"a")", {square(kX + 200, kY + 200, 1000)}),
           line_feature(R"("id":"a")", {square(kX + 500, kY + 500, 100)}),
           line_feature(R"("id":"b")", {square(kX + 2000, kY + 2000, 1000)})};
  const FuseInput input = read();
  ASSERT_THAT(input.layers[0].cells, SizeIs(2));
  EXPECT_NEAR(area_km2(input, 0), 16 - 1 + 0.01 - 1, 1e-9);
  EXPECT_NEAR(area_km2(input, 1), 1, 1e-9);
}

TEST_F(Delivery, TextInADrawnAreaIsItsName) {
  key = "Text";
  layer = {line_feature(R"("Text":"")", {square(kX, kY, 2000)}),
           line_feature(R"("Text":null)", {square(kX + 500, kY + 500, 500)}),
           text_feature("outer", kX + 100, kY + 100),
           text_feature("inner", kX + 600, kY + 600),
           text_feature("other", kX + 650, kY + 650),
           text_feature("lost", kX + 3000, kY + 3000)};
  const FuseInput input = read();
  ASSERT_THAT(input.layers[0].cells, SizeIs(2));
  EXPECT_EQ(input.layers[0].cells[0].cell.id, "outer");
  EXPECT_EQ(input.layers[0].cells[1].cell.id, "inner");
  EXPECT_NEAR(area_km2(input, 0), 3.75, 1e-9);
  EXPECT_THAT(input.findings, Contains(finding("inner", "second text inside, 'other'")));
  EXPECT_THAT(input.findings, Contains(finding("lost", "lies in no closed line")));
}

TEST_F(Delivery, LinesOfWhichNoneClosesAreTold) {
  layer = {line_feature(R"("id":"a")", {{{kX, kY}, {kX + 2000, kY}, {kX + 2000, kY + 2000}, {kX, kY + 2000}}})};
  EXPECT_THAT(data_error([&] { read(); }),
              AllOf(HasSubstr("lines only (1)"), HasSubstr("2000 m, from 530000.00, 4002000.00")));
}

TEST_F(Delivery, HoleOutsideItsShellIsLeftOutAndTold) {
  layer.push_back(
      feature(R"("id":3)", ring(square(kX + 100, kY + 100, 100)) + "," + ring(square(kX + 1000, kY + 1000, 100))));
  layer.push_back(
      feature(R"("id":4)", ring(square(kX + 3000, kY + 100, 100)) + "," + ring(square(kX + 3010, kY + 110, 10))));
  const FuseInput input = read();
  EXPECT_THAT(input.layers[0].cells[2].rings, SizeIs(1));
  EXPECT_THAT(input.layers[0].cells[3].rings, SizeIs(2));
  EXPECT_THAT(input.findings, Contains(finding("3", "1 ring left out: a hole outside its shell")));
}

TEST_F(Delivery, WhatIsNoPolygonInACollectionIsToldByKind) {
  layer.push_back(
      R"({"type":"Feature","properties":{"id":3},"geometry":{"type":"GeometryCollection","geometries":[)"
      R"({"type":"Polygon","coordinates":[[[530100,4000100],[530200,4000100],[530200,4000200],[530100,4000100]]]},)"
      R"({"type":"LineString","coordinates":[[530100,4000100],[530200,4000100]]},)"
      R"({"type":"MultiPoint","coordinates":[[530100,4000100],[530200,4000100]]}]}})");
  EXPECT_THAT(read().findings, Contains(finding("3", "not a polygon left out: lines 1 points 2")));
}

// A town on the antimeridian: cut there as RFC 7946 asks, or drawn straight across, it is the same ground.
TEST_F(Delivery, TownOnTheAntimeridianIsOneGround) {
  const auto degrees = [](double west, double east) {
    return ring({{west, -16.9}, {east, -16.9}, {east, -16.8}, {west, -16.8}, {west, -16.9}});
  };
  const auto cells = [&](const std::string& geometry) {
    folder.write(
        "city.json",
        collection({R"({"type":"Feature","properties":{"code":"1","name":"Taveuni"},"geometry":)" + geometry + "}"},
                   ""));
    epsg = "";
    layer = {R"({"type":"Feature","properties":{"id":1},"geometry":)" + geometry + "}"};
    return read("", "EPSG:32760");
  };
  const FuseInput cut = cells(R"({"type":"MultiPolygon","coordinates":[[)" + degrees(179.95, 180) + "],[" +
                              degrees(-180, -179.95) + "]]}");
  const FuseInput across = cells(R"({"type":"Polygon","coordinates":[)" + degrees(179.95, -179.95) + "]}");
  EXPECT_NEAR(area_km2(across, 0), 118, 1);  // 0.1 by 0.1 degrees
  EXPECT_NEAR(area_km2(cut, 0), area_km2(across, 0), 1e-3);
  EXPECT_EQ(cut.lattice.origin_x, across.lattice.origin_x);
}

TEST_F(Delivery, FilesThatAreNone) {
  for (const char* content :
       {"", "not json", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Fea", "\x1f\x8b\x08garbage"}) {
    source = "broken.json";
    folder.write(source, content);
    EXPECT_THAT(data_error([&] { read(); }), AllOf(HasSubstr("city.yaml:11:13: "), HasSubstr("broken.json: ")))
        << content;
  }
  source = "broken.json.gz";
  folder.write(source, "\x1f\x8b\x08garbage");
  EXPECT_THAT(data_error([&] { read(); }), HasSubstr("broken.json.gz: "));
}

TEST_F(Delivery, NumbersThatAreNoPlace) {
  layer.push_back(feature(R"("id":3)", "[[1e400,0],[1,1],[530000,4000000],[1e400,0]]"));
  layer.push_back(feature(R"("id":4)", "[[1e300,1e300],[1,1],[530000,4000000],[1e300,1e300]]"));
  try {
    read();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("layer.json"));
  }
}

TEST_F(Delivery, TooFarForTheLattice) {
  layer.push_back(feature(R"("id":3)", ring({{kX, kY}, {kX + 2e6, kY}, {kX, kY + 5}, {kX, kY}})));
  EXPECT_THAT(data_error([&] { read(); }), HasSubstr("police 3: lies more than 1073 km from the city's centre"));
}

TEST_F(Delivery, LayerOfAnotherTown) {
  for (std::string& f : layer) {
    for (std::size_t at; (at = f.find("[53")) != std::string::npos;) f.replace(at, 3, "[83");
  }
  EXPECT_THAT(data_error([&] { read(); }), AllOf(HasSubstr("does not touch the city"), HasSubstr("EPSG:4549")));
}

TEST_F(Delivery, SwappedAxesAreToldAndAccepted) {
  std::vector<std::string> turned;
  for (const char* id : {"1", "2"}) {
    const double x = kX + (id[0] == '1' ? 0 : 2000);
    turned.push_back(feature("\"id\":" + std::string(id),
                             ring({{kY, x}, {kY, x + 2000}, {kY + 4000, x + 2000}, {kY + 4000, x}, {kY, x}})));
  }
  const std::vector<Projected> straight = ground(read(), 1);
  layer = turned;
  EXPECT_THAT(data_error([&] { read(); }), AllOf(HasSubstr("look swapped"), HasSubstr("'axis: swapped'")));
  options = "    axis: swapped\n";
  EXPECT_EQ(ground(read(), 1), straight);
}

TEST_F(Delivery, SwappedDegreesAreTold) {
  epsg = "";
  layer = {feature(R"("id":1)", "[[36.13,120.34],[36.13,120.36],[36.14,120.36],[36.13,120.34]]")};
  EXPECT_THAT(data_error([&] { read(); }), AllOf(HasSubstr("look swapped"), HasSubstr("'axis: swapped'")));
}

TEST_F(Delivery, ParentThatIsNotThere) {
  folder.write("wards.json", collection({feature(R"("code":"11","up":"9")", ring(square(kX, kY, 4000)))}));
  const auto file = folder.path() / "city.yaml";
  read();
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.replace(text.find("layers:"), 0, "    - {id: ward, source: wards.json, key: code, parent: up}\n");
  folder.write("city.yaml", text);
  SilentProgress progress;
  EXPECT_THAT(data_error([&] { read_delivery(read_catalogue(file), 1, progress); }),
              HasSubstr("unit 11 names the parent '9', which level city does not have"));
}

TEST_F(Delivery, PeopleMustBeNumbers) {
  layer = {feature(R"("id":1,"people":"12")", ring(square(kX, kY, 1000))),
           feature(R"("id":2,"people":null)", ring(square(kX + 1000, kY, 1000)))};
  const std::string population = "population: {source: layer.json, key: id, people: people}\n";
  const FuseInput input = read(population);
  EXPECT_THAT(input.population.people, ElementsAre(12, 0));
  EXPECT_THAT(input.findings, Contains(says(HasSubstr("has no value in 'people': taken as 0"))));
  for (const char* people : {"many", "-1", "nan", "1e999"}) {
    layer[0] = feature(R"("id":1,"people":")" + std::string(people) + "\"", ring(square(kX, kY, 1000)));
    EXPECT_THAT(data_error([&] { read(population); }),
                HasSubstr("'" + std::string(people) + "', which is no number of people"));
  }
}

class Cancelling final : public Progress {
 public:
  void stage(std::string_view, double) override {}
  bool cancelled() const override { return true; }
};

TEST_F(Delivery, CanBeCancelled) {
  read();
  Cancelling progress;
  EXPECT_THROW(read_delivery(read_catalogue(folder.path() / "city.yaml"), 1, progress), Cancelled);
}

// The town's halves in another CRS, as a file that names none (GeoJSON with "crs": null names none indeed).
std::string unnamed_crs(const std::string& crs, Datum datum = Datum::wgs84) {
  CrsTransform to_degrees("EPSG:4549", "EPSG:4326");
  CrsTransform transform("EPSG:4326", crs);
  std::vector<std::string> features;
  for (int half = 0; half < 2; ++half) {
    std::vector<Projected> points;
    const double x = kX + 2000 * half;
    for (Projected p : {Projected{x, kY}, {x + 2000, kY}, {x + 2000, kY + 4000}, {x, kY + 4000}, {x, kY}}) {
      to_degrees.transform({&p.x, 1}, {&p.y, 1});
      LonLat shifted{p.x, p.y};
      if (datum == Datum::gcj02) shifted = wgs84_to_gcj02(shifted);
      p = {shifted.lon, shifted.lat};
      transform.transform({&p.x, 1}, {&p.y, 1});
      points.push_back(p);
    }
    char text[400];
    std::string coordinates;
    for (const Projected& p : points) {
      std::snprintf(text, sizeof text, "%s[%.12g,%.12g]", coordinates.empty() ? "" : ",", p.x, p.y);
      coordinates += text;
    }
    features.push_back(feature("\"id\":" + std::to_string(half + 1), "[" + coordinates + "]"));
  }
  std::string json = collection(features, "");
  return json.replace(json.find("\"features\""), 0, "\"crs\":null,");
}

TEST_F(Delivery, GuessesTheCrsOfAFileThatNamesNone) {
  const std::vector<Projected> expected = ground(read(), 1);
  source = "unnamed.json";
  for (const char* crs : {"EPSG:4528", "EPSG:4549", "EPSG:4548", "EPSG:4550", "EPSG:32651", "EPSG:3857"}) {
    SCOPED_TRACE(crs);
    folder.write(source, unnamed_crs(crs));
    const FuseInput input = read();
    ASSERT_THAT(input.findings, ElementsAre(finding("", "taken as " + std::string(crs))));
    const std::vector<Projected> got = ground(input, 1);
    // Points that refine the edges of other projections lie between the corners.
    for (const Projected& corner : expected)
      EXPECT_TRUE(std::any_of(got.begin(), got.end(),
                              [&](Projected p) { return std::hypot(p.x - corner.x, p.y - corner.y) < 0.01; }));
    EXPECT_NEAR(area_km2(input, 1), 8, 1e-4);
  }
}

TEST_F(Delivery, ZonePrefixTellsTheZoneEvenOfTheFrame) {
  for (const auto& [crs, prefix] : {std::pair{"EPSG:4528", "40"}, std::pair{"EPSG:4499", "21"}}) {
    folder.write("city.json", unnamed_crs(crs));
    const auto file = folder.write("frame.yaml", R"(id: town
code: "1"
name: Town
crs: EPSG:4549
time_zone: Asia/Shanghai
frame: {levels: [{id: city, source: city.json, key: id}]}
layers: [{id: police, source: city.json, key: id}]
)");
    SilentProgress progress;
    const FuseInput input = read_delivery(read_catalogue(file), 1, progress);
    EXPECT_THAT(input.findings, Contains(says(AllOf(HasSubstr("taken as " + std::string(crs)),
                                                    HasSubstr("zone prefix " + std::string(prefix))))));
    EXPECT_NEAR(area_km2(input, 0), 8, 1e-4);
  }
}

TEST_F(Delivery, DeclaredCrsComesFirst) {
  epsg = "32651";  // what the file says is wrong, and the catalogue knows it
  options = "    crs: EPSG:4549\n";
  EXPECT_THAT(ground(read(), 0),
              ElementsAre(Projected{0, 0}, Projected{2000, 0}, Projected{2000, 4000}, Projected{0, 4000}));
}

TEST_F(Delivery, DatumOfUnknownAccuracyIsRefusedUnlessItIsDeclaredOrMeant) {
  options =
      "    crs: EPSG:2385\n";  // Xian 1980, 3 degrees around 120 east: the town's own coordinates, but for the datum
  EXPECT_THAT(data_error([&] { read(); }),
              AllOf(HasSubstr("city.yaml:"), HasSubstr("layer.json"), HasSubstr("EPSG:2385"), HasSubstr("towgs84")));
  options = "    crs: {name: EPSG:2385, towgs84: [20, -30, 40]}\n";
  const Point declared = read().layers[0].cells[0].rings[0].points.front();
  options = "    crs: {name: EPSG:2385, ballpark: true}\n";
  const Point meant = read().layers[0].cells[0].rings[0].points.front();
  EXPECT_GT(std::hypot(declared.x - meant.x, declared.y - meant.y), 10'000);  // mm
  EXPECT_LT(std::hypot(declared.x - meant.x, declared.y - meant.y), 100'000);
  options = "    crs: {name: EPSG:2385, towgs84: [20, -30]}\n";
  EXPECT_THAT(data_error([&] { read(); }), HasSubstr("towgs84"));
}

TEST_F(Delivery, GeoJsonWithMetresIsNoGeoJson) {
  epsg = "";
  const FuseInput input = read();
  EXPECT_THAT(input.findings, ElementsAre(finding("", "states degrees, but its coordinates are none")));
  EXPECT_THAT(ground(input, 0),
              ElementsAre(Projected{0, 0}, Projected{2000, 0}, Projected{2000, 4000}, Projected{0, 4000}));
}

TEST_F(Delivery, CrsThatNothingFits) {
  source = "unnamed.json";
  std::string text = unnamed_crs("EPSG:4549");
  for (std::size_t at; (at = text.find("[53")) != std::string::npos;) text.replace(at, 3, "[99999");
  folder.write(source, text);
  EXPECT_THAT(data_error([&] { read(); }),
              AllOf(HasSubstr("no CRS fits its coordinates (x 999990000"), HasSubstr("declare it with 'crs'")));
}

// The distance from a point to a closed ring.
double distance_to_ring(Projected p, const std::vector<Projected>& r) {
  double nearest = 1e300;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const Projected a = r[i], b = r[(i + 1) % r.size()];
    const double dx = b.x - a.x, dy = b.y - a.y;
    const double t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
    nearest = std::min(nearest, std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy));
  }
  return nearest;
}

TEST_F(Delivery, CoarseAndDenseDrawingsOfOneLineAgree) {
  epsg = "";
  // The same degrees square, its sides in one piece or in 37.
  std::string coarse, dense;
  const double corners[5][2] = {{120.33, 36.13}, {120.37, 36.13}, {120.37, 36.16}, {120.33, 36.16}, {120.33, 36.13}};
  for (int side = 0; side < 4; ++side)
    for (int i = 0; i < 37; ++i) {
      char text[80];
      std::snprintf(text, sizeof text, "[%.15g,%.15g],",
                    corners[side][0] + (corners[side + 1][0] - corners[side][0]) * i / 37,
                    corners[side][1] + (corners[side + 1][1] - corners[side][1]) * i / 37);
      dense += text;
      if (i == 0) coarse += text;
    }
  layer = {feature(R"("id":1)", "[" + coarse + "[120.33,36.13]]"),
           feature(R"("id":2)", "[" + dense + "[120.33,36.13]]")};
  const FuseInput input = read();
  const std::vector<Projected> a = ground(input, 0), b = ground(input, 1);
  for (const Projected& p : a) EXPECT_LT(distance_to_ring(p, b), 0.0021);
  for (const Projected& p : b) EXPECT_LT(distance_to_ring(p, a), 0.0021);
  // The chord itself would stray by decimetres: the test means something.
  const std::vector<Projected> chords{ground(input, 1)[0], ground(input, 1)[37], ground(input, 1)[74],
                                      ground(input, 1)[111]};
  double worst = 0;
  for (const Projected& p : b) worst = std::max(worst, distance_to_ring(p, chords));
  EXPECT_GT(worst, 0.1);
}

TEST_F(Delivery, ShortEdgesAndEdgesInTheWorkingCrsStayAsTheyAre) {
  EXPECT_THAT(ground(read(), 0), SizeIs(4));
  epsg = "";
  layer = {feature(R"("id":1)", "[[120.34,36.13],[120.3404,36.13],[120.3404,36.1304],[120.34,36.13]]")};
  EXPECT_THAT(ground(read(), 0), SizeIs(3));
}

TEST_F(Delivery, ReadsLineworkAndLeavesOutWhatIsFarAway) {
  const auto line = [](const char* type, const std::string& coordinates) {
    return R"({"type":"Feature","properties":{},"geometry":{"type":")" + std::string(type) + R"(","coordinates":)" +
           coordinates + "}}";
  };
  folder.write(
      "roads.json",
      collection({line("LineString", "[[530000,4001000],[531000,4001000],[900000,4001000]]"),
                  line("MultiLineString", "[[[530500,4000000],[530500,4004000]],[[530600,4000000],[530600,4000001]]]"),
                  line("Polygon", "[[[532000,4000500],[532100,4000500],[532100,4000600],[532000,4000500]]]")}));
  const FuseInput input = read("linework:\n  - {id: roads, kind: road, source: roads.json, accuracy: 8, weight: 2}\n");
  ASSERT_THAT(input.linework, SizeIs(1));
  EXPECT_EQ(input.linework[0].id, "roads");
  EXPECT_EQ(input.linework[0].accuracy_m, 8);
  EXPECT_EQ(input.linework[0].weight, 2);
  std::vector<std::size_t> points;
  for (const auto& l : input.linework[0].lines) points.push_back(l.size());
  EXPECT_THAT(points, ElementsAre(2, 2, 2, 4)) << "a vertex 368 km away is none; the rim of a lake is a line";
}

TEST_F(Delivery, LineworkInDegreesEndsWhereItEnds) {
  folder.write("roads.json", collection({R"({"type":"Feature","properties":{},"geometry":{"type":"LineString",)"
                                         R"("coordinates":[[120.34,36.13],[120.37,36.14]]}})"},
                                        ""));
  const FuseInput input = read("linework:\n  - {id: roads, kind: road, source: roads.json}\n");
  ASSERT_THAT(input.linework.at(0).lines, SizeIs(1));
  const std::vector<Point>& line = input.linework[0].lines[0];
  EXPECT_GT(line.size(), 2u) << "a straight line in degrees is a curve here";
  EXPECT_TRUE(std::is_sorted(line.begin(), line.end())) << "and never turns back";
}

TEST_F(Delivery, RefusesLineworkWithoutLines) {
  folder.write(
      "roads.json",
      collection({R"({"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[530000,4001000]}})"}));
  EXPECT_THAT(data_error([&] { read("linework:\n  - {id: roads, kind: road, source: roads.json}\n"); }),
              HasSubstr("has no lines"));
}

TEST(DeliveryOfCities, NewYorkIsCompleteAndTheSameForAnyThreads) {
  const Catalogue catalogue = read_catalogue(repository() / "gisdata/nyc/city.yaml");
  SilentProgress progress;
  const FuseInput input = read_delivery(catalogue, 2, progress);
  const std::map<std::string, std::size_t> expected{
      {"police_precincts", 76}, {"fire_companies", 343},  {"fire_battalions", 49},     {"health_areas", 346},
      {"health_centers", 30},   {"school_districts", 32}, {"community_districts", 71}, {"city_council", 51},
      {"state_assembly", 65},   {"state_senate", 26},     {"municipal_courts", 28},    {"election_districts", 5199}};
  ASSERT_THAT(input.layers, SizeIs(expected.size()));
  for (const DeliveredLayer& layer : input.layers) EXPECT_THAT(layer.cells, SizeIs(expected.at(layer.id))) << layer.id;
  EXPECT_EQ(input.lattice, (Lattice{"EPSG:32618", 586000, 4507000}));  // whole kilometres
  EXPECT_THAT(input.admin[0].units.cells, IsEmpty());
  EXPECT_THAT(input.admin[1].units.cells, SizeIs(5));
  EXPECT_THAT(input.admin[2].units.cells, SizeIs(71));
  ASSERT_THAT(input.linework, SizeIs(1));
  EXPECT_GE(input.linework[0].lines.size(), 17'869u);
  EXPECT_EQ(std::accumulate(input.population.people.begin(), input.population.people.end(), 0.0), 8175133);
  EXPECT_EQ(input.events.size(), 143175u);
  EXPECT_THAT(input.findings,
              Contains(AllOf(Field(&Finding::layer, "school_districts"), Field(&Finding::feature, "10"))));
  EXPECT_THAT(input.findings, testing::Not(Contains(says(HasSubstr("shift")))));

  const FuseInput again = read_delivery(catalogue, 1, progress);
  for (std::size_t l = 0; l < input.layers.size(); ++l)
    for (std::size_t c = 0; c < input.layers[l].cells.size(); ++c) {
      const DeliveredCell &a = input.layers[l].cells[c], &b = again.layers[l].cells[c];
      ASSERT_EQ(a.cell, b.cell);
      ASSERT_TRUE(std::equal(a.rings.begin(), a.rings.end(), b.rings.begin(), b.rings.end(),
                             [](const Ring& r, const Ring& s) { return r.hole == s.hole && r.points == s.points; }));
    }
  ASSERT_EQ(input.findings.size(), again.findings.size());
  for (std::size_t f = 0; f < input.findings.size(); ++f)
    EXPECT_EQ(in_english(input.findings[f]), in_english(again.findings[f]));
}

TEST(DeliveryOfCities, QingdaoInFiveCoordinateSystemsLiesOnItself) {
  Catalogue catalogue = read_catalogue(repository() / "gisdata/qingdao/city.yaml");
  SilentProgress progress;
  const FuseInput input = read_delivery(catalogue, 2, progress);
  ASSERT_THAT(input.admin.back().units.cells, SizeIs(135));
  for (const DeliveredCell& unit : input.admin.back().units.cells) EXPECT_THAT(unit.cell.id, SizeIs(9));
  EXPECT_EQ(input.admin[1].names.at(2).zh, "市北区");

  const auto box_of_layer = [](const DeliveredLayer& layer) {
    Box box;
    for (const DeliveredCell& cell : layer.cells)
      for (const Ring& r : cell.rings) box.extend(box_of(r.points));
    return box;
  };
  const Box city = box_of_layer(input.admin[0].units);
  for (const DeliveredLayer& layer : input.layers) {
    const Box box = box_of_layer(layer);
    for (const std::int32_t off :
         {box.min.x - city.min.x, box.min.y - city.min.y, box.max.x - city.max.x, box.max.y - city.max.y})
      EXPECT_LT(std::abs(off), 60'000) << layer.id;  // 60 m: simplified shores; GCJ-02 would be 460 m off
  }
  EXPECT_THAT(input.findings,
              Contains(AllOf(Field(&Finding::layer, "fire_rescue"), says(HasSubstr("taken as EPSG:4549")))));
  EXPECT_THAT(input.findings,
              Contains(AllOf(Field(&Finding::layer, "housing_areas"),
                             says(HasSubstr("GCJ-02 shift of 464 m is undone; the shift has been undone")))));
  EXPECT_EQ(std::count_if(input.findings.begin(), input.findings.end(),
                          [](const Finding& f) { return in_english(f).find("shift") != std::string::npos; }),
            1);

  // Declared, it is undone without a word; kept when the catalogue says that it is no shift.
  const auto housing = std::find_if(catalogue.layers.begin(), catalogue.layers.end(),
                                    [](const auto& l) { return l.id == "housing_areas"; });
  catalogue.layers = {*housing};
  catalogue.population.reset();
  catalogue.incidents.reset();
  catalogue.layers[0].source.datum = Datum::gcj02;
  const FuseInput declared = read_delivery(catalogue, 2, progress);
  catalogue.layers[0].source.datum = Datum::wgs84;
  const FuseInput kept = read_delivery(catalogue, 2, progress);
  EXPECT_EQ(box_of_layer(declared.layers[0]), box_of_layer(input.layers[3]));
  EXPECT_GT(std::abs(box_of_layer(kept.layers[0]).min.x - city.min.x), 300'000);
  for (const FuseInput* quiet : {&declared, &kept})
    EXPECT_THAT(quiet->findings, testing::Not(Contains(says(HasSubstr("shift")))));
}

}  // namespace
}  // namespace gridloom
