// SPDX-License-Identifier: Apache-2.0
#include "tiles/service/tile_service.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "engine/zoning/counts.h"
#include "support/repository.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

const fs::path kStyles = repository() / "styles";

std::shared_ptr<const City> toy_city() { return std::make_shared<const City>(toy::city()); }

const TileService& service() {
  static const TileService s(toy_city(), kStyles);
  return s;
}

const MapRequest kGrids{"grids", "", Language::en};
const TileId kTile{14, 13671, 6429};  // in the middle of the toy city

std::uint32_t big_endian(const std::string& data, std::size_t at) {
  std::uint32_t v = 0;
  for (std::size_t i = at; i < at + 4; ++i) v = v << 8 | static_cast<unsigned char>(data.at(i));
  return v;
}

void expect_picture(const std::string& png, std::uint32_t side) {
  ASSERT_GT(png.size(), 33u);
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(big_endian(png, 16), side);
  EXPECT_EQ(big_endian(png, 20), side);
}

// A copy of the style sheets that a test may spoil.
class Styles {
 public:
  Styles() : folder_(fs::path(testing::TempDir()) / ("styles-" + std::to_string(++count_))) {
    fs::remove_all(folder_);
    fs::copy(kStyles, folder_, fs::copy_options::recursive);
  }
  ~Styles() { fs::remove_all(folder_); }
  void replace(const std::string& file, const std::string& what, const std::string& by) const {
    std::stringstream text;
    text << std::ifstream(folder_ / file).rdbuf();
    std::string s = text.str();
    const std::size_t at = s.find(what);
    ASSERT_NE(at, std::string::npos) << file << " has no " << what;
    std::ofstream(folder_ / file) << s.replace(at, what.size(), by);
  }
  std::string error() const {
    try {
      TileService(toy_city(), folder_);
    } catch (const DataError& e) {
      return e.what();
    }
    return {};
  }

 private:
  inline static int count_ = 0;
  fs::path folder_;
};

TEST(TileService, KnowsItsMapsAndLayers) {
  EXPECT_TRUE(service().valid(kGrids));
  EXPECT_TRUE(service().valid({"zones", "police", Language::zh}));
  EXPECT_FALSE(service().valid({"zones", "", Language::zh}));
  EXPECT_FALSE(service().valid({"department", "fire", Language::zh}));
  EXPECT_FALSE(service().valid({"roads", "", Language::zh}));
  EXPECT_THROW(service().png({"roads", "", Language::zh}, kTile, 1), std::invalid_argument);
  EXPECT_THROW(service().png(kGrids, kTile, 3), std::invalid_argument);
  EXPECT_THROW(service().mvt({"zones", "", Language::zh}, kTile), std::invalid_argument);
}

TEST(TileService, SaysWhichMapsAreDark) {
  std::set<std::string> dark;
  for (const MapDefinition& map : all_maps())
    if (service().dark(map)) dark.insert(map.id);
  EXPECT_EQ(dark, std::set<std::string>{"incidents"});
}

// A map's definition tells when its bytes change; that must be true for every map.
TEST(TileService, EveryMapTellsWhetherItTellsIncidents) {
  const GridIncidents none{1, std::vector<std::uint64_t>(service().city().grids.size(), 0)};
  GridIncidents many{2, none.of_grid};
  for (std::size_t g = 0; g < many.of_grid.size(); ++g) many.of_grid[g] = 1 + 100 * g;
  for (const MapDefinition& map : all_maps()) {
    SCOPED_TRACE(map.id);
    const MapRequest r{map.id, map.needs_layer ? "police" : "", Language::en};
    EXPECT_EQ(service().png(r, kTile, 1, none) != service().png(r, kTile, 1, many), map.raster_tells_incidents);
    EXPECT_EQ(service().mvt(r, kTile, none) != service().mvt(r, kTile, many), map.vector_tells_incidents);
  }
}

TEST(TileService, StatesBoundsAndZooms) {
  const GeographicBounds b = service().bounds();
  EXPECT_NEAR(b.west, 120.3774, 1e-3);
  EXPECT_NEAR(b.north, 36.0891, 1e-3);
  EXPECT_LT(b.west, b.east);
  EXPECT_LT(b.south, b.north);
  EXPECT_LT(service().min_zoom(), service().max_zoom());
}

TEST(TileService, DrawsEveryMapAtBothScales) {
  for (const MapRequest& r :
       {kGrids, MapRequest{"incidents", "", Language::zh}, MapRequest{"zones", "police", Language::zh},
        MapRequest{"department", "schools", Language::en}}) {
    expect_picture(service().png(r, kTile, 1), 256);
    expect_picture(service().png(r, kTile, 2), 512);
  }
}

TEST(TileService, DrawsBlankTilesOutside) {
  const std::string blank = service().png(kGrids, {14, 0, 0}, 1);
  expect_picture(blank, 256);
  EXPECT_TRUE(blank == service().png(kGrids, {3, 1, 6}, 1));
  EXPECT_TRUE(blank != service().png(kGrids, kTile, 1));
  EXPECT_LT(blank.size(), 2000u);
  EXPECT_TRUE(blank != service().png({"incidents", "", Language::en}, {14, 0, 0}, 1)) << "that map is dark";
}

