// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/locate.h"

#include <gtest/gtest.h>

#include "support/draw.h"

namespace gridloom {
namespace {

using draw::Rows;

void expect_slow_answer(const Arrangement& m, const PointLocator& locator, Point p) {
  const auto faces = draw::faces_at(m, p);
  const Location found = locator.locate(p);
  if (faces.size() == 1 && found.touching.empty()) {
    ASSERT_EQ(found.face, faces.front()) << p.x << ',' << p.y;
    return;
  }
  ASSERT_EQ(found.touching, faces) << p.x << ',' << p.y;
  const FaceId lowest = faces.front() == kOutside && faces.size() > 1 ? faces[1] : faces.front();
  ASSERT_EQ(found.face, lowest) << p.x << ',' << p.y;
}

Subdivision city(std::uint64_t seed) {
  draw::CityOptions o;
  o.columns = o.rows = 6;
  o.regions = 14;
  o.odd_rings = 10;
  o.empty_squares = 8;
  o.ragged = seed % 2 == 0;
  return draw::build_stack(draw::random_city(seed, o));
}

TEST(PointLocator, AgreesWithCountingArcsAtRandomPoints) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const Arrangement m = city(seed).arrangement;
    const PointLocator locator(m);
    draw::Random random(seed);
    for (int i = 0; i < 1500; ++i)
      expect_slow_answer(m, locator, {random.between(-30'000, 270'000), random.between(-30'000, 270'000)});
  }
}

TEST(PointLocator, AgreesWithCountingArcsOnAndBesideArcs) {
  for (std::uint64_t seed = 10; seed < 14; ++seed) {
    const Arrangement m = city(seed).arrangement;
    const PointLocator locator(m);
    draw::Random random(seed);
    for (int i = 0; i < 1500; ++i) {
      const Point v =
          m.points[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(m.points.size()) - 1))];
      expect_slow_answer(m, locator, {v.x + random.between(-2, 2), v.y + random.between(-2, 2)});
    }
  }
}

TEST(PointLocator, NamesAllFacesAroundANode) {
  const Rows rows{"ab.", "cd.", "..."};
  const Subdivision s = draw::build_stack({draw::cells(rows, "abcd")});
  const PointLocator locator(s.arrangement);
  for (Point node : s.arrangement.nodes) expect_slow_answer(s.arrangement, locator, node);
  const Location middle = locator.locate({1'000, 2'000});
  EXPECT_EQ(middle.touching, (std::vector<FaceId>{1, 2, 3, 4}));
  EXPECT_EQ(middle.face, 1u);
  const Location rim = locator.locate({2'000, 2'000});
  EXPECT_EQ(rim.touching.size(), 3u);
  EXPECT_EQ(rim.touching.front(), kOutside);
  EXPECT_NE(rim.face, kOutside) << "the lowest bounded face, never the outside";
}

TEST(PointLocator, NamesBothFacesAlongAnArc) {
  const Subdivision s = draw::build_stack({draw::cells({"aabb"}, "ab")});
  const PointLocator locator(s.arrangement);
  const Location on = locator.locate({2'000, 300});
  EXPECT_EQ(on.touching, (std::vector<FaceId>{1, 2}));
  const Location off = locator.locate({2'001, 300});
  EXPECT_TRUE(off.touching.empty());
  EXPECT_EQ(draw::cover(s.labelings[0], off.face), std::vector<Label>{1});
}

TEST(PointLocator, SeesPastVerticalsAndFarDown) {
  // Ground 200 km high: what lies below a point is far beyond the first window.
  const draw::Rings square{Ring{{{0, 0}, {1'000'000, 0}, {1'000'000, 200'000'000}, {0, 200'000'000}}, false}};
  const draw::Rings speck{Ring{{{500'000, 10}, {500'010, 10}, {500'010, 20}, {500'000, 20}}, false}};
  const Subdivision s = draw::build_stack({{square}, {speck}});
  const PointLocator locator(s.arrangement);
  for (Point p : {Point{500'005, 199'999'999}, Point{500'000, 100'000'000}, Point{500'010, 25}, Point{1, 199'000'000}})
    EXPECT_EQ(draw::cover(s.labelings[0], locator.locate(p).face), std::vector<Label>{0});
  EXPECT_EQ(draw::cover(s.labelings[1], locator.locate({500'005, 15}).face), std::vector<Label>{0});
  for (Point p : {Point{500'005, -1}, Point{500'005, 200'000'001}, Point{-1, 5}, Point{1'000'001, 5}})
    EXPECT_EQ(locator.locate(p).face, kOutside);
}

TEST(PointLocator, AnswersManyPointsAsItAnswersOne) {
  const Arrangement m = city(20).arrangement;
  const PointLocator locator(m);
  draw::Random random(20);
  std::vector<Point> points;
  for (int i = 0; i < 10'000; ++i)
    points.push_back({random.between(-30'000, 270'000), random.between(-30'000, 270'000)});
  const auto one = locator.locate(points, 1);
  EXPECT_EQ(one, locator.locate(points, 3));
  for (std::size_t i = 0; i < points.size(); ++i) ASSERT_EQ(one[i], locator.locate(points[i]).face);
}

TEST(PointLocator, InNothingFindsTheOutside) {
  const Arrangement nothing;
  EXPECT_EQ(PointLocator(nothing).locate({3, 4}).face, kOutside);
}

}  // namespace
}  // namespace gridloom
