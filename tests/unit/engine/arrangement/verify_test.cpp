// SPDX-License-Identifier: Apache-2.0
// The proof accepts what the builder makes, and names what a mutation broke.
#include "engine/arrangement/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "engine/geometry/predicates.h"
#include "support/draw.h"

namespace gridloom {
namespace {

using draw::Rows;
using ::testing::Contains;

// Three cells of which one is an island in a hole, and a piece apart. No two coordinates of inner vertices repeat.
Arrangement small() {
  const Rows rows{"aaaaaabbbb..",  //
                  "aaaaaabbbb.d",  //
                  "aa..aabbbb..",  //
                  "aac.aabbbb..",  //
                  "aaaaaabbbb.."};
  return draw::build_stack({draw::cells(rows, "abcd")}).arrangement;
}

Arrangement large(std::uint64_t seed) {
  draw::CityOptions o;
  o.odd_rings = 10;
  o.empty_squares = 12;
  o.ragged = seed % 2 == 0;
  return draw::build_stack(draw::random_city(seed, o)).arrangement;
}

std::set<std::string> caught(const Arrangement& m) { return draw::kinds(verify(m)); }

// Mutations below try every place of the small arrangement, so that the proof has no blind corner there.
template <class Mutate>
void for_each_arc(Mutate&& mutate) {
  const Arrangement clean = small();
  ASSERT_TRUE(verify(clean).empty());
  for (ArcId a = 0; a < clean.arcs.size(); ++a) {
    SCOPED_TRACE("arc " + std::to_string(a));
    Arrangement m = clean;
    mutate(m, a);
  }
}

TEST(Verify, FindsNothingInWhatWasBuilt) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto faults = verify(large(seed));
    EXPECT_TRUE(faults.empty()) << draw::said(faults);
  }
  EXPECT_TRUE(verify(Arrangement{}).empty());
}

TEST(Verify, CatchesAMovedEnd) {
  for_each_arc([](Arrangement& m, ArcId a) {
    m.points[m.arcs[a].first].x += 1;
    EXPECT_THAT(caught(m), Contains("moved vertex"));
  });
  for_each_arc([](Arrangement& m, ArcId a) {
    m.points[m.arcs[a].first + m.arcs[a].count - 1].y -= 1;
    EXPECT_THAT(caught(m), Contains("moved vertex"));
  });
}

TEST(Verify, CatchesAMovedNode) {
  Arrangement m = small();
  for (NodeId n = 0; n < m.nodes.size(); ++n) {
    m.nodes[n].y += 1;
    EXPECT_THAT(caught(m), Contains("moved vertex"));
    m.nodes[n].y -= 1;
  }
}

TEST(Verify, CatchesAVertexThatWasMovedAcrossAnArc) {
  int moved = 0;
  for_each_arc([&](Arrangement& m, ArcId a) {
    Point& p = m.points[m.arcs[a].first + 1];
    if (m.arcs[a].count < 3 || p.x >= 11'000) return;  // there is nothing to cross around the piece apart
    p = {p.x < 5'000 ? 40'000 : -40'000, 2'600};       // over to the far side, through all between
    EXPECT_THAT(caught(m), Contains("crossing"));
    ++moved;
  });
  EXPECT_GT(moved, 2);
}

TEST(Verify, CatchesArcsThatCross) {
  // The line between a and b bulges into the hole of a; the bulge crosses the rim of the hole.
  Arrangement m = small();
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    if (p.size() != 2 || p[0].x != 6'000 || p[1].x != 6'000) continue;
    const Arc arc = m.arcs[a];
    const auto first = static_cast<std::uint32_t>(m.points.size());
    const std::vector<Point> bulge{p[0], {3'500, 2'100}, p[1]};
    m.points.insert(m.points.end(), bulge.begin(), bulge.end());
    m.arcs[a] = {arc.from, arc.to, arc.left, arc.right, first, 3};
  }
  EXPECT_THAT(caught(m), Contains("crossing"));
}

TEST(Verify, CatchesArcsThatTouchAwayFromANode) {
  // The island's corner pushed onto the straight rim of the hole around it.
  Arrangement m = small();
  bool pushed = false;
  for (Point& p : m.points)
    if (p == Point{3'000, 2'000} && !pushed) {
      pushed = true;
      p = {4'000, 2'100};
    }
  ASSERT_TRUE(pushed);
  EXPECT_THAT(caught(m), Contains("crossing"));
}

TEST(Verify, CatchesARepeatedPoint) {
  for_each_arc([](Arrangement& m, ArcId a) {
    // The arc's points again at the end of the array, with the first one twice.
    const auto p = m.points_of(a);
    std::vector<Point> twice(p.begin(), p.end());
    twice.insert(twice.begin(), twice.front());
    m.arcs[a].first = static_cast<std::uint32_t>(m.points.size());
    m.arcs[a].count += 1;
    m.points.insert(m.points.end(), twice.begin(), twice.end());
    EXPECT_THAT(caught(m), Contains("repeated point"));
  });
}

