// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_file.h"

#include <cpl_minixml.h>
#include <fcntl.h>
#include <gdal_priv.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ogrsf_frmts.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>

#include "engine/arrangement/verify.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/file_identity.h"
#include "engine/io/project/sqlite.h"
#include "engine/proof/verify_city.h"
#include "server/words/error_text.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class ProjectFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "gridloom-project-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = directory_ / "city.gpkg";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const City& city) const {
    SilentProgress silent;
    write_project(city, path_, silent);
  }

  City round_trip(const City& city) const {
    write(city);
    return read_project(path_);
  }

  void append(const EventTable& events) const {
    const EventBatch batch{events, std::vector<FaceId>(events.size(), 1)};
    EventLog(log_position(path_)).append({&batch, 1}, UINT32_MAX, INT64_MAX);
  }

  // Changes the written file behind Gridloom's back.
  void change(const char* sql) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA synchronous = OFF", nullptr, nullptr, nullptr);
    char* error = nullptr;
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_close(db);
  }

  std::string message_of_reading() const {
    try {
      read_project(path_);
    } catch (const DataError& error) {
      return text_of(error).en;
    }
    return "";
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) names.push_back(entry.path().filename());
    return names;
  }

  std::filesystem::path directory_, path_;
};

std::string words(const EventTable& e, std::size_t i) {
  return e.id[i] + "|" + e.category[i] + "|" + e.subcategory[i] + "|" + e.agency[i] + "|" + e.severity[i] + "|" +
         e.status[i];
}

void expect_equal(const EventTable& a, const EventTable& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.at, b.at);
  EXPECT_EQ(a.occurred_at, b.occurred_at);
  EXPECT_EQ(a.closed_at, b.closed_at);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(words(a, i), words(b, i));
}

void expect_equal(const Layer& a, const Layer& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.department, b.department);
  EXPECT_EQ(a.rank, b.rank);
  EXPECT_EQ(a.accuracy_m, b.accuracy_m);
  EXPECT_EQ(a.locked, b.locked);
  EXPECT_EQ(a.fields, b.fields);
  EXPECT_EQ(a.cells, b.cells);
  EXPECT_EQ(a.labels, b.labels);
  ASSERT_EQ(a.delivered.size(), b.delivered.size());
  for (std::size_t c = 0; c < a.delivered.size(); ++c) {
    ASSERT_EQ(a.delivered[c].size(), b.delivered[c].size());
    for (std::size_t r = 0; r < a.delivered[c].size(); ++r) {
      EXPECT_EQ(a.delivered[c][r].points, b.delivered[c][r].points);
      EXPECT_EQ(a.delivered[c][r].hole, b.delivered[c][r].hole);
    }
  }
}

void expect_equal(const AdminLevel& a, const AdminLevel& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(a.of_face, b.of_face);
  ASSERT_EQ(a.units.size(), b.units.size());
  for (std::size_t u = 0; u < a.units.size(); ++u) {
    EXPECT_EQ(a.units[u].code, b.units[u].code);
    EXPECT_EQ(a.units[u].name, b.units[u].name);
    EXPECT_EQ(a.units[u].parent, b.units[u].parent);
  }
}

auto fields_of(const Grid& g) {
  return std::tie(g.code, g.name.en, g.name.zh, g.verdict, g.parent, g.kind, g.valid_from, g.valid_to, g.area_m2,
                  g.perimeter_m, g.compactness, g.population, g.households);
}
auto fields_of(const CrosswalkRow& r) {
  return std::tie(r.layer, r.cell, r.grid, r.area_m2, r.population, r.share_of_feature, r.share_of_grid);
}
auto fields_of(const Responsibility& r) { return std::tie(r.grid, r.layer, r.cell, r.share, r.status); }
auto fields_of(const Conflict& c) {
  return std::tie(c.kind, c.layer, c.admin_level, c.grid, c.before, c.after, c.area_m2, c.population, c.facts,
                  c.ground);
}
auto fields_of(const Zone& z) { return std::tie(z.layer, z.cell, z.grids, z.population, z.incidents); }
auto fields_of(const QualityRow& q) { return std::tie(q.stage, q.layer, q.metric, q.other_layer, q.up_to_m, q.value); }
auto fields_of(const HistoryRow& h) { return std::tie(h.version, h.at, h.who, h.why, h.approval, h.operations); }