TEST(TileService, SpeaksBothLanguages) {
  EXPECT_TRUE(service().png(kGrids, kTile, 1) != service().png({"grids", "", Language::zh}, kTile, 1));
}

TEST(TileService, DrawsTheSameFromManyThreads) {
  const MapRequest zones{"zones", "schools", Language::zh};
  const TileService fresh(toy_city(), kStyles);  // nothing is prepared yet: threads race for it
  std::vector<std::string> pictures(8);
  std::vector<std::thread> threads;
  for (std::string& p : pictures)
    threads.emplace_back([&] {
      for (int i = 0; i < 3; ++i) p = fresh.png(zones, kTile, 1) + fresh.mvt(zones, kTile);
    });
  for (std::thread& t : threads) t.join();
  for (const std::string& p : pictures) EXPECT_TRUE(p == service().png(zones, kTile, 1) + service().mvt(zones, kTile));
}

GridIncidents incidents_of(const std::shared_ptr<const City>& city) { return {1, count_events(*city).of_grid}; }

TEST(TileService, TellsTheIncidentsOfEachEpoch) {
  const MapRequest map{"incidents", "", Language::en};
  const GridIncidents first = incidents_of(toy_city());
  GridIncidents second{2, first.of_grid};
  for (std::uint64_t& n : second.of_grid) n = n > 0 ? 0 : 1000;
  const auto all = [&](const GridIncidents& incidents) {
    std::string labels;
    for (const LegendEntry& e : service().legend(map, incidents)) labels += e.label.en + '\n';
    return std::vector<std::string>{service().png(map, kTile, 1, incidents), service().mvt(map, kTile, incidents),
                                    service().mvt(kGrids, kTile, incidents), labels};
  };
  const auto before = all(first), after = all(second);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(before[i] != after[i]) << i;
  // Who still holds an older moment is answered from it.
  EXPECT_TRUE(all(first) == before);
  EXPECT_TRUE(all(second) == after);
  EXPECT_TRUE(service().png(kGrids, kTile, 1, first) == service().png(kGrids, kTile, 1, second));
}

TEST(TileService, ExplainsItsColours) {
  const auto labels = [&](const MapRequest& r) {
    std::vector<std::string> out;
    for (const LegendEntry& e : service().legend(r, incidents_of(toy_city()))) {
      EXPECT_EQ(e.colour.size(), 7u);
      EXPECT_FALSE(e.label.zh.empty());
      out.push_back(e.label.en);
    }
    return out;
  };
  EXPECT_EQ(labels(kGrids),
            (std::vector<std::string>{"Special grid", "Uninhabited grid", "Grid", "Community", "District"}));
  EXPECT_EQ(labels({"zones", "police", Language::en}),
            (std::vector<std::string>{"North-west precinct", "North-east precinct", "South precinct", "Shared duty",
                                      "Vacant", "Zone of one unit", "Grid", "Community", "District"}));
  const std::vector<std::string> incidents = labels({"incidents", "", Language::en});
  EXPECT_EQ(incidents.at(0), "none");
  EXPECT_EQ(incidents.at(1).substr(0, 2), "< ");
}

TEST(TileService, NamesTheFaultsOfAStyle) {
  EXPECT_EQ(Styles().error(), "");
  Styles unknown_layer;
  unknown_layer.replace("grids.xml", "<Layer name=\"fill\"", "<Layer name=\"roads\"");
  EXPECT_NE(unknown_layer.error().find(R"(style_of_unknown_layer layer="roads" at )"), std::string::npos)
      << unknown_layer.error();
  Styles no_ramp;
  no_ramp.replace("parameters.inc", "name=\"ramp\"", "name=\"rampe\"");
  EXPECT_NE(no_ramp.error().find(R"(map_parameter_wrong name="ramp" why=(palette_missing))"), std::string::npos)
      << no_ramp.error();
  Styles bad_colour;
  bad_colour.replace("palette.ent", "#9dc3e6", "blue");
  EXPECT_NE(bad_colour.error().find(R"(not_a_colour text="blue")"), std::string::npos) << bad_colour.error();
  Styles typo;
  typo.replace("boundaries.inc", "stroke-width", "stroke-wdth");
  EXPECT_NE(typo.error().find("style_sheet_unreadable"), std::string::npos) << typo.error();
  Styles no_font;
  no_font.replace("fonts.txt", "NotoSansCJK-Bold", "NoSuchFont");
  EXPECT_NE(no_font.error().find("NoSuchFont"), std::string::npos) << no_font.error();
  Styles no_face;
  no_face.replace("parameters.inc", "Noto Sans CJK SC Bold", "Noto Sans Nowhere");
  EXPECT_NE(no_face.error().find("Noto Sans Nowhere"), std::string::npos) << no_face.error();
}

}  // namespace
}  // namespace gridloom