TEST(Verify, CatchesADoubledArc) {
  for_each_arc([](Arrangement& m, ArcId a) {
    m.arcs.push_back(m.arcs[a]);
    EXPECT_THAT(caught(m), Contains("doubled arc"));
  });
}

TEST(Verify, CatchesADoubledArcThatRunsTheOtherWay) {
  for_each_arc([](Arrangement& m, ArcId a) {
    const auto p = m.points_of(a);
    const std::vector<Point> back(p.rbegin(), p.rend());
    const Arc arc = m.arcs[a];
    m.arcs.push_back({arc.to, arc.from, arc.right, arc.left, static_cast<std::uint32_t>(m.points.size()), arc.count});
    m.points.insert(m.points.end(), back.begin(), back.end());
    EXPECT_THAT(caught(m), Contains("doubled arc"));
  });
}

TEST(Verify, CatchesADroppedArc) {
  for_each_arc([](Arrangement& m, ArcId a) {
    m.arcs.erase(m.arcs.begin() + a);
    EXPECT_THAT(caught(m), Contains("dropped arc"));
  });
}

TEST(Verify, CatchesADroppedArcAnywhereInALargeOne) {
  const Arrangement clean = large(1);
  draw::Random random(1);
  for (int i = 0; i < 40; ++i) {
    Arrangement m = clean;
    m.arcs.erase(m.arcs.begin() + random.between(0, static_cast<std::int64_t>(m.arcs.size()) - 1));
    EXPECT_THAT(caught(m), Contains("dropped arc"));
  }
}

TEST(Verify, CatchesExchangedSides) {
  for_each_arc([](Arrangement& m, ArcId a) {
    std::swap(m.arcs[a].left, m.arcs[a].right);
    EXPECT_FALSE(verify(m).empty());
  });
  const Arrangement clean = large(3);
  draw::Random random(3);
  int named = 0;
  for (int i = 0; i < 40; ++i) {
    Arrangement m = clean;
    Arc& arc = m.arcs[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(m.arcs.size()) - 1))];
    if (arc.from == arc.to) continue;  // a loop by itself: its face and the one around it change places, an area fault
    std::swap(arc.left, arc.right);
    EXPECT_THAT(caught(m), Contains("wrong side"));
    ++named;
  }
  EXPECT_GT(named, 20);
}

TEST(Verify, CatchesAnIslandInTheWrongFace) {
  // The island in the hole says that b lies around it.
  Arrangement m = small();
  const FaceId b = draw::faces_at(m, {8'500, 2'500}).front();
  const FaceId island = draw::faces_at(m, {2'500, 1'500}).front();
  const FaceId hole = draw::faces_at(m, {3'500, 1'500}).front();
  ASSERT_NE(hole, b);
  for (Arc& arc : m.arcs) {
    if (arc.left == hole && arc.right == island) arc.left = b;
    if (arc.right == hole && arc.left == island) arc.right = b;
  }
  EXPECT_FALSE(verify(m).empty());
}

TEST(Verify, CatchesADistantIslandInTheWrongFace) {
  // The piece apart, d, says that it lies in b, which is elsewhere: only its rim and areas can tell.
  Arrangement m = small();
  const FaceId b = draw::faces_at(m, {8'500, 2'500}).front();
  for (Arc& arc : m.arcs) {
    const auto p = m.points[arc.first];
    if (p.x < 11'000) continue;
    if (arc.left == kOutside) arc.left = b;
    if (arc.right == kOutside) arc.right = b;
  }
  EXPECT_THAT(caught(m), Contains("wrong side"));
}

TEST(Verify, CatchesADoubledFace) {
  const Arrangement clean = small();
  for (FaceId f = 1; f < clean.face_count; ++f)
    for (FaceId g = 1; g < clean.face_count; ++g) {
      if (f == g) continue;
      Arrangement m = clean;
      for (Arc& arc : m.arcs) {
        if (arc.left == g) arc.left = f;
        if (arc.right == g) arc.right = f;
      }
      EXPECT_THAT(caught(m), Contains("doubled face")) << g << " renamed " << f;
    }
}

TEST(Verify, CatchesADoubledFaceWithoutAnUnusedNumber) {
  const Arrangement clean = small();
  Arrangement m = clean;
  const FaceId last = m.face_count - 1;
  for (Arc& arc : m.arcs) {
    if (arc.left == last) arc.left = 1;
    if (arc.right == last) arc.right = 1;
  }
  m.face_count = last;
  EXPECT_THAT(caught(m), Contains("doubled face"));
}

TEST(Verify, CatchesAFaceCutInTwoThatShouldNotBe) {
  // A face too many that nothing bounds.
  Arrangement m = small();
  ++m.face_count;
  EXPECT_THAT(caught(m), Contains("dropped arc"));
}

TEST(Verify, CatchesBadIndices) {
  for_each_arc([](Arrangement& clean, ArcId a) {
    const auto with = [&](auto&& change) {
      Arrangement m = clean;
      change(m.arcs[a]);
      return caught(m);
    };
    EXPECT_THAT(with([&](Arc& arc) { arc.from = static_cast<NodeId>(clean.nodes.size()); }), Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.to = UINT32_MAX; }), Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.left = clean.face_count; }), Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.right = UINT32_MAX; }), Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.first = static_cast<std::uint32_t>(clean.points.size()); }),
                Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.count = UINT32_MAX; }), Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.count = 1; }), Contains("bad index"));
    EXPECT_THAT(with([&](Arc& arc) { arc.count = 0; }), Contains("bad index"));
  });
}