template <class Row>
void expect_rows_equal(const std::vector<Row>& a, const std::vector<Row>& b, const char* what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(fields_of(a[i]) == fields_of(b[i])) << what << " " << i;
}

void expect_equal(const City& a, const City& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.code, b.code);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.time_zone, b.time_zone);
  EXPECT_EQ(a.people_per_household, b.people_per_household);
  EXPECT_EQ(a.arrangement, b.arrangement);
  EXPECT_EQ(a.support, b.support);
  EXPECT_EQ(a.grid_of_face, b.grid_of_face);
  EXPECT_EQ(a.area_m2, b.area_m2);
  EXPECT_EQ(a.population, b.population);
  EXPECT_EQ(a.face_of_event, b.face_of_event);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t l = 0; l < a.layers.size(); ++l) expect_equal(a.layers[l], b.layers[l]);
  ASSERT_EQ(a.admin.size(), b.admin.size());
  for (std::size_t n = 0; n < a.admin.size(); ++n) expect_equal(a.admin[n], b.admin[n]);
  expect_rows_equal(a.grids, b.grids, "grid");
  expect_rows_equal(a.crosswalk, b.crosswalk, "crosswalk");
  expect_rows_equal(a.responsibilities, b.responsibilities, "responsibility");
  expect_rows_equal(a.conflicts, b.conflicts, "conflict");
  expect_rows_equal(a.zones, b.zones, "zone");
  expect_rows_equal(a.quality, b.quality, "quality");
  expect_rows_equal(a.history, b.history, "history");
  expect_equal(a.events, b.events);
}

std::vector<ConflictFacts> every_sort_of_facts() {
  const NamedParent doubted{1, 2, "a, \"b\" > c", "深圳", 1.0 / 3};
  return {PassedToParent{},
          PassedToParent{27.3, true, {}},
          PassedToParent{0.1 + 0.2, false, doubted},
          LostGround{false},
          LayerShift{-36.1, 33.2, 0.01, 0.86, ShiftOutcome::locked},
          LayerAdjustment{1.5, 9.25, 0.2, 1.0 / 3},
          GridPiece{1234.5, {}},
          GridPiece{0, {{"Market / north", "市场"}, {"", "公园"}}},
          ToldBefore{{"moved / so far", "已调"}}};
}

// The toy city with what is rare: quotes, line ends, doubles that need every digit, NULLs, conflicts without layer or
// ground.
City odd_city() {
  City city = toy::city();
  city.people_per_household = 0.1 + 0.2;
  city.layers[0].fields.push_back({"budget", FieldType::real});
  city.layers[0].fields.push_back({"NAME", FieldType::text});
  city.layers[0].fields.push_back({"geom", FieldType::text});
  for (std::size_t c = 0; c < city.layers[0].cells.size(); ++c) {
    auto& attributes = city.layers[0].cells[c].attributes;
    attributes.push_back(c == 0 ? std::nullopt
                                : std::optional<std::string>(c == 1 ? "-0.30000000000000004" : "1e+300"));
    attributes.push_back("it's \"quoted\"\nand; -- more");
    attributes.push_back(c == 0 ? std::optional<std::string>("") : std::nullopt);
  }
  city.layers[1].cells.push_back({"lost", "", {std::nullopt, "-9223372036854775808"}});
  city.layers[1].delivered.emplace_back();
  city.layers[2].locked = true;
  city.population[3] = 1.0 / 3;
  city.grids[2].valid_to = "2027-01-01";
  city.conflicts.push_back({ConflictKind::lost_cell, 1, "", -1, {"lost"}, {}, 0, 0, LostGround{true}, {}});
  city.conflicts.push_back(
      {ConflictKind::nesting, -1, "community", -1, {",", "a>b", "\"'\\\n"}, {""}, 1.5, 0.25, {}, {}});
  for (ConflictFacts& facts : every_sort_of_facts())
    city.conflicts.push_back({ConflictKind::shift, 0, "", 2, {}, {}, 0, 0, std::move(facts), {}});
  city.zones.push_back({0, kGap, 0, 0, 0});
  city.quality.push_back({QualityStage::raw, QualityMetric::contradiction, 0.1 + 0.2, 0, 1, {}});
  city.quality.push_back({QualityStage::raw, QualityMetric::reference_distance, 0.5, 2, -1, 0.25});
  return city;
}

