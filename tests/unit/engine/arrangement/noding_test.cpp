// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/noding.h"

#include <gtest/gtest.h>

#include <set>

#include "support/draw.h"

namespace gridloom {
namespace {

using Segments = std::vector<Segment>;

Segment segment(Point a, Point b) { return a < b ? Segment{a, b} : Segment{b, a}; }

Segments distinct(Segments s) {
  std::erase_if(s, [](const Segment& g) { return g.a == g.b; });
  std::sort(s.begin(), s.end());
  s.erase(std::unique(s.begin(), s.end()), s.end());
  return s;
}

// --- snap rounding straight from its definition, every pair and every pixel tried ---

std::set<Point> slow_hot_pixels(const Segments& segments) {
  std::set<Point> hot;
  for (const Segment& s : segments) hot.insert({s.a, s.b});
  for (std::size_t i = 0; i < segments.size(); ++i)
    for (std::size_t k = i + 1; k < segments.size(); ++k)
      if (const auto p = proper_crossing(segments[i], segments[k])) hot.insert(*p);
  return hot;
}

std::vector<Piece> slow_snap_round(const Segments& segments) {
  const std::set<Point> hot = slow_hot_pixels(segments);
  std::vector<Piece> pieces;
  for (std::uint32_t i = 0; i < segments.size(); ++i) {
    const Segment& s = segments[i];
    std::vector<Point> way;
    for (Point p : hot)
      if (meets_pixel(s, p)) way.push_back(p);
    // A segment visits pixels in the order of x, and of y within a column: upwards or downwards as it runs itself.
    std::sort(way.begin(), way.end(),
              [&](Point p, Point q) { return p.x != q.x ? p.x < q.x : (s.a.y < s.b.y ? p.y < q.y : q.y < p.y); });
    for (std::size_t k = 0; k + 1 < way.size(); ++k)
      pieces.push_back({segment(way[k], way[k + 1]), i, way[k] < way[k + 1]});
  }
  std::sort(pieces.begin(), pieces.end());
  return pieces;
}

// Two pieces that meet other than at ends of both; every pair tried.
std::vector<std::pair<Segment, Segment>> bad_meetings(const std::vector<Piece>& pieces) {
  Segments all;
  for (const Piece& p : pieces) all.push_back(p.at);
  all = distinct(all);
  std::vector<std::pair<Segment, Segment>> bad;
  const auto inside = [](const Segment& s, Point p) { return p != s.a && p != s.b && draw::on(s.a, s.b, p); };
  const auto side = [](const Segment& s, Point p) {
    const Int128 t = draw::turn(s.a, s.b, p);
    return (t > 0) - (t < 0);
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t k = i + 1; k < all.size() && all[k].a.x <= all[i].b.x; ++k) {
      const Segment &s = all[i], &t = all[k];
      if (!box_of(s).intersects(box_of(t))) continue;
      const bool cross = side(s, t.a) * side(s, t.b) < 0 && side(t, s.a) * side(t, s.b) < 0;
      if (cross || inside(s, t.a) || inside(s, t.b) || inside(t, s.a) || inside(t, s.b)) bad.emplace_back(s, t);
    }
  return bad;
}

Point random_point(draw::Random& random, std::int32_t reach) {
  return {random.between(-reach, reach), random.between(-reach, reach)};
}

// Any two points.
Segments scattered(std::uint64_t seed, int n, std::int32_t reach) {
  draw::Random random(seed);
  Segments out;
  for (int i = 0; i < n; ++i) out.push_back(segment(random_point(random, reach), random_point(random, reach)));
  return distinct(out);
}

// Bundles of long segments whose ends differ by at most 3 units.
Segments bundles(std::uint64_t seed, int n, std::int32_t reach) {
  draw::Random random(seed);
  Segments out;
  while (static_cast<int>(out.size()) < n) {
    const Point a = random_point(random, reach), b = random_point(random, reach);
    for (int i = 0; i < 6; ++i)
      out.push_back(segment({a.x + random.between(-3, 3), a.y + random.between(-3, 3)},
                            {b.x + random.between(-3, 3), b.y + random.between(-3, 3)}));
  }
  return distinct(out);
}

// Overlapping parts of few lines, and segments that end on them.
Segments overlaps_and_tees(std::uint64_t seed, int n) {
  draw::Random random(seed);
  Segments out;
  for (int i = 0; i < n; ++i) {
    const Point step{random.between(-3, 3), random.between(-3, 3)};
    const auto at = [&](std::int32_t k) { return Point{step.x * k, step.y * k + 10 * (i % 3)}; };
    const Point a = at(random.between(-40, 40)), b = at(random.between(-40, 40));
    out.push_back(segment(a, b));
    out.push_back(segment(at(random.between(-40, 40)), random_point(random, 120)));
  }
  return distinct(out);
}

void expect_plain_snap_rounding(const Segments& segments) {
  const std::vector<Piece> pieces = snap_round(segments, 1);
  ASSERT_EQ(pieces, slow_snap_round(segments));
  const auto bad = bad_meetings(pieces);
  EXPECT_TRUE(bad.empty()) << bad.size() << " meetings, the first of (" << bad[0].first.a.x << ' ' << bad[0].first.a.y
                           << ", " << bad[0].first.b.x << ' ' << bad[0].first.b.y << ") and (" << bad[0].second.a.x
                           << ' ' << bad[0].second.a.y << ", " << bad[0].second.b.x << ' ' << bad[0].second.b.y << ")";
}

TEST(SnapRound, IsThePlainDefinitionOnScatteredSegments) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    expect_plain_snap_rounding(scattered(seed, 60, 12));
    expect_plain_snap_rounding(scattered(seed, 60, 100));
    expect_plain_snap_rounding(scattered(seed, 40, 1'000'000));
    expect_plain_snap_rounding(scattered(seed, 12, kCoordinateLimit - 1));
  }
}

