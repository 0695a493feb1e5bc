// SPDX-License-Identifier: Apache-2.0
#include "tiles/vector/clip.h"

#include <gtest/gtest.h>

#include "engine/geometry/ring.h"

namespace gridloom {
namespace {

Int128 area(const std::vector<PolygonRings>& parts) {
  Int128 sum = 0;
  for (const PolygonRings& p : parts)
    for (const auto& ring : p) sum += doubled_area(ring);
  return sum;
}

TEST(Clip, CutsAUInTwo) {
  //  ##..##
  //  ##..##   the box keeps the two arms
  //  ######
  const PolygonRings u{{{0, 0}, {60, 0}, {60, 40}, {40, 40}, {40, 10}, {20, 10}, {20, 40}, {0, 40}, {0, 0}}};
  const std::vector<PolygonRings> parts = clip(u, {{-10, 20}, {70, 50}});
  EXPECT_EQ(parts.size(), 2u);
  EXPECT_TRUE(area(parts) == 2 * (2 * 20 * 20));
}

TEST(Clip, KeepsHolesAndOrientation) {
  const PolygonRings ring{{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}},
                          {{40, 40}, {40, 60}, {60, 60}, {60, 40}, {40, 40}}};
  const std::vector<PolygonRings> parts = clip(ring, {{0, 0}, {80, 100}});
  ASSERT_EQ(parts.size(), 1u);
  ASSERT_EQ(parts[0].size(), 2u);
  EXPECT_TRUE(doubled_area(parts[0][0]) == 2 * 80 * 100);
  EXPECT_TRUE(doubled_area(parts[0][1]) == -2 * 20 * 20);
  for (const auto& r : parts[0]) EXPECT_EQ(r.front(), r.back());
}

TEST(Clip, RoundsCutsToTheGrid) {
  const PolygonRings triangle{{{0, 0}, {101, 37}, {0, 73}, {0, 0}}};
  const std::vector<PolygonRings> parts = clip(triangle, {{-5, -5}, {50, 80}});
  ASSERT_EQ(parts.size(), 1u);
  for (const Point p : parts[0][0]) EXPECT_LE(p.x, 50);
  EXPECT_TRUE(doubled_area(parts[0][0]) > 0);
}

TEST(Clip, LeavesNothingOfWhatOnlyTouches) {
  const PolygonRings square{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}};
  EXPECT_TRUE(clip(square, {{10, 0}, {20, 10}}).empty());
  EXPECT_TRUE(clip(square, {{10, 10}, {20, 20}}).empty());
  EXPECT_TRUE(clip(square, {{30, 30}, {40, 40}}).empty());
}

}  // namespace
}  // namespace gridloom
