// SPDX-License-Identifier: Apache-2.0
#include "tiles/pyramid/zoom_level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <set>

#include "engine/arrangement/build.h"
#include "engine/arrangement/verify.h"
#include "support/toy_city.h"
#include "tiles/pyramid/patches.h"

namespace gridloom {
namespace {

void expect_proof(const ZoomLevel& level) {
  for (const Fault& f : verify(level.map))
    ADD_FAILURE() << "zoom " << level.zoom << ": " << f.kind << ": " << plain_text(f.what);
}

TEST(ZoomLevel, IsAnArrangementAtEveryZoom) {
  const City city = toy::city();
  const CityLines lines = project(city.arrangement);
  for (unsigned zoom = 0; zoom <= kFinestLevel; ++zoom) expect_proof(make_level(lines, zoom));
}

TEST(ZoomLevel, KeepsEveryFaceAndItsAreaWhereThereIsRoom) {
  const City city = toy::city();
  const ZoomLevel level = make_level(project(city.arrangement), 16);
  std::vector<double> area(city.arrangement.face_count, 0);
  const std::vector<Int128> doubled = doubled_areas(level.map);
  const double scale = level.metres_per_unit() * std::cos(36.077 * std::numbers::pi / 180);  // ground metres to a unit
  for (FaceId f = 1; f < level.map.face_count; ++f)
    area[level.city_face[f]] += static_cast<double>(doubled[f]) / 2 * scale * scale;
  for (FaceId f = 1; f < city.arrangement.face_count; ++f)
    EXPECT_NEAR(area[f] / city.area_m2[f], 1, 0.005) << "face " << f;
}

TEST(ZoomLevel, StaysWithinItsTolerance) {
  const City city = toy::city();
  const CityLines lines = project(city.arrangement);
  const ZoomLevel level = make_level(lines, 12);
  // The corners of the city are nodes: they may be rounded, not moved.
  std::set<std::pair<double, double>> there;
  for (const Point p : level.map.nodes) there.insert({level.mercator(p).x, level.mercator(p).y});
  for (const Arc& arc : city.arrangement.arcs) {
    const Mercator want = lines.points[arc.first];
    const bool near = std::any_of(there.begin(), there.end(), [&](const auto& n) {
      return std::hypot(n.first - want.x, n.second - want.y) <= 0.75 * level.metres_per_unit();
    });
    EXPECT_TRUE(near);
  }
}

TEST(ZoomLevel, LosesOnlyWhatIsTooSmallToSee) {
  const City city = toy::city();
  const ZoomLevel coarse = make_level(project(city.arrangement), 3);  // the whole city is within two units
  const Patches patches = make_patches(coarse, {city.grid_of_face, {}}, city.grids.size());
  std::set<Label> seen(patches.collapsed.begin(), patches.collapsed.end());
  for (const Patch& p : patches.all) seen.insert(p.label);
  EXPECT_EQ(seen.size(), city.grids.size()) << "a grid is neither drawn nor reported as collapsed";
  EXPECT_FALSE(patches.collapsed.empty());
}

// Ragged neighbours whose simplified and rounded lines touch and cross: the stars overlap by their frayed edges.
Arrangement ragged(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int32_t> jitter(-30'000, 30'000);
  std::vector<std::vector<Ring>> cells;
  for (int column = 0; column < 6; ++column)
    for (int row = 0; row < 6; ++row) {
      Ring ring;
      for (int k = 0; k < 120; ++k) {
        const double angle = 2 * std::numbers::pi * k / 120;
        ring.points.push_back({static_cast<std::int32_t>(column * 200'000 + 115'000 * std::cos(angle)) + jitter(random),
                               static_cast<std::int32_t>(row * 200'000 + 115'000 * std::sin(angle)) + jitter(random)});
      }
      cells.push_back({ring});
    }
  StackLayer layer;
  for (const auto& rings : cells) layer.cells.push_back(rings);
  return build({"EPSG:32618", 583'000, 4'507'000}, std::span(&layer, 1), 1).arrangement;
}

TEST(ZoomLevel, StaysAnArrangementWhereLinesCollapseAndCross) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Arrangement m = ragged(seed);
    const CityLines lines = project(m);
    for (unsigned zoom : {9u, 11u, 12u, 13u, 14u}) {
      const ZoomLevel level = make_level(lines, zoom);
      expect_proof(level);
      EXPECT_LT(level.map.points.size(), 2 * m.points.size());
    }
  }
}

TEST(ZoomLevel, GivesTheSameResultTwice) {
  const City city = toy::city();
  const CityLines lines = project(city.arrangement), again = project(city.arrangement);
  EXPECT_EQ(again.points, lines.points);
  EXPECT_EQ(make_level(lines, 13).map, make_level(again, 13).map);
}

TEST(ZoomLevel, CarriesLabelsAndOverlaps) {
  const City city = toy::city();
  const ZoomLevel level = make_level(project(city.arrangement), 15);
  const Labeling schools = labels_at(level, city.layers[1].labels);
  EXPECT_EQ(schools.of_face.size(), level.map.face_count);
  EXPECT_EQ(schools.of_face[kOutside], kGap);
  ASSERT_FALSE(schools.overlaps.empty());
  for (const OverlapLabel& o : schools.overlaps) {
    EXPECT_EQ(o.label, 3) << "the harbour school overlaps another one";
    EXPECT_EQ(schools.of_face[o.face], 0);
  }
}

}  // namespace
}  // namespace gridloom
