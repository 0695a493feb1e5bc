// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/simplify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <tuple>

#include "engine/arrangement/verify.h"
#include "engine/geometry/distance.h"
#include "support/draw.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Arrangement of_rings(const std::vector<std::vector<Point>>& rings) {
  draw::Cells cells;
  for (const auto& ring : rings) cells.push_back({Ring{ring, false}});
  return draw::build_stack({cells}).arrangement;
}

Arrangement a_city(std::uint64_t seed) {
  return draw::build_stack(draw::random_city(seed, {.columns = 6,
                                                    .rows = 6,
                                                    .regions = 10,
                                                    .bends = 6,
                                                    .slack = 900,
                                                    .ragged = seed % 3 == 0,
                                                    .odd_rings = 10,
                                                    .empty_squares = 8}))
      .arrangement;
}

void expect_same_topology(const Arrangement& before, const Arrangement& after) {
  EXPECT_EQ(after.nodes, before.nodes);
  EXPECT_EQ(after.face_count, before.face_count);
  ASSERT_EQ(after.arcs.size(), before.arcs.size());
  for (ArcId a = 0; a < before.arcs.size(); ++a) {
    const Arc &p = before.arcs[a], &q = after.arcs[a];
    EXPECT_EQ(std::tie(p.from, p.to, p.left, p.right), std::tie(q.from, q.to, q.left, q.right)) << "arc " << a;
  }
  const auto faults = verify(after);
  EXPECT_THAT(faults, IsEmpty()) << draw::said(faults);
}

// The farthest any old vertex is from the whole new line of its arc, in mm.
double displacement(const Arrangement& before, const Arrangement& after) {
  double most = 0;
  for (ArcId a = 0; a < before.arcs.size(); ++a)
    for (Point p : before.points_of(a)) {
      double least = std::numeric_limits<double>::infinity();
      const auto line = after.points_of(a);
      for (std::size_t i = 0; i + 1 < line.size(); ++i) least = std::min(least, distance(p, {line[i], line[i + 1]}));
      most = std::max(most, least);
    }
  return most;
}

TEST(Simplify, KeepsTopologyAndDistanceOnRandomCities) {
  std::size_t removed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Arrangement before = a_city(seed);
    ASSERT_THAT(verify(before), IsEmpty());
    for (double tolerance : {0.0, 0.3, 2.0, 10.0, 1e5}) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", tolerance " << tolerance);
      const Arrangement after = simplify(before, {.tolerance_m = tolerance});
      expect_same_topology(before, after);
      EXPECT_LE(displacement(before, after), tolerance * 1000 + 1e-6);
      removed += before.points.size() - after.points.size();
    }
  }
  EXPECT_GT(removed, 10'000u);
}

TEST(Simplify, ToleranceZeroRemovesExactlyTheCollinear) {
  const Arrangement m = of_rings({{{0, 0}, {500, 0}, {1000, 1}, {1500, 2}, {2000, 3}, {2000, 2000}, {0, 2000}}});
  const Arrangement after = simplify(m, {});
  ASSERT_EQ(after.arcs.size(), 1u);
  const auto line = after.points_of(0);
  EXPECT_EQ(line.size(), 6u);
  EXPECT_EQ(std::set<Point>(line.begin(), line.end()),
            (std::set<Point>{{0, 0}, {500, 0}, {2000, 3}, {2000, 2000}, {0, 2000}}));
  EXPECT_EQ(simplify(after, {}), after);
}

TEST(Simplify, ATinyLoopStaysATriangle) {
  const Arrangement m = of_rings({{{0, 0}, {3, 0}, {4, 2}, {2, 4}, {0, 3}}});
  const Arrangement after = simplify(m, {.tolerance_m = 1000});
  expect_same_topology(m, after);
  EXPECT_EQ(after.points.size(), 4u);
}

TEST(Simplify, ArcsBetweenTheSameNodesStayApart) {
  // Two cells share the straight border; either outer side could become it.
  const Arrangement m = of_rings(
      {{{0, 0}, {1000, 0}, {900, 40}, {500, 60}, {100, 40}}, {{0, 0}, {100, -40}, {500, -60}, {900, -40}, {1000, 0}}});
  ASSERT_EQ(m.arcs.size(), 3u);
  const Arrangement after = simplify(m, {.tolerance_m = 1000});
  expect_same_topology(m, after);
  EXPECT_EQ(after.points.size(), 2u + 3u + 3u);
}

