// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/anchor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/toy_city.h"

namespace gridloom {
namespace {

struct Segments {
  std::vector<std::pair<Mercator, Mercator>> all;

  Segments(const ZoomLevel& level, const ArcPolygon& polygon) {
    add(level, polygon.shell);
    for (const ArcRing& hole : polygon.holes) add(level, hole);
  }
  void add(const ZoomLevel& level, const ArcRing& ring) {
    const std::vector<Point> points = points_of(level.map, ring);
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
      all.emplace_back(level.mercator(points[i]), level.mercator(points[i + 1]));
  }
  bool inside(Mercator p) const {
    bool in = false;
    for (const auto& [a, b] : all)
      if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
    return in;
  }
  double depth(Mercator p) const {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& [a, b] : all) {
      const double dx = b.x - a.x, dy = b.y - a.y;
      const double t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
      least = std::min(least, std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy));
    }
    return inside(p) ? least : -least;
  }
};

TEST(Anchor, IsWhereThereIsMostRoom) {
  const City city = toy::city();
  const ZoomLevel level = make_level(project(city.arrangement), 14);
  const Patches patches = make_patches(level, {city.grid_of_face, {}}, city.grids.size());
  const std::vector<Anchor> found = anchors(level, patches, city.grids.size());
  ASSERT_EQ(found.size(), city.grids.size());
  for (const Patch& patch : patches.all) {  // every grid of the toy city is one patch
    const Anchor& anchor = found[static_cast<std::size_t>(patch.label)];
    const Segments segments(level, patch.polygon);
    EXPECT_TRUE(segments.inside(anchor.at));
    EXPECT_NEAR(segments.depth(anchor.at), anchor.radius, 1e-6);
    double best = 0;
    const Mercator low = level.mercator(patch.box.min), high = level.mercator(patch.box.max);
    for (double x = low.x; x < high.x; x += 15)
      for (double y = low.y; y < high.y; y += 15) best = std::max(best, segments.depth({x, y}));
    EXPECT_LE(best, anchor.radius * 1.031) << "grid " << city.grids[static_cast<std::size_t>(patch.label)].code;
  }
}

TEST(Anchor, OfWhatHasCollapsedHasNoRoom) {
  const City city = toy::city();
  const ZoomLevel level = make_level(project(city.arrangement), 1);
  const Patches patches = make_patches(level, {city.grid_of_face, {}}, city.grids.size());
  for (const Anchor& a : anchors(level, patches, city.grids.size())) EXPECT_LE(a.radius, 1e5);
  EXPECT_EQ(anchors(level, patches, city.grids.size()).at(8).radius, 0);
}

}  // namespace
}  // namespace gridloom
