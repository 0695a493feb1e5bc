// SPDX-License-Identifier: Apache-2.0
#include "engine/io/catalogue/catalogue.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::HasSubstr;

TEST(Catalogue, ReadsNewYork) {
  const Catalogue c = read_catalogue(repository() / "gisdata/nyc/city.yaml");
  EXPECT_EQ(c.id, "nyc");
  EXPECT_EQ(c.code, "36");
  EXPECT_EQ(c.crs, "EPSG:32618");
  ASSERT_EQ(c.levels.size(), 3u);
  EXPECT_FALSE(c.levels[0].source);
  EXPECT_EQ(c.levels[1].names.at("3"), (Text{"Brooklyn", "布鲁克林区"}));
  ASSERT_EQ(c.layers.size(), 12u);
  for (const CatalogueLayer& layer : c.layers) EXPECT_NE(layer.title.en, layer.title.zh);
  EXPECT_EQ(c.unify.options.households_max, 3000);
  EXPECT_EQ(c.population->people, "pop2010");
  EXPECT_EQ(c.incidents->places.source.crs, "EPSG:4326");
}

TEST(Catalogue, ReadsEveryKey) {
  const std::filesystem::path file = repository() / "tests/unit/io/data/all_keys.yaml";
  const Catalogue c = read_catalogue(file);
  EXPECT_EQ(c.code, "370200");
  EXPECT_EQ(c.levels[0].title, (Text{"市", "市"}));
  const CatalogueLevel& district = c.levels[1];
  EXPECT_EQ(district.source->file, file);
  EXPECT_EQ(district.source->table, "districts");
  EXPECT_EQ(district.source->encoding, "GBK");
  EXPECT_EQ(district.source->datum, Datum::wgs84);
  EXPECT_TRUE(district.source->swapped);
  EXPECT_EQ(district.source->where.at("admin_level"), std::vector<std::string>{"6"});
  EXPECT_EQ(district.source->where.at("kind"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(district.source->place.line, 12);
  EXPECT_EQ(district.name_en, "District {code}");
  EXPECT_EQ(district.parent, "city");
  EXPECT_EQ(district.accuracy_m, 4);
  const CatalogueLayer& police = c.layers[0];
  EXPECT_EQ(police.key.fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(police.key.separator, "-");
  EXPECT_EQ(police.source.datum, Datum::gcj02);
  EXPECT_EQ(police.rank, 2);
  EXPECT_EQ(police.accuracy_m, 7.5);
  EXPECT_TRUE(police.locked);
  EXPECT_EQ(police.parent->layer, "fire");
  EXPECT_EQ(police.fields, (std::vector<std::string>{"a", "duty"}));
  const CatalogueLayer& fire = c.layers[1];
  EXPECT_EQ(fire.title.en, "fire");
  EXPECT_EQ(fire.rank, 2);
  EXPECT_EQ(fire.accuracy_m, 10);
  EXPECT_EQ(fire.nests_in.at("police"), NestingWord::forbid);
  EXPECT_EQ(fire.shift, ShiftWord::apply);
  EXPECT_EQ(police.shift, ShiftWord::detect);
  EXPECT_EQ(fire.key.codes, file);
  EXPECT_EQ(c.population->source.datum, Datum::detect);
  EXPECT_EQ(c.linework.at(0).kind, LineKind::road);
  EXPECT_EQ(c.linework.at(0).accuracy_m, 20);
  EXPECT_EQ(c.linework.at(0).weight, 2);
  EXPECT_EQ(c.incidents->closed_at, "closed");
  EXPECT_EQ(c.incidents->places.source.datum, Datum::bd09);
  EXPECT_EQ(c.facilities.at(0).places.x, "x");
  EXPECT_EQ(c.rosters.at(0).layer, "police");
  EXPECT_EQ(c.align.min_width_m, 8);
  EXPECT_EQ(c.unify.options.serial_digits, 4);
  EXPECT_EQ(c.unify.options.seed, 7u);
  EXPECT_EQ(c.unify.options.weights, (std::vector<double>{2, 0.5}));
  EXPECT_EQ(c.population->households, "households");
  EXPECT_EQ(c.unify.options.effort, 2);
  EXPECT_EQ(c.unify.options.seconds, 60);
  EXPECT_TRUE(c.unify.options.uninhabited.own_grids);
  EXPECT_EQ(c.unify.options.uninhabited.min_area_m2, 200000);
  EXPECT_EQ(c.unify.options.uninhabited.people_per_km2, 50);
  EXPECT_EQ(c.unify.special.value().name, "name");
  EXPECT_EQ(c.unify.existing.value().locked, "locked");
  EXPECT_TRUE(c.unify.options.keep_existing);
  EXPECT_EQ(c.allowed_gaps.layers, std::vector<std::string>{"fire"});
  EXPECT_EQ(c.privacy_k, 10);
  EXPECT_EQ(c.themes.at(0).categories, (std::vector<std::string>{"noise", "traffic"}));
  std::vector<std::pair<std::string, std::string>> unused;
  for (const UnusedKey& u : c.unused) unused.emplace_back(u.key, u.place.text());
  EXPECT_EQ(unused, (std::vector<std::pair<std::string, std::string>>{{"facilities", file.string() + ":93:1"},
                                                                      {"rosters", file.string() + ":109:1"},
                                                                      {"themes", file.string() + ":135:1"}}));
}

// A small catalogue with one line replaced: what is wrong, and where the message points.
struct Fault {
  const char* line;  // to be replaced
  const char* by;
  const char* expected;
};

constexpr const char* kSmall = R"(id: town
code: "1"
name: {en: Town, zh: 镇}
crs: EPSG:4549
time_zone: Asia/Shanghai
frame:
  levels:
    - id: city
      source: a.json
      key: code
layers:
  - id: police
    source: a.json
    key: code
    accuracy: 10
    rank: 1
unify:
  households: {min: 300, max: 500}
)";

const Fault kFaults[] = {
    {"    accuracy: 10", "    acuracy: 10", "15:5: layers[0].acuracy: unknown key 'acuracy'; did you mean 'accuracy'?"},
    {"    accuracy: 10", "    colour: red", "15:5: layers[0].colour: unknown key 'colour'; known: id, title"},
    {"    accuracy: 10", "    rank: 1", "16:5: layers[0].rank: key 'rank' stands here twice"},
    {"    accuracy: 10", "    accuracy: near", "15:15: layers[0].accuracy: must be a number, not 'near'"},
    {"    accuracy: 10", "    accuracy: -1", "15:15: layers[0].accuracy: must lie between 0 and 10000, not -1"},
    {"    accuracy: 10", "    accuracy: .nan", "15:15: layers[0].accuracy: must be a number"},
    {"    rank: 1", "    rank: 1.5", "16:11: layers[0].rank: must be a whole number"},
    {"    rank: 1", "    locked: perhaps", "16:13: layers[0].locked: 'perhaps' is not one of true, false"},
    {"    rank: 1", "    datum: gcj-02",
     "16:12: layers[0].datum: 'gcj-02' is not one of auto, wgs84, cgcs2000, gcj02, bd09; did you mean 'gcj02'?"},
    {"    rank: 1", "    crs: EPSG:1", "16:10: layers[0].crs: unknown coordinate reference system 'EPSG:1'"},
    {"    rank: 1", "    parent: {layer: polise, key: x}",
     "16:21: layers[0].parent.layer: there is no layer 'polise'; did you mean 'police'?"},
    {"    rank: 1", "    parent: {layer: police, key: x}",
     "16:21: layers[0].parent.layer: a layer cannot be its own parent"},
    {"    rank: 1", "    nests_in: {polise: confirm}",
     "16:16: layers[0].nests_in.polise: there is no layer 'polise'; did you mean 'police'?"},
    {"    rank: 1", "    nests_in: {police: confirm}",
     "16:16: layers[0].nests_in.police: a layer cannot nest in itself"},
    {"    rank: 1", "    nests_in: {police: maybe}",
     "16:16: layers[0].nests_in.police: 'maybe' is not one of confirm, declare, forbid"},
    {"    rank: 1", "    where: 5", "16:12: layers[0].where: must be a map"},
    {"  - id: police\n    source: a.json", "  - id: police\n    source: b.json",
     "13:13: layers[0].source: no such file: "},
    {"  - id: police\n    source: a.json", "  - id: police", "12:5: layers[0]: key 'source' is missing"},
    {"  - id: police", "  - id: Police Beats", "12:9: layers[0].id: 'Police Beats' is no id"},
    {"crs: EPSG:4549", "crs: EPSG:4490", "4:6: crs: the working CRS 'EPSG:4490' is geographic"},
    {"crs: EPSG:4549", "crs: EPSG:123456", "4:6: crs: unknown coordinate reference system"},
    {"Asia/Shanghai", "Asia/Qingdao", "5:12: time_zone: 'Asia/Qingdao' is no IANA time zone"},
    {"code: \"1\"\n", "", "1:1: key 'code' is missing"},
    {"name: {en: Town, zh: 镇}", "name: {en: Town}", "3:7: name: key 'zh' is missing"},
    {"min: 300, max: 500", "min: 300, max: 200", "18:31: unify.households.max: must not be less than 'min'"},
    {"unify:", "unify:\n  nest_in: street", "18:12: unify.nest_in: grids nest in the last level"},
    {"frame:\n  levels:\n    - id: city\n      source: a.json\n      key: code", "frame:\n  levels:\n    - id: city",
     "8:5: frame.levels: at least one level with a 'source'"},
    {"unify:", "privacy: {k: 1}\nunify:", "17:14: privacy.k: must lie between 2 and 10000, not 1"},
    {"layers:", "layers: [", "12:3: not valid YAML"},
};

TEST(Catalogue, TellsEveryFaultWithItsPlace) {
  const TemporaryFolder folder;
  folder.write("a.json", "{}");
  ASSERT_EQ(read_catalogue(folder.write("city.yaml", kSmall)).id, "town");
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.by);
    std::string text = kSmall;
    const std::size_t at = text.find(fault.line);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, std::string(fault.line).size(), fault.by);
    const std::filesystem::path file = folder.write("city.yaml", text);
    EXPECT_THAT(data_error([&] { read_catalogue(file); }), HasSubstr(file.string() + ":" + fault.expected));
  }
}