TEST(Verify, ReportsNoMoreThanAsked) {
  Arrangement m = large(5);
  for (Point& n : m.nodes) n.x += 1;
  EXPECT_EQ(verify(m, 3).size(), 3u);
  EXPECT_EQ(verify(m, 50).size(), 50u);
}

// --- the sweep against trying all pairs ---

using ArcPairs = std::set<std::pair<ArcId, ArcId>>;

bool meet_away_from_ends(const Segment& s, const Segment& t) {
  const auto inside = [](const Segment& g, Point p) { return p != g.a && p != g.b && on_segment(g, p); };
  return s == t || proper_crossing(s, t) || inside(s, t.a) || inside(s, t.b) || inside(t, s.a) || inside(t, s.b);
}

ArcPairs all_meetings(const Arrangement& m) {
  std::vector<std::pair<Segment, ArcId>> segments;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      if (p[i] != p[i + 1]) segments.push_back({{std::min(p[i], p[i + 1]), std::max(p[i], p[i + 1])}, a});
  }
  ArcPairs out;
  for (std::size_t i = 0; i < segments.size(); ++i)
    for (std::size_t k = i + 1; k < segments.size(); ++k)
      if (box_of(segments[i].first).intersects(box_of(segments[k].first)) &&
          meet_away_from_ends(segments[i].first, segments[k].first))
        out.insert(std::minmax(segments[i].second, segments[k].second));
  return out;
}

ArcPairs reported(const std::vector<Fault>& faults) {
  ArcPairs out;
  for (const Fault& f : faults) {
    if (f.what.facts.size() != 2 || f.what.facts[1].name != "other") continue;
    out.insert({static_cast<ArcId>(std::get<double>(f.what.facts[0].value)),
                static_cast<ArcId>(std::get<double>(f.what.facts[1].value))});
  }
  return out;
}

TEST(Verify, ReportsEveryPairOfArcsThatMeet) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    draw::Random random(seed);
    Arrangement m =
        draw::build_stack(draw::random_city(seed, {.columns = 3, .rows = 3, .layers = 2, .regions = 4})).arrangement;
    for (int moves = random.between(1, 5); moves > 0; --moves) {
      Point& p = m.points[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(m.points.size()) - 1))];
      const std::int32_t far = random.one_in(3) ? 5 : 60'000;
      // Onto another vertex now and then: lines that run over each other.
      p = random.one_in(4) ? m.points[static_cast<std::size_t>(random.between(0, 20))]
                           : Point{p.x + random.between(-far, far), p.y + random.between(-far, far)};
    }
    const ArcPairs expected = all_meetings(m);
    EXPECT_EQ(reported(verify(m, 1'000'000)), expected);
    found += expected.size();
  }
  EXPECT_GT(found, 1000u);
}

TEST(Verify, SaysWhereAndWhat) {
  Arrangement m = small();
  const Point at = m.points[m.arcs[0].first];
  m.points[m.arcs[0].first].x += 1;
  const auto faults = verify(m);
  ASSERT_FALSE(faults.empty());
  EXPECT_EQ(faults[0].at, (Point{at.x + 1, at.y}));
  EXPECT_EQ(plain_text(faults[0].what), "arc_off_its_start arc=0");
}

// --- arc support ---

TEST(ArcSupport, SaysWhichLayersDrewAnArc) {
  const Rows halves{"aabb", "aabb"}, thirds{"cccc", "dddd"};
  draw::Cells overlapping = draw::cells(halves, "ab");
  overlapping.push_back(draw::cells({"..e.", "...."}, "e")[0]);
  const Subdivision s = draw::build_stack({overlapping, draw::cells(thirds, "cd")});
  const std::vector<const Labeling*> labelings{&s.labelings[0], &s.labelings[1]};
  const auto support = arc_support(s.arrangement, labelings);
  ASSERT_EQ(support.size(), s.arrangement.arcs.size());
  for (ArcId a = 0; a < support.size(); ++a)
    for (std::size_t l = 0; l < 2; ++l)
      EXPECT_EQ(support[a] >> l & 1, draw::cover(s.labelings[l], s.arrangement.arcs[a].left) !=
                                         draw::cover(s.labelings[l], s.arrangement.arcs[a].right))
          << "arc " << a << ", layer " << l;
  EXPECT_EQ(std::set<std::uint64_t>(support.begin(), support.end()), (std::set<std::uint64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace gridloom
