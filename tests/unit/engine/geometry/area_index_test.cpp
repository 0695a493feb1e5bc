// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/area_index.h"

#include <gtest/gtest.h>

#include <random>

namespace gridloom {
namespace {

Point any(std::mt19937& random, std::int32_t side) {
  return {static_cast<std::int32_t>(random() % static_cast<unsigned>(2 * side + 1)) - side,
          static_cast<std::int32_t>(random() % static_cast<unsigned>(2 * side + 1)) - side};
}

// Every point of a small lattice, so that corners, lines and flat edges are all met.
TEST(AreaIndex, AgreesWithTheDefinitionAtEveryPoint) {
  std::mt19937 random(4);
  for (int round = 0; round < 300; ++round) {
    PolygonRings rings(random() % 4);
    for (auto& ring : rings)
      for (std::size_t i = random() % 9; i > 0; --i) ring.push_back(any(random, 12));
    if (!rings.empty() && !rings[0].empty() && round % 2) rings[0].push_back(rings[0].front());  // closed
    const AreaIndex index(rings);
    for (std::int32_t y = -14; y <= 14; ++y)
      for (std::int32_t x = -14; x <= 14; ++x)
        ASSERT_EQ(index.contains({x, y}), in_area({x, y}, rings)) << round << ": " << x << ' ' << y;
  }
}

TEST(AreaIndex, AgreesWithTheDefinitionFarApartAndForManyVertices) {
  std::mt19937 random(8);
  constexpr std::int32_t kSide = kCoordinateLimit - 1;
  PolygonRings box(1), star(1);
  for (int k = 0; k < 128; ++k) {  // sides that bend a little, as parallels do
    const std::int32_t at = -900'000'000 + (k % 32) * 56'250'000, bend = (k % 32) * (31 - k % 32) * 50;
    box[0].push_back(k < 32   ? Point{at, -800'000'000 - bend}
                     : k < 64 ? Point{900'000'000, at / 9 * 8}
                     : k < 96 ? Point{-at, 800'000'000 - bend}
                              : Point{-900'000'000, -at / 9 * 8});
  }
  for (int k = 0; k < 3000; ++k) star[0].push_back(any(random, kSide));
  for (const PolygonRings& rings : {box, star}) {
    const AreaIndex index(rings);
    for (int k = 0; k < 4000; ++k) {
      const Point p = k % 4 ? any(random, kSide) : rings[0][random() % rings[0].size()];
      ASSERT_EQ(index.contains(p), in_area(p, rings)) << p.x << ' ' << p.y;
    }
  }
}

TEST(AreaIndex, NothingLiesInNoRing) {
  EXPECT_FALSE(AreaIndex().contains({0, 0}));
  EXPECT_FALSE(AreaIndex(PolygonRings{{}}).contains({0, 0}));
  EXPECT_TRUE(AreaIndex(PolygonRings{{{3, 3}}}).contains({3, 3}));
}

}  // namespace
}  // namespace gridloom