TEST(Simplify, ACorridorNarrowerThanTheToleranceStaysOpen) {
  std::vector<Point> lower, upper;
  for (int i = 0; i <= 40; ++i) {
    lower.push_back({i * 1000, i % 2 * 400});
    upper.push_back({i * 1000, i % 2 * 400 + 50});
  }
  std::vector<Point> below = lower, above(upper.rbegin(), upper.rend());
  below.insert(below.end(), {{40'000, -9000}, {0, -9000}});
  std::reverse(below.begin(), below.end());
  above.insert(above.end(), {{0, 9000}, {40'000, 9000}});
  std::reverse(above.begin(), above.end());
  const Arrangement m = of_rings({below, above});
  const Arrangement after = simplify(m, {.tolerance_m = 5});
  expect_same_topology(m, after);
  EXPECT_LT(after.points.size(), m.points.size() / 4);  // those held back are tried again
  EXPECT_LE(displacement(m, after), 5000.0);
}

TEST(Simplify, AnIslandKeepsToItsSideOfTheCoast) {
  const Arrangement m = of_rings({{{0, 0}, {4000, 0}, {5000, 1000}, {6000, 0}, {10'000, 0}, {10'000, 9000}, {0, 9000}},
                                  {{4950, 500}, {5000, 450}, {5050, 500}, {5000, 550}}});
  const Arrangement after = simplify(m, {.tolerance_m = 3});
  expect_same_topology(m, after);
  EXPECT_EQ(draw::faces_at(after, {5000, 950}), draw::faces_at(m, {5000, 950}));
}

TEST(Simplify, ASpiralStaysASpiral) {
  std::vector<Point> out, back;
  for (int i = 0; i < 400; ++i) {
    const double angle = i * 0.1, radius = 1000 + 60.0 * i;
    const auto at = [&](double r) {
      return Point{static_cast<std::int32_t>(r * std::cos(angle)), static_cast<std::int32_t>(r * std::sin(angle))};
    };
    out.push_back(at(radius));
    back.push_back(at(radius - 900));
  }
  out.insert(out.end(), back.rbegin(), back.rend());
  const Arrangement m = of_rings({out});
  for (double tolerance : {0.1, 1.0, 100.0}) {
    const Arrangement after = simplify(m, {.tolerance_m = tolerance});
    expect_same_topology(m, after);
    EXPECT_LE(displacement(m, after), tolerance * 1000);
    EXPECT_LT(after.points.size(), m.points.size());
  }
}

TEST(Simplify, ArcsToKeepStay) {
  const Arrangement m = a_city(7);
  SimplifyOptions options{.tolerance_m = 10};
  for (ArcId a = 0; a < m.arcs.size(); ++a) options.keep.push_back(a % 3 == 0);
  const Arrangement after = simplify(m, options);
  expect_same_topology(m, after);
  for (ArcId a = 0; a < m.arcs.size(); a += 3)
    EXPECT_TRUE(std::ranges::equal(after.points_of(a), m.points_of(a))) << "arc " << a;
  EXPECT_LT(after.points.size(), m.points.size());
}

TEST(Simplify, SmallFacesGoOnlyWhenAsked) {
  // A sliver that shares its longer, bent side with the right cell and its straight one with the left.
  const Arrangement m = of_rings(
      {{{0, 0}, {1000, 0}, {1100, 500}, {1000, 1000}, {0, 1000}}, {{1000, 0}, {2000, 0}, {2000, 1000}, {1000, 1000}}});
  ASSERT_EQ(m.face_count, 4u);
  std::vector<FaceId> faces;
  EXPECT_EQ(simplify(m, {.tolerance_m = 0.001, .min_area_m2 = 0.1}, &faces).face_count, 4u);
  EXPECT_THAT(faces, ElementsAre(0, 1, 2, 3));
  const Arrangement after = simplify(m, {.drop_small_faces = true, .min_area_m2 = 0.1}, &faces);
  EXPECT_THAT(verify(after), IsEmpty());
  EXPECT_EQ(after.face_count, 3u);
  EXPECT_EQ(faces[draw::faces_at(m, {1050, 500})[0]], faces[draw::faces_at(m, {1500, 500})[0]]);
  EXPECT_NE(faces[draw::faces_at(m, {500, 500})[0]], faces[draw::faces_at(m, {1500, 500})[0]]);
}

TEST(Simplify, DroppedFacesLeaveAnArrangement) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Arrangement m = a_city(seed);
    std::vector<FaceId> faces;
    const Arrangement after = simplify(m, {.tolerance_m = 2, .drop_small_faces = true, .min_area_m2 = 100}, &faces);
    const auto faults = verify(after);
    EXPECT_THAT(faults, IsEmpty()) << draw::said(faults);
    EXPECT_LT(after.face_count, m.face_count);
    for (FaceId f = 0; f < m.face_count; ++f) EXPECT_EQ(faces[f] == kOutside, f == kOutside);
  }
}

TEST(Simplify, RefusesOptionsWithoutMeaning) {
  const Arrangement m = a_city(1);
  EXPECT_THROW(simplify(m, {.tolerance_m = -1}), std::invalid_argument);
  EXPECT_THROW(simplify(m, {.tolerance_m = std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  EXPECT_THROW(simplify(m, {.keep = {true}}), std::invalid_argument);
  EXPECT_THROW(simplify(m, {.min_area_m2 = -1}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
