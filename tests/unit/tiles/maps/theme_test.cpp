// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/map_table.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/zoning/counts.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

Palette palette() {
  Palette p;
  p.hues = {{200, 0, 0}, {0, 200, 0}, {0, 0, 200}, {200, 200, 0}, {0, 200, 200}};
  p.tints = {0, 0.3, 0.6};
  p.ramp = {{255, 255, 200}, {255, 200, 100}, {255, 100, 50}, {100, 0, 0}};
  p.none = {250, 250, 250};
  p.uninhabited = {220, 230, 210};
  p.special = {230, 200, 250};
  p.vacant = {128, 128, 128};
  p.split = {50, 50, 50};
  return p;
}

Theme theme_of(const City& city, const std::string& map, std::size_t layer = 0) {
  const Palette colours = palette();
  const std::vector<std::uint64_t> incidents = count_events(city).of_grid;
  return make_theme(map_of(map), {city, incidents, layer, colours});
}

TEST(Theme, ZonesColourGridsByTheResponsibleUnit) {
  const City city = toy::city();
  const Theme t = theme_of(city, "zones", 0);
  std::map<Label, std::set<std::string>> colours;
  for (std::size_t g = 0; g < city.grids.size(); ++g) colours[city.responsibility(g, 0).cell].insert(t.colour[g]);
  EXPECT_EQ(colours.size(), 3u);
  std::set<std::string> all;
  for (const auto& [unit, own] : colours) {
    EXPECT_EQ(own.size(), 1u) << "one colour for each unit";
    all.insert(*own.begin());
  }
  EXPECT_EQ(all.size(), 3u) << "the three precincts touch each other";
}

TEST(Theme, ZonesSayWhoWhetherAndHowMuch) {
  const City city = toy::city();
  const Theme t = theme_of(city, "zones", 2);  // sanitation leaves the islet out
  const std::vector<Property>& islet = t.properties.at(8);
  EXPECT_EQ(std::get<std::string>(islet.at(0)), "370203002002");
  EXPECT_EQ(std::get<std::string>(islet.at(1)), "");
  EXPECT_EQ(std::get<std::string>(islet.at(3)), "vacant");
  EXPECT_EQ(t.colour.at(8), "#808080");
  const std::vector<Property>& split = t.properties.at(6);  // grid 7: 15 of 18 squares in section N2
  EXPECT_EQ(std::get<std::string>(split.at(1)), "N2");
  EXPECT_EQ(std::get<std::string>(split.at(3)), "split");
  EXPECT_NEAR(std::get<double>(split.at(4)), 15.0 / 18.0, 1e-4);
}

TEST(Theme, OverlaysMarkGapsOverlapsAndSharedDuty) {
  const City city = toy::city();
  const auto squares = [&](TileLayer key) {
    double area = 0;
    const Labeling l = labeling_of(city, key);
    for (FaceId f = 1; f < l.of_face.size(); ++f)
      if (l.of_face[f] == 0) area += city.area_m2[f];
    return area / 62608.0;  // a sheared square
  };
  EXPECT_NEAR(squares({TileLayerKind::gaps, 1}), 6, 1e-6);
  EXPECT_NEAR(squares({TileLayerKind::overlaps, 1}), 3, 1e-6);
  EXPECT_NEAR(squares({TileLayerKind::gaps, 0}), 0, 1e-6);
  EXPECT_NEAR(squares({TileLayerKind::splits, 2}), 18, 1e-6) << "grid 7 alone is shared in sanitation";
}

TEST(Theme, IncidentsGrowDarkerWithDensity) {
  const City city = toy::city();
  const Theme t = theme_of(city, "incidents", 0);
  EXPECT_EQ(t.colour.at(8), "#fafafa") << "nothing happened on the islet";
  EXPECT_EQ(std::get<std::int64_t>(t.properties.at(8).at(1)), 0);
  std::int64_t total = 0;
  for (const auto& p : t.properties) total += std::get<std::int64_t>(p.at(1));
  EXPECT_EQ(total, static_cast<std::int64_t>(city.events.size()) - 1) << "all but the one in the sea";
}

TEST(Theme, GridsTellSpecialAndUninhabitedOnes) {
  const City city = toy::city();
  const Theme t = theme_of(city, "grids", 0);
  EXPECT_EQ(std::get<std::string>(t.properties.at(4).at(3)), "special");
  EXPECT_EQ(std::get<std::string>(t.properties.at(8).at(3)), "uninhabited");
  EXPECT_NE(t.colour.at(4), t.colour.at(0));
  EXPECT_EQ(t.names.at(0).en, "370202001001");
  EXPECT_EQ(t.short_names.at(0).en, "001");
}

TEST(Theme, EveryLabelHasItsColourAndItsProperties) {
  const City city = toy::city();
  for (const MapDefinition& map : all_maps()) {
    SCOPED_TRACE(map.id);
    const Theme t = theme_of(city, map.id);
    EXPECT_EQ(t.label_of_face.size(), city.arrangement.face_count);
    EXPECT_EQ(t.colour.size(), label_count(city, t.drawn));
    EXPECT_EQ(t.properties.size(), label_count(city, t.served));
    for (const auto& properties : t.properties) EXPECT_EQ(properties.size(), map.fields.size());
    EXPECT_FALSE(t.legend.empty());
  }
}

}  // namespace
}  // namespace gridloom