TEST(Catalogue, MissingFileIsOneClearMessage) {
  EXPECT_THAT(data_error([] { read_catalogue("/nowhere/city.yaml"); }), HasSubstr("/nowhere/city.yaml: no such file"));
}

TEST(Catalogue, IsReadInUtf8AndInNoOtherEncoding) {
  const TemporaryFolder folder;
  folder.write("a.json", "{}");
  const auto named = [&](const std::string& name) {
    std::string text = kSmall;
    const std::string town = "镇";
    return folder.write("city.yaml", text.replace(text.find(town), town.size(), name));
  };
  EXPECT_EQ(read_catalogue(named("青岛")).name.zh, "青岛");
  EXPECT_THAT(data_error([&] { read_catalogue(named("\xc7\xe0\xb5\xba")); }), HasSubstr("city.yaml: is not UTF-8"));
}

TEST(Catalogue, HostileTextsNeverCrash) {
  const TemporaryFolder folder;
  for (const char* text : {"", "\n", "5", "[]", "{}", "a: &a [*a]", "id: {}", "id: []", "? {a: b}\n: c", "\xff\xfe",
                           "id: !!binary x", "frame: {levels: 3}", "<<: *x", "id: town\nframe: {levels: [1, 2]}"}) {
    const auto file = folder.write("city.yaml", text);
    EXPECT_THROW(read_catalogue(file), DataError) << text;
  }
  // Every beginning of a good catalogue.
  const std::string small = kSmall;
  folder.write("a.json", "{}");
  for (std::size_t n = 0; n < small.size(); n += 7) {
    const auto file = folder.write("city.yaml", small.substr(0, n));
    try {
      read_catalogue(file);
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace gridloom
