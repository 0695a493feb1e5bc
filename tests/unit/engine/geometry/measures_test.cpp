// SPDX-License-Identifier: Apache-2.0
// Rings, distances and the lattice itself.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/geometry/distance.h"
#include "engine/geometry/lattice.h"
#include "engine/geometry/ring.h"
#include "support/draw.h"

namespace gridloom {
namespace {

constexpr std::int32_t kMost = kCoordinateLimit - 1;

TEST(DoubledArea, IsExactForTheLargestRing) {
  const std::vector<Point> ring{{-kMost, -kMost}, {kMost, -kMost}, {kMost, kMost}, {-kMost, kMost}};
  const Int128 side = 2 * static_cast<Int128>(kMost);
  EXPECT_TRUE(doubled_area(ring) == 2 * side * side);
  EXPECT_TRUE(doubled_area(std::vector<Point>(ring.rbegin(), ring.rend())) == -2 * side * side);
}

TEST(DoubledArea, DoesNotMindAClosingPoint) {
  EXPECT_TRUE(doubled_area(std::vector<Point>{{0, 0}, {3, 0}, {0, 5}}) == 15);
  EXPECT_TRUE(doubled_area(std::vector<Point>{{0, 0}, {3, 0}, {0, 5}, {0, 0}}) == 15);
  EXPECT_TRUE(doubled_area(std::vector<Point>{{4, 4}}) == 0);
  EXPECT_TRUE(doubled_area(std::vector<Point>{}) == 0);
}

TEST(Distance, IsToTheClosedSegment) {
  const Segment s{{0, 0}, {100, 0}};
  EXPECT_DOUBLE_EQ(distance({50, 7}, s), 7);
  EXPECT_DOUBLE_EQ(distance({-3, 4}, s), 5);
  EXPECT_DOUBLE_EQ(distance({103, -4}, s), 5);
  EXPECT_DOUBLE_EQ(distance({100, 0}, s), 0);
  EXPECT_NEAR(distance({kMost, -kMost}, {{-kMost, -kMost}, {kMost, kMost}}), std::sqrt(2.0) * kMost, 1e-6 * kMost);
}

TEST(Within, LooksAlongTheWholeSegmentNotOnlyAtItsEnds) {
  // The ends of the straight line are on the detour, its middle is 3 000 away from it.
  const std::vector<Segment> straight{{{0, 0}, {10'000, 0}}};
  const std::vector<Segment> detour{
      {{0, 0}, {1, 3'000}}, {{1, 3'000}, {10'000, 3'000}}, {{10'000, 0}, {10'000, 3'000}}};
  EXPECT_FALSE(within(straight, detour, 1'000));
  EXPECT_TRUE(within(straight, detour, 3'000));
  EXPECT_FALSE(within(detour, straight, 2'900));
  EXPECT_TRUE(within(detour, straight, 3'001));
  EXPECT_FALSE(within(straight, {}, 1e9));
  EXPECT_TRUE(within({}, straight, 1));
}

TEST(Lattice, RoundsToTheNearestMillimetre) {
  const Lattice lattice{"EPSG:4528", 40'500'000, 4'000'000};
  EXPECT_EQ(lattice.round({40'500'001.0, 3'999'999.0}), (Point{1000, -1000}));
  EXPECT_EQ(lattice.round({40'500'000.0014, 4'000'000.0016}), (Point{1, 2}));
  draw::Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const Point p{random.between(-kMost, kMost), random.between(-kMost, kMost)};
    ASSERT_EQ(lattice.round(lattice.metres(p)), p);
  }
}

TEST(Lattice, RefusesWhatDoesNotFit) {
  const Lattice lattice{"EPSG:32618", 0, 0};
  EXPECT_EQ(lattice.round({1073741.823, 0}).x, kMost);
  EXPECT_THROW(lattice.round({1073741.824, 0}), std::out_of_range);
  EXPECT_THROW(lattice.round({0, -1073741.824}), std::out_of_range);
  EXPECT_THROW(lattice.round({std::numeric_limits<double>::quiet_NaN(), 0}), std::out_of_range);
  EXPECT_THROW(lattice.round({0, std::numeric_limits<double>::infinity()}), std::out_of_range);
}

}  // namespace
}  // namespace gridloom