TEST_F(ProjectFile, GivesBackTheCity) { expect_equal(toy::city(), round_trip(toy::city())); }

TEST_F(ProjectFile, GivesBackWhatIsRare) { expect_equal(odd_city(), round_trip(odd_city())); }

TEST_F(ProjectFile, GivesBackACityWithoutGround) {
  City city;
  city.arrangement.lattice = {"EPSG:4549", 500'000, 3'900'000};
  for (auto* per_face : {&city.area_m2, &city.population, &city.households}) *per_face = {0};
  city.grid_of_face = {kGap};
  expect_equal(city, round_trip(city));
}

TEST_F(ProjectFile, TheReadCityIsAnArrangement) {
  const City city = round_trip(toy::city());
  EXPECT_THAT(verify(city.arrangement), IsEmpty());
}

TEST_F(ProjectFile, NumbersComeBackInTheirShortestForm) {
  City city = toy::city();
  city.layers[0].cells[0].attributes[1] = "0031";
  EXPECT_EQ(round_trip(city).layers[0].cells[0].attributes[1], "31");
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(ProjectFile, SameCitySameBytesButForTheDateOfChangeAndTheName) {
  const std::string same_date =
      "UPDATE gpkg_contents SET last_change = '2026-01-01T00:00:00.000Z'; UPDATE gridloom_meta SET value = "
      "'00000000000000000000000000000000' WHERE key = 'project_id'; UPDATE gpkg_metadata_reference SET timestamp = "
      "'2026-01-01T00:00:00.000Z'; UPDATE gpkg_metadata SET metadata = replace(metadata, substr(metadata, "
      "instr(metadata, '<gmd:dateStamp>') + length('<gmd:dateStamp>\n  <gco:DateTime>'), 20), "
      "'2026-01-01T00:00:00Z'); VACUUM";
  write(odd_city());
  change(same_date.c_str());
  const std::string once = bytes_of(path_);
  write(odd_city());
  change(same_date.c_str());
  EXPECT_TRUE(once == bytes_of(path_));
  EXPECT_GT(once.size(), 50'000u);
}

// ---- what other software sees
// ----------------------------------------------------------------------------------------

struct Close {
  void operator()(GDALDataset* d) const { GDALClose(d); }
};

std::unique_ptr<GDALDataset, Close> open(const std::filesystem::path& path) {
  GDALAllRegister();
  CPLErrorReset();
  return std::unique_ptr<GDALDataset, Close>(
      static_cast<GDALDataset*>(GDALOpenEx(path.c_str(), GDAL_OF_VECTOR, nullptr, nullptr, nullptr)));
}

TEST_F(ProjectFile, OpensInGdalWithoutAWord) {
  write(odd_city());
  const auto dataset = open(path_);
  ASSERT_NE(dataset, nullptr);
  EXPECT_STREQ(CPLGetLastErrorMsg(), "");
  for (const auto& [name, type] :
       std::vector<std::pair<const char*, OGRwkbGeometryType>>{{"grids", wkbPolygon},
                                                               {"atoms", wkbPolygon},
                                                               {"boundaries", wkbLineString},
                                                               {"aligned_police", wkbMultiPolygon},
                                                               {"aligned_schools", wkbMultiPolygon},
                                                               {"delivered_schools", wkbMultiPolygon},
                                                               {"admin_0", wkbMultiPolygon},
                                                               {"admin_2", wkbMultiPolygon},
                                                               {"conflicts", wkbMultiPolygon},
                                                               {"zones", wkbMultiPolygon},
                                                               {"zones_police", wkbMultiPolygon},
                                                               {"zones_schools", wkbMultiPolygon},
                                                               {"incidents", wkbPoint},
                                                               {"overlaps", wkbNone},
                                                               {"crosswalk", wkbNone},
                                                               {"responsibilities", wkbNone},
                                                               {"quality", wkbNone},
                                                               {"history", wkbNone},
                                                               {"layers", wkbNone},
                                                               {"columns", wkbNone},
                                                               {"gridloom_meta", wkbNone},
                                                               {"layer_styles", wkbNone}}) {
    OGRLayer* layer = dataset->GetLayerByName(name);
    ASSERT_NE(layer, nullptr) << name;
    EXPECT_EQ(layer->GetGeomType(), type) << name;
    EXPECT_GT(layer->GetFeatureCount(), 0) << name;
    if (type == wkbNone) continue;
    EXPECT_STREQ(layer->GetSpatialRef()->GetAuthorityCode(nullptr), "4528") << name;
    EXPECT_TRUE(layer->TestCapability(OLCFastSpatialFilter)) << name << " has no spatial index";
  }
  EXPECT_STREQ(CPLGetLastErrorMsg(), "");
}

TEST_F(ProjectFile, PolygonsAreValidAndHaveTheAreasTheySay) {
  const City city = toy::city();
  write(city);
  const auto dataset = open(path_);
  double sum = 0;
  for (const char* table : {"grids", "atoms"}) {
    sum = 0;
    for (const auto& feature : *dataset->GetLayerByName(table)) {
      const OGRPolygon* polygon = feature->GetGeometryRef()->toPolygon();
      EXPECT_TRUE(polygon->IsValid());
      EXPECT_FALSE(polygon->getExteriorRing()->isClockwise());
      EXPECT_NEAR(polygon->get_Area(), feature->GetFieldAsDouble("area_m2"), 1e-4) << table << feature->GetFID();
      sum += polygon->get_Area();
    }
  }
  double whole = 0;
  for (double area : city.area_m2) whole += area;
  EXPECT_NEAR(sum, whole, 1e-3);
  const auto grid = std::unique_ptr<OGRFeature>(dataset->GetLayerByName("grids")->GetFeature(1));
  EXPECT_EQ(grid->GetGeometryRef()->toPolygon()->getNumInteriorRings(), 1);
}

TEST_F(ProjectFile, SpatialIndexFindsWhatIsThere) {
  write(toy::city());
  const auto dataset = open(path_);
  for (const char* table : {"atoms", "boundaries", "incidents"}) {
    OGRLayer* layer = dataset->GetLayerByName(table);
    for (const auto& feature : *layer) {
      OGREnvelope box;
      feature->GetGeometryRef()->getEnvelope(&box);
      const std::string sql = "SELECT count(*) FROM \"rtree_" + std::string(table) +
                              "_geom\" WHERE id = " + std::to_string(feature->GetFID()) +
                              " AND minx <= " + std::to_string(box.MinX) + " AND maxx >= " + std::to_string(box.MaxX) +
                              " AND miny <= " + std::to_string(box.MinY) + " AND maxy >= " + std::to_string(box.MaxY);
      OGRLayer* found = dataset->ExecuteSQL(sql.c_str(), nullptr, nullptr);
      EXPECT_EQ(std::unique_ptr<OGRFeature>(found->GetNextFeature())->GetFieldAsInteger(0), 1)
          << table << feature->GetFID();
      dataset->ReleaseResultSet(found);
    }
  }
}

TEST_F(ProjectFile, BoundariesSayWhatTheySeparate) {
  const City city = toy::city();
  write(city);
  const auto dataset = open(path_);
  std::set<std::string> levels;
  for (const auto& feature : *dataset->GetLayerByName("boundaries")) {
    const Arc& arc = city.arrangement.arcs[static_cast<std::size_t>(feature->GetFID() - 1)];
    const std::string level = feature->GetFieldAsString("level");
    levels.insert(level);
    EXPECT_EQ(level == "city", arc.left == kOutside || arc.right == kOutside);
    EXPECT_EQ(level == "atom", city.grid_of_face[arc.left] == city.grid_of_face[arc.right]);
    const std::string layers = feature->GetFieldAsString("layers");
    const auto commas = static_cast<int>(std::count(layers.begin(), layers.end(), ','));
    EXPECT_EQ(feature->GetFieldAsInteger("support"), layers.empty() ? 0 : commas + 1);
    EXPECT_NEAR(feature->GetGeometryRef()->toLineString()->get_Length(), feature->GetFieldAsDouble("length_m"), 1e-6);
  }
  EXPECT_THAT(levels, ElementsAre("atom", "city", "community", "district", "grid"));
}

TEST_F(ProjectFile, AttributesAreTyped) {
  write(toy::city());
  const auto dataset = open(path_);
  OGRLayer* police = dataset->GetLayerByName("aligned_police");
  const OGRFeatureDefn* definition = police->GetLayerDefn();
  EXPECT_EQ(definition->GetFieldDefn(definition->GetFieldIndex("staff"))->GetType(), OFTInteger64);
  const auto third = std::unique_ptr<OGRFeature>(police->GetFeature(3));
  EXPECT_TRUE(third->IsFieldNull(definition->GetFieldIndex("staff")));
  EXPECT_STREQ(third->GetFieldAsString("id"), "P3");
}

TEST_F(ProjectFile, IncidentsKeepDatesApartFromMidnight) {
  write(toy::city());
  const auto dataset = open(path_);
  OGRLayer* incidents = dataset->GetLayerByName("incidents");
  const std::unique_ptr<OGRFeature> day(incidents->GetFeature(1)), moment(incidents->GetFeature(2));
  EXPECT_STREQ(day->GetFieldAsString("occurred_on"), "2026/01/01");
  EXPECT_STREQ(day->GetFieldAsString("occurred_at"), "2026-01-01");
  EXPECT_FALSE(day->IsFieldSetAndNotNull(day->GetFieldIndex("occurred_time")));
  EXPECT_STREQ(moment->GetFieldAsString("occurred_on"), "2026/01/01");
  EXPECT_STREQ(moment->GetFieldAsString("occurred_at"), "2026-01-01T01:30:00");
  EXPECT_STREQ(moment->GetFieldAsString("occurred_time"), "2026/01/01 01:30:00+00");
}

TEST_F(ProjectFile, AViewForEachLayerShowsItsZonesThatLieOnTheMap) {
  City city = toy::city();
  city.zones.push_back({0, kGap, 0, 0, 0});
  city.layers[0].id = "o'neil x";
  write(city);
  const auto dataset = open(path_);
  for (std::uint32_t l = 0; l < city.layers.size(); ++l) {
    OGRLayer* view = dataset->GetLayerByName(("zones_" + city.layers[l].id).c_str());
    ASSERT_NE(view, nullptr) << city.layers[l].id;
    std::set<std::string> units, expected;
    std::set<GIntBig> ids;
    for (const auto& feature : *view) {
      EXPECT_NE(feature->GetGeometryRef(), nullptr);
      EXPECT_EQ(feature->GetFieldAsString("layer"), city.layers[l].id);
      units.insert(feature->GetFieldAsString("unit_id"));
      ids.insert(feature->GetFID());
    }
    for (const auto& zone : *dataset->GetLayerByName("zones"))
      if (zone->GetGeometryRef() && zone->GetFieldAsString("layer") == city.layers[l].id)
        expected.insert(zone->GetFieldAsString("unit_id"));
    EXPECT_EQ(units, expected);
    EXPECT_FALSE(units.empty());
    EXPECT_EQ(ids.size(), units.size());
  }
}

TEST_F(ProjectFile, ReadsFilesFromBeforeTheViews) {
  const City city = toy::city();
  write(city);
  for (const Layer& layer : city.layers) change(("DROP VIEW \"zones_" + layer.id + "\"").c_str());
  change("DELETE FROM gpkg_geometry_columns WHERE table_name LIKE 'zones_%'");
  change("DELETE FROM gpkg_contents WHERE table_name LIKE 'zones_%'");
  EXPECT_EQ(digest(read_project(path_)), digest(city));
}

TEST_F(ProjectFile, EveryTableWithGeometryHasAStyleForQgis) {
  City city = toy::city();
  city.admin[1].title.en = "Quarters & \"<wards>\"";
  write(city);
  const auto dataset = open(path_);
  std::set<std::string> styled;
  for (const auto& style : *dataset->GetLayerByName("layer_styles")) {
    styled.insert(style->GetFieldAsString("f_table_name"));
    CPLXMLNode* qml = CPLParseXMLString(style->GetFieldAsString("styleQML"));
    ASSERT_NE(qml, nullptr) << style->GetFieldAsString("f_table_name");
    EXPECT_NE(CPLGetXMLNode(qml, "=qgis.renderer-v2.symbols.symbol.layer"), nullptr);
    CPLDestroyXMLNode(qml);
  }
  for (OGRLayer* layer : dataset->GetLayers())
    EXPECT_EQ(styled.contains(layer->GetName()), layer->GetGeomType() != wkbNone) << layer->GetName();
}

// ---- failing
// ---------------------------------------------------------------------------------------------------------

TEST_F(ProjectFile, LeavesNothingBehindAndTheOldFileAlone) {
  write(toy::city());
  const std::string before = bytes_of(path_);
  City broken = toy::city();
  broken.layers[0].cells[0].attributes[1] = "thirty-one";
  EXPECT_THROW(write(broken), DataError);
  EXPECT_THAT(files(), ElementsAre("city.gpkg"));
  EXPECT_TRUE(before == bytes_of(path_));
}

TEST_F(ProjectFile, StopsWhenCancelled) {
  struct Impatient final : Progress {
    int stages = 0;
    void stage(std::string_view, double) override { ++stages; }
    bool cancelled() const override { return stages == 3; }
  } impatient;
  EXPECT_THROW(write_project(toy::city(), path_, impatient), Cancelled);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(ProjectFile, RefusesPlacesThatCannotBeWritten) {
  SilentProgress silent;
  EXPECT_THROW(write_project(toy::city(), directory_ / "no" / "city.gpkg", silent), DataError);
  EXPECT_THROW(write_project(toy::city(), directory_, silent), DataError);
}

TEST_F(ProjectFile, RemovesAnOldJournalThatWouldBeReplayed) {
  std::ofstream(path_.string() + "-wal") << "old";
  write(toy::city());
  EXPECT_THAT(files(), ElementsAre("city.gpkg"));
}

std::string message_of_writing(const City& city, const std::filesystem::path& path) {
  SilentProgress silent;
  try {
    write_project(city, path, silent);
  } catch (const DataError& error) {
    return text_of(error).en;
  }
  return "";
}

TEST_F(ProjectFile, SaysWhatCannotBeWritten) {
  City city = toy::city();
  city.layers[0].cells[1].id = "P1";
  EXPECT_THAT(message_of_writing(city, path_), HasSubstr("layer police: the id 'P1' occurs twice"));
  city = toy::city();
  city.layers[0].cells[1].attributes[1] = "28 men";
  EXPECT_THAT(message_of_writing(city, path_), HasSubstr("layer police, feature P2, field staff: '28 men'"));
  city = toy::city();
  city.layers[2].id = "Code";
  EXPECT_THAT(message_of_writing(city, path_), HasSubstr("two columns 'Code'"));
  city = toy::city();
  city.arrangement.lattice.crs = "EPSG:99999999";
  EXPECT_THAT(message_of_writing(city, path_), HasSubstr("EPSG:99999999"));
  city = toy::city();
  for (Label& grid : city.grid_of_face)
    if (grid == 8) grid = 0;  // the islet joins grid 1
  EXPECT_THAT(message_of_writing(city, path_), HasSubstr("in 2 pieces"));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(ProjectFile, RefusesTablesThatDisagree) {
  City city = toy::city();
  city.population.pop_back();
  SilentProgress silent;
  EXPECT_THROW(write_project(city, path_, silent), std::invalid_argument);
}

// Taken for some other file, a project that a server is writing just now would be replaced, and what was added lost.
TEST_F(ProjectFile, IsOneThoughAnotherWritesIt) {
  write(toy::city());
  const EventTable batch = toy::city().events;
  append(batch);
  const auto while_locked = [&](auto&& ask) {
    Database writer(path_, Database::Mode::write);
    writer.exec("BEGIN EXCLUSIVE");
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      writer.exec("COMMIT");
    });
    return ask(path_);
  };
  EXPECT_TRUE(while_locked(is_project));
  EXPECT_EQ(while_locked(appended_state).records, batch.size());
  std::ofstream(path_) << "a text, longer than the sixteen bytes a database begins with";
  EXPECT_FALSE(is_project(path_));
  EXPECT_THAT([&] { appended_state(path_); }, ThrowsMessage<DataError>(HasSubstr("log_of_another_project")));
}

// A record of the log that no event can have is told, and neither overflows nor reads as something else.
TEST_F(ProjectFile, RefusesRecordsAtTheEdgeOfNumbers) {
  for (const char* change :
       {"x_mm = -9223372036854775808", "x_mm = 9223372036854775807", "y_mm = -1073741824", "y_mm = 1073741824",
        "x_mm = 'here'", "y_mm = 1.5", "atom_id = -1", "atom_id = 4294967296", "atom_id = 'x'", "atom_id = 1e300",
        "occurred_at = 'yesterday'", "closed_at = '2024-13-01'"}) {
    std::filesystem::remove(log_of(path_));
    write(toy::city());
    append(toy::city().events);
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(log_of(path_).c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, (std::string("UPDATE incident_log SET ") + change + " WHERE seq = 1").c_str(), nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(db);
    EXPECT_THAT(message_of_reading(), HasSubstr("table incident_log, row 1: ")) << change;
  }
}

// Whether another process would be let in to write; locks are a process's own, so another has to ask.
bool locked_for_others(const std::filesystem::path& path) {
  const pid_t child = fork();
  if (child == 0) {
    struct flock everything {};
    everything.l_type = F_WRLCK;
    everything.l_whence = SEEK_SET;
    const int file = ::open(path.c_str(), O_RDWR);
    if (fcntl(file, F_GETLK, &everything) != 0) _exit(2);
    _exit(everything.l_type == F_UNLCK ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

// Had one of them opened the file past SQLite, its closing would have dropped the lock.
TEST_F(ProjectFile, StaysLockedWhileItIsAskedFor) {
  write(toy::city());
  const EventTable batch = toy::city().events;
  append(batch);
  EXPECT_FALSE(locked_for_others(log_of(path_)));
  {
    const LogLock lock(path_);
    EXPECT_TRUE(locked_for_others(log_of(path_)));
    EXPECT_TRUE(is_project(path_));
    EXPECT_EQ(appended_state(path_).records, batch.size());
    EXPECT_EQ(log_position(path_).seq, std::ssize(batch.id));
    EXPECT_TRUE(locked_for_others(log_of(path_)));
  }
  EXPECT_FALSE(locked_for_others(log_of(path_)));
}

TEST_F(ProjectFile, SaysThatAFileIsNone) {
  EXPECT_THAT(message_of_reading(), HasSubstr("no such project file"));
  std::ofstream(path_) << "This is a letter, not a database, and long enough to be told apart from an empty one.";
  EXPECT_THAT(message_of_reading(), HasSubstr("is not a project file"));
  std::ofstream(path_, std::ios::trunc).flush();
  EXPECT_THAT(message_of_reading(), HasSubstr("is not a project file"));
}

TEST_F(ProjectFile, RefusesANewerFormat) {
  write(toy::city());
  change("UPDATE gridloom_meta SET value = '999' WHERE key = 'format_version'");
  EXPECT_THAT(message_of_reading(), HasSubstr("newer"));
}

TEST_F(ProjectFile, KeepsThePrivacyAndOlderFilesHaveNone) {
  City city = toy::city();
  city.privacy_k = 7;
  write(city);
  EXPECT_EQ(read_project(path_).privacy_k, 7);
  for (const char* wrong : {"1", "-5", "2.5", "1e9"}) {
    change(("UPDATE gridloom_meta SET value = '" + std::string(wrong) + "' WHERE key = 'privacy_k'").c_str());
    EXPECT_THAT(message_of_reading(), HasSubstr("'privacy_k' must be 0 or a whole number from 2")) << wrong;
  }
  change("DELETE FROM gridloom_meta WHERE key = 'privacy_k'");
  EXPECT_EQ(read_project(path_).privacy_k, 0);
}

TEST_F(ProjectFile, SaysWhereAFileIsDamaged) {
  const std::vector<std::pair<const char*, const char*>> damages{
      {"UPDATE boundaries SET left_atom = 4000 WHERE fid = 7", "table boundaries, row 7: atom 4000 does not exist"},
      {"UPDATE boundaries SET right_atom = -1 WHERE fid = 7", "table boundaries, row 7: atom -1 does not exist"},
      {"UPDATE boundaries SET layers = 'police,ghosts' WHERE fid = 2", "there is no layer 'ghosts'"},
      {"UPDATE boundaries SET geom = substr(geom, 1, 70) WHERE fid = 3",
       "table boundaries, row 3: the geometry is no LINESTRING"},
      {"UPDATE boundaries SET geom = NULL WHERE fid = 3", "table boundaries, row 3: the geometry is no LINESTRING"},
      {"UPDATE atoms SET police = 'P9' WHERE fid = 5", "table atoms, row 5: there is no feature 'P9'"},
      {"DELETE FROM atoms WHERE fid = 5", "atoms are not numbered"},
      {"UPDATE grids SET parent = 'x' WHERE fid = 1", "table grids, row 1: there is no parent unit 'x'"},
      {"UPDATE grids SET kind = 'odd' WHERE fid = 1", "'odd' is none of the known values"},
      {"UPDATE incidents SET occurred_at = 'yesterday' WHERE fid = 4",
       "table incidents, row 4: 'yesterday' is no local time"},
      {"DELETE FROM responsibilities WHERE fid = 2", "the order of grids and layers is broken"},
      {"DELETE FROM gridloom_meta WHERE key = 'crs'", "no 'crs'"},
      {"UPDATE gridloom_meta SET value = '[{' WHERE key = 'layers'", "'layers' or 'admin' is damaged"},
      {"DROP TABLE crosswalk", "no such table: crosswalk"}};
  // The triggers of the spatial index need functions that plain SQLite does not have.
  for (const auto& [sql, message] : damages) {
    write(toy::city());
    change(
        "DROP TRIGGER rtree_boundaries_geom_update1; DROP TRIGGER rtree_boundaries_geom_update2;"
        "DROP TRIGGER rtree_boundaries_geom_update3; DROP TRIGGER rtree_boundaries_geom_update4;"
        "DROP TRIGGER rtree_atoms_geom_update3; DROP TRIGGER rtree_atoms_geom_update4;"
        "DROP TRIGGER rtree_grids_geom_update3; DROP TRIGGER rtree_grids_geom_update4;"
        "DROP TRIGGER rtree_incidents_geom_update3; DROP TRIGGER rtree_incidents_geom_update4");
    change(sql);
    EXPECT_THAT(message_of_reading(), HasSubstr(message)) << sql;
    EXPECT_THAT(message_of_reading(), HasSubstr("city.gpkg")) << sql;
  }
}

// Any bytes whatever may be wrong: the answer is a city or a DataError, never anything else.
TEST_F(ProjectFile, SurvivesRandomDamage) {
  write(toy::city());
  const std::string sound = bytes_of(path_);
  std::mt19937_64 random(5);
  int refused = 0;
  for (int round = 0; round < 120; ++round) {
    std::string damaged = sound;
    for (std::uint64_t n = 1 + random() % 40; n > 0; --n)
      damaged[100 + random() % (damaged.size() - 100)] = static_cast<char>(random());
    if (round % 10 == 0) damaged.resize(random() % damaged.size());
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << damaged;
    refused += message_of_reading().empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 60);
}

TEST_F(ProjectFile, AMissingArcIsForVerifyToFind) {
  write(toy::city());
  change("DELETE FROM boundaries WHERE fid = 4");
  EXPECT_THAT(verify(read_project(path_).arrangement), testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace gridloom
