// SPDX-License-Identifier: Apache-2.0
// Situations that other engines' tests and issue trackers tell of, restated with coordinates of our own. What is asked:
// no exception, exact areas, every gap and overlap named, no cell lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/arrangement/snapshot.h"
#include "engine/arrangement/verify.h"
#include "support/draw.h"

namespace gridloom {
namespace {

using draw::Cells;
using testing::ElementsAre;
using testing::IsEmpty;

Ring ring(std::vector<Point> points, bool hole = false) { return {std::move(points), hole}; }
Ring box(std::int32_t x1, std::int32_t y1, std::int32_t x2, std::int32_t y2) {
  return ring({{x1, y1}, {x2, y1}, {x2, y2}, {x1, y2}});
}

// A proven arrangement of one layer, and what its labels say of the ground, in doubled mm².
struct Ground {
  Subdivision s;
  std::vector<std::int64_t> of_cell;  // faces a cell leads or shares
  std::int64_t shared = 0;            // by two cells or more
  std::vector<std::int64_t> gaps;     // bounded faces that are nobody's, ascending
};

Ground ground_of(const Cells& cells) {
  Ground g{draw::build_stack({cells}), std::vector<std::int64_t>(cells.size(), 0), 0, {}};
  EXPECT_THAT(verify(g.s.arrangement), IsEmpty());
  const auto area = doubled_areas(g.s.arrangement);
  for (FaceId f = 1; f < g.s.arrangement.face_count; ++f) {
    const auto cover = draw::cover(g.s.labelings[0], f);
    const auto size = static_cast<std::int64_t>(area[f]);
    for (Label l : cover) g.of_cell[l] += size;
    if (cover.size() > 1) g.shared += size;
    if (cover.empty()) g.gaps.push_back(size);
  }
  std::sort(g.gaps.begin(), g.gaps.end());
  return g;
}

// --- JTS/GEOS CoverageCleaner, CoverageGapFinder: what is to be cleaned must first be seen ---

class GapBetweenNeighbours : public testing::TestWithParam<std::int32_t> {};

// Two cells within a closed ring of a third, apart by 0, 1, 2 or 1000 mm.
TEST_P(GapBetweenNeighbours, IsAFaceAsWideAsItIs) {
  const std::int32_t width = GetParam();
  const Ground g = ground_of(
      {{box(1'000, 1'000, 5'000, 9'000)},
       {box(5'000 + width, 1'000, 9'000, 9'000)},
       {box(0, 0, 10'000, 10'000), ring({{1'000, 1'000}, {9'000, 1'000}, {9'000, 9'000}, {1'000, 9'000}}, true)}});
  if (width == 0)
    EXPECT_THAT(g.gaps, IsEmpty());
  else
    EXPECT_THAT(g.gaps, ElementsAre(std::int64_t{2} * width * 8'000));
  EXPECT_EQ(g.shared, 0);
}
INSTANTIATE_TEST_SUITE_P(Widths, GapBetweenNeighbours, testing::Values(0, 1, 2, 1'000));

TEST(PublishedCases, OverlapOfTwoIsNamedForBoth) {
  const Ground g = ground_of({{box(0, 0, 6'000, 5'000)}, {box(4'000, 0, 10'000, 5'000)}});
  EXPECT_EQ(g.shared, 2 * 2'000 * 5'000);
  EXPECT_THAT(g.of_cell, ElementsAre(2 * 6'000 * 5'000, 2 * 6'000 * 5'000));
}

TEST(PublishedCases, OverlapOfThreeIsNamedForAll) {
  const Ground g = ground_of({{box(0, 0, 6'000, 6'000)}, {box(3'000, 0, 9'000, 6'000)}, {box(0, 3'000, 9'000, 9'000)}});
  EXPECT_EQ(g.shared, 2 * (3'000 * 6'000 + 2 * 3'000 * 3'000));
  EXPECT_THAT(g.of_cell, ElementsAre(72'000'000, 72'000'000, 108'000'000));
}

TEST(PublishedCases, DuplicateAndCoveredCellsKeepTheirGround) {
  const Ground g = ground_of({{box(0, 0, 8'000, 8'000)}, {box(0, 0, 8'000, 8'000)}, {box(2'000, 2'000, 4'000, 4'000)}});
  EXPECT_THAT(g.of_cell, ElementsAre(128'000'000, 128'000'000, 8'000'000));
  EXPECT_THAT(g.gaps, IsEmpty());
}

// A sliver cell half a millimetre wide has no ground on the lattice: it is nobody's, and its neighbours meet.
TEST(PublishedCases, ACellThatCollapsesWhenRoundedLeavesNoTrace) {
  const Ground g = ground_of(
      {{box(0, 0, 5'000, 5'000)}, {box(5'000, 0, 10'000, 5'000)}, {ring({{5'000, 0}, {5'000, 0}, {5'000, 5'000}})}});
  EXPECT_THAT(g.of_cell, ElementsAre(50'000'000, 50'000'000, 0));
  EXPECT_EQ(g.s.arrangement.face_count, 3u);
}

// --- JTS CoveragePolygonValidator: edges that look alike and are not ---

TEST(PublishedCases, AVertexOnlyOneNeighbourHasMakesASliverOfItsOwnSize) {
  // (5000, 2501) lies 1 mm inside the left cell's straight edge.
  const Ground g = ground_of(
      {{box(0, 0, 5'000, 5'000)}, {ring({{5'000, 0}, {10'000, 0}, {10'000, 5'000}, {5'000, 5'000}, {4'999, 2'501}})}});
  EXPECT_EQ(g.shared, 5'000);  // a triangle of 5 m by 1 mm, doubled
  EXPECT_THAT(g.gaps, IsEmpty());
}

TEST(PublishedCases, AVertexOnAStraightEdgeOfTheNeighbourIsNoMismatch) {
  const Ground g = ground_of(
      {{box(0, 0, 5'000, 5'000)}, {ring({{5'000, 0}, {10'000, 0}, {10'000, 5'000}, {5'000, 5'000}, {5'000, 2'501}})}});
  EXPECT_EQ(g.shared, 0);
  EXPECT_EQ(g.s.arrangement.face_count, 3u);
}

TEST(PublishedCases, BordersAMillimetreApartStayApartAlongTheirLength) {
  std::vector<Point> left{{0, 0}}, right;
  for (std::int32_t y = 0; y <= 20; ++y) {
    left.push_back({5'000 + (y % 3), y * 500});
    right.push_back({5'001 + (y % 2), y * 500});
  }
  left.push_back({0, 10'000});
  std::reverse(right.begin(), right.end());
  right.insert(right.end(), {{9'000, 0}, {9'000, 10'000}});
  const Ground g = ground_of({{ring(left)}, {ring(right)}});
  const std::int64_t whole = 2 * std::int64_t{9'000} * 10'000;
  std::int64_t covered = g.of_cell[0] + g.of_cell[1] - g.shared;
  for (std::int64_t gap : g.gaps) covered += gap;
  EXPECT_NEAR(static_cast<double>(covered), static_cast<double>(whole), 2 * 2 * 10'000);
}

// --- issues ---

// geos 1170: valid polygons, long and thin and sharing parts of their lines, whose union throws. Here needles along one
// slanted line, each with vertices up to 3 mm off it.
TEST(PublishedCases, ThinNearlyCollinearPolygonsOverEachOther) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    draw::Random random(seed);
    const auto near = [&](std::int32_t along) {
      return Point{along + random.between(-3, 3), along * 5 / 9 + random.between(-3, 3)};
    };
    Cells cells;
    for (int k = 0; k < 4; ++k) {
      const std::int32_t from = random.between(0, 20'000), to = from + random.between(2'000, 20'000);
      std::vector<Point> needle;
      for (int i = 0; i <= 4; ++i) needle.push_back(near(from + (to - from) / 4 * i));
      needle.push_back({(from + to) / 2, (from + to) / 2 * 5 / 9 + random.between(5, 9'000)});
      cells.push_back({ring(needle)});
    }
    const Ground g = ground_of(cells);
    for (std::int64_t area : g.of_cell) EXPECT_GT(area, 0);
  }
}

// geos 1251: a hole between two neighbours is found or not by which of them has vertices where it begins and ends. Here
// it is a face of its own size, whoever has them.
TEST(PublishedCases, AGapIsSeenWhicheverNeighbourHasItsCorners) {
  const std::vector<Point> bay{{5'000, 3'500}, {6'000, 5'000}, {5'000, 6'500}};
  for (int corners = 0; corners < 4; ++corners) {
    std::vector<Point> left{{0, 0}, {5'000, 0}, {5'000, 10'000}, {0, 10'000}};
    if (corners & 1) left.insert(left.begin() + 2, bay.front());
    if (corners & 2) left.insert(left.begin() + (corners & 1 ? 3 : 2), bay.back());
    std::vector<Point> right{{10'000, 10'000}, {10'000, 0}, {5'000, 0}};
    right.insert(right.end(), bay.begin(), bay.end());
    right.push_back({5'000, 10'000});
    const Ground g = ground_of({{ring(left)}, {ring(right)}});
    EXPECT_THAT(g.gaps, ElementsAre(3'000'000)) << corners;
    EXPECT_EQ(g.shared, 0);
  }
}

// jts 300: two valid polygons whose common border is full of nearly coincident points, with places where it runs
// forward, back and forward again in a Z hardly wider than nothing, cannot be intersected. What of the border differs
// here is gap or overlap of at most its width; the far sides are exact.
TEST(PublishedCases, NarrowZigzagsOfACommonBorderAreSmallGapsAndOverlaps) {
  constexpr std::int32_t kHeight = 60'000, kOff = 2;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    draw::Random random(seed);
    const auto border = [&] {
      std::vector<Point> out;
      for (std::int32_t y = 0; y <= kHeight; y += 1'000) {
        const bool end = y == 0 || y == kHeight;  // where the two agree, so that no gap is open
        const std::int32_t x = 5'000 + (end ? 0 : random.between(-kOff, kOff));
        out.push_back({x, y});
        if (end || random.between(0, 3) > 0) continue;
        out.push_back({x + random.between(0, 1), y + 900});
        out.push_back({x + random.between(-1, 0), y + 100});
      }
      return out;
    };
    std::vector<Point> left = border(), right = border();
    const double length = 2.6 * kHeight;  // no border with its zigzags is longer
    left.insert(left.end(), {{0, kHeight}, {0, 0}});
    right.insert(right.end(), {{9'000, kHeight}, {9'000, 0}});
    const Ground g = ground_of({{ring(left)}, {ring(right)}});
    EXPECT_NEAR(static_cast<double>(g.of_cell[0]), 2.0 * 5'000 * kHeight, 4 * kOff * length) << seed;
    EXPECT_NEAR(static_cast<double>(g.of_cell[1]), 2.0 * 4'000 * kHeight, 4 * kOff * length) << seed;
    std::int64_t covered = g.of_cell[0] + g.of_cell[1] - g.shared;
    for (std::int64_t gap : g.gaps) covered += gap;
    EXPECT_EQ(covered, 2 * std::int64_t{9'000} * kHeight) << seed;
  }
}

// mapshaper 546, 663: floating-point intersections of almost parallel edges lose a polygon, or leave slivers of it.
TEST(PublishedCases, CrossingsAtVerySmallAnglesKeepBothPolygons) {
  for (std::int32_t lift = 1; lift < 40; ++lift) {
    const Ground g = ground_of({{ring({{0, 0}, {1'000'000, lift}, {1'000'000, 300'000}, {0, 300'000}})},
                                {ring({{0, lift}, {1'000'000, 0}, {1'000'000, -300'000}, {0, -300'000}})}});
    EXPECT_NEAR(static_cast<double>(g.of_cell[0]), 6e11, 2e6 * 41);
    EXPECT_NEAR(static_cast<double>(g.of_cell[1]), 6e11, 2e6 * 41);
  }
}

// mapshaper 663: rings in the wrong order, holes that wind like shells.
TEST(PublishedCases, OrderAndWindingOfRingsDoNotMatter) {
  const std::vector<Point> shell{{0, 0}, {9'000, 0}, {9'000, 9'000}, {0, 9'000}};
  std::vector<Point> hole{{3'000, 3'000}, {5'000, 3'000}, {5'000, 5'000}, {3'000, 5'000}};
  for (int turn = 0; turn < 2; ++turn) {
    const Ground g = ground_of({{ring(hole, true), ring(shell)}});
    EXPECT_THAT(g.of_cell, ElementsAre(2 * (81'000'000 - 4'000'000)));
    EXPECT_THAT(g.gaps, ElementsAre(8'000'000));
    std::reverse(hole.begin(), hole.end());
  }
}

// Rings with spikes and edges that double back on themselves.
TEST(PublishedCases, EdgesThatDoubleBackVanish) {
  const Ground g = ground_of({{ring({{0, 0},
                                     {4'000, 0},
                                     {9'000, 0},
                                     {4'000, 0},
                                     {4'000, 4'000},
                                     {2'000, 4'000},
                                     {2'000, 9'000},
                                     {2'000, 4'000},
                                     {0, 4'000}})}});
  EXPECT_THAT(g.of_cell, ElementsAre(2 * 16'000'000));
  EXPECT_EQ(g.s.arrangement.face_count, 2u);
}

// geoman 1596: after a split, a second split that ends at the T the first one made leaves neither gap nor overlap, and
// the neighbour has the new corner, too.
TEST(PublishedCases, SplitsThatMeetAtATStayWatertight) {
  const Subdivision built = draw::build_stack({{{box(0, 0, 9'001, 7'003)}, {box(9'001, 0, 18'000, 7'003)}}});
  Snapshot s(built.arrangement, built.labelings);
  s = s.cut(1, std::vector<Point>{{-100, 3'337}, {9'500, 3'611}});
  FaceId upper = 1, right = 2;
  Point t{};
  const ArcRing rim = s.boundary(right).front();
  for (HalfEdge h : rim)
    for (Point p : s.points_of(h.arc()))
      if (p.x == 9'001 && p.y != 0 && p.y != 7'003) t = p;
  ASSERT_NE(t, (Point{})) << "the neighbour has no corner where the first split ends";
  s = s.cut(right, std::vector<Point>{t, {18'500, 1'000}});
  s = s.cut(upper, std::vector<Point>{t, {2'000, 7'500}, {2'000, -500}});
  const Snapshot::Flat flat = s.flat();
  EXPECT_THAT(verify(flat.arrangement), IsEmpty());
  Int128 sum = 0;
  for (FaceId f = 1; f < s.face_limit(); ++f)
    if (s.has_face(f)) sum += s.doubled_area(f);
  EXPECT_EQ(static_cast<std::int64_t>(sum), 2 * std::int64_t{18'000} * 7'003);
}

// mapshaper's clean examples: an enclave drawn without a hole in its surroundings, islands that touch at a point, a
// cell in parts that overlaps itself. No feature is lost.
TEST(PublishedCases, NoFeatureOfAMessyLayerIsLost) {
  const Ground g = ground_of({{box(0, 0, 9'000, 9'000)},
                              {box(3'000, 3'000, 5'000, 5'000)},
                              {box(9'000, 9'000, 12'000, 12'000)},
                              {box(20'000, 0, 24'000, 4'000), box(22'000, 2'000, 26'000, 6'000)},
                              {ring({{30'000, 0}, {34'000, 4'000}, {34'000, 0}, {30'000, 4'000}})}});
  EXPECT_THAT(g.of_cell, ElementsAre(162'000'000, 8'000'000, 18'000'000, 56'000'000, 16'000'000));
  EXPECT_EQ(g.shared, 8'000'000);
}

}  // namespace
}  // namespace gridloom