TEST(SnapRound, IsThePlainDefinitionOnAlmostCoincidentSegments) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    expect_plain_snap_rounding(bundles(seed, 30, 60));
    expect_plain_snap_rounding(bundles(seed, 30, 5'000));
    expect_plain_snap_rounding(bundles(seed, 24, kCoordinateLimit - 4));
  }
}

TEST(SnapRound, IsThePlainDefinitionOnOverlapsAndTees) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    expect_plain_snap_rounding(overlaps_and_tees(seed, 20));
  }
}

TEST(SnapRound, IsThePlainDefinitionOnEverySegmentOfASmallGrid) {
  Segments all;
  for (std::int32_t i = 0; i < 16; ++i)
    for (std::int32_t k = i + 1; k < 16; ++k) all.push_back(segment({i / 4, i % 4}, {k / 4, k % 4}));
  expect_plain_snap_rounding(distinct(all));
}

TEST(SnapRound, CutsWhereSegmentsMeet) {
  //  (0,4)     (4,4)
  //     \      /
  //      (2,2)       and a segment that ends on (1,1), and one that runs over (3,3)..(4,4)
  const Segments segments = distinct({{{0, 0}, {4, 4}}, {{0, 4}, {4, 0}}, {{1, 1}, {5, 1}}, {{3, 3}, {4, 4}}});
  std::set<Segment> pieces;
  for (const Piece& p : snap_round(segments, 1)) pieces.insert(p.at);
  const std::set<Segment> expected{{{0, 0}, {1, 1}}, {{1, 1}, {2, 2}}, {{2, 2}, {3, 3}},
                                   {{3, 3}, {4, 4}}, {{0, 4}, {2, 2}}, {{2, 2}, {3, 1}},
                                   {{3, 1}, {4, 0}}, {{1, 1}, {3, 1}}, {{3, 1}, {5, 1}}};
  EXPECT_EQ(pieces, expected);
}

// A denser set than the slow version can do: the chains themselves are checked against their sources.
TEST(SnapRound, KeepsEveryPieceWithinHalfAUnitOfItsSource) {
  Segments segments = bundles(7, 300, 4'000);
  const Segments more = scattered(7, 60, 4'000);
  segments.insert(segments.end(), more.begin(), more.end());
  segments = distinct(segments);
  const std::vector<Piece> pieces = snap_round(segments, 2);
  EXPECT_GT(pieces.size(), 20'000u);
  std::vector<std::vector<Piece>> of(segments.size());
  for (const Piece& p : pieces) of[p.source].push_back(p);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& s = segments[i];
    // Start to end without a break, every vertex in a pixel that the source meets: with pixels convex, so is all
    // between.
    std::map<Point, Point> next;
    for (const Piece& p : of[i]) {
      EXPECT_TRUE(meets_pixel(s, p.at.a) && meets_pixel(s, p.at.b));
      EXPECT_TRUE(next.emplace(p.along ? p.at.a : p.at.b, p.along ? p.at.b : p.at.a).second);
    }
    std::size_t steps = 0;
    Point at = s.a;
    for (; next.contains(at) && steps <= of[i].size(); ++steps) at = next[at];
    EXPECT_EQ(at, s.b);
    EXPECT_EQ(steps, of[i].size());
  }
}

TEST(SnapRound, DoesNotDependOnThreads) {
  Segments segments = bundles(8, 900, 2'000'000);
  const std::vector<Piece> one = snap_round(segments, 1);
  EXPECT_GT(one.size(), 100'000u);
  EXPECT_EQ(one, snap_round(segments, 2));
  EXPECT_EQ(one, snap_round(segments, 8));
}

// Snap rounding by the plain definition is not idempotent: a rounded piece may come to pass through the pixel of a node
// that its source did not meet (Halperin & Packer 2002). What must hold: rounding again makes no new node, and comes to
// rest.
TEST(SnapRound, OfItsOwnPiecesMakesNoNewNodesAndComesToRest) {
  int changed = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Segments now = seed % 2 == 0 ? scattered(seed, 60, 40) : bundles(seed, 36, 300);
    const auto round = [](const Segments& in) {
      Segments out;
      for (const Piece& p : snap_round(in, 1)) out.push_back(p.at);
      return distinct(out);
    };
    const auto ends = [](const Segments& in) {
      std::set<Point> points;
      for (const Segment& s : in) points.insert({s.a, s.b});
      return points;
    };
    now = round(now);
    int rounds = 0;
    for (; rounds < 20; ++rounds) {
      const Segments again = round(now);
      EXPECT_EQ(ends(again), ends(now));
      if (again == now) break;
      now = again;
    }
    EXPECT_LT(rounds, 20);
    changed += rounds > 0;
  }
  EXPECT_GT(changed, 0) << "no longer the plain definition, or the cases have become too easy";
}

TEST(SnapRound, OfNothingIsNothing) { EXPECT_TRUE(snap_round({}, 4).empty()); }

}  // namespace
}  // namespace gridloom
