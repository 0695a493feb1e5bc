// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <string_view>
#include <thread>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/verify.h"
#include "support/draw.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Ring square(std::int32_t x, std::int32_t y, std::int32_t side) {
  return {{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}, false};
}

// Two squares of 10 m side by side, and an enclave of 2 m in the left one.
Subdivision two_squares() {
  return draw::build_stack({{{square(0, 0, 10'000)}, {square(10'000, 0, 10'000)}}, {{square(4'000, 4'000, 2'000)}}});
}

FaceId face_with(const Snapshot& s, Label first, Label second) {
  for (FaceId f = 1; f < s.face_limit(); ++f)
    if (s.has_face(f) && s.cover(0, f) == std::vector<Label>{first} &&
        s.cover(1, f) == (second == kGap ? std::vector<Label>{} : std::vector<Label>{second}))
      return f;
  return kOutside;
}

void expect_proven(const Snapshot& s) {
  const Snapshot::Flat flat = s.flat();
  const auto faults = verify(flat.arrangement);
  ASSERT_THAT(faults, IsEmpty()) << draw::said(faults);
  for (const Labeling& l : flat.labelings) ASSERT_EQ(l.of_face.size(), flat.arrangement.face_count);
  // What the snapshot walks is what the flat arrangement says.
  const auto area = doubled_areas(flat.arrangement);
  for (FaceId f = 1; f < flat.arrangement.face_count; ++f)
    ASSERT_EQ(static_cast<std::int64_t>(s.doubled_area(flat.face_of_snapshot[f])), static_cast<std::int64_t>(area[f]));
}

ArcId arc_between(const Snapshot& s, FaceId f, FaceId g) {
  for (ArcId a = 0; a < s.arc_limit(); ++a)
    if (s.has_arc(a) &&
        std::minmax(s.left_of(HalfEdge::forward(a)), s.left_of(HalfEdge::backward(a))) == std::minmax(f, g))
      return a;
  return UINT32_MAX;
}

TEST(Snapshot, IsWhatItWasMadeOf) {
  const Subdivision built = draw::build_stack(draw::random_city(7, {.odd_rings = 9, .empty_squares = 7}));
  const Snapshot s(built.arrangement, built.labelings);
  EXPECT_EQ(s.epoch(), 0u);
  const Snapshot::Flat flat = s.flat();
  EXPECT_EQ(flat.arrangement, built.arrangement);
  EXPECT_EQ(flat.labelings, built.labelings);
}

TEST(Snapshot, KnowsNeighboursAndBoundaries) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId left = face_with(s, 0, kGap), right = face_with(s, 1, kGap), enclave = face_with(s, 0, 0);
  EXPECT_THAT(s.neighbours(left), testing::UnorderedElementsAre(kOutside, right, enclave));
  EXPECT_THAT(s.neighbours(enclave), ElementsAre(left));
  EXPECT_EQ(s.boundary(left).size(), 2u);
  EXPECT_EQ(s.doubled_area(left), 2 * (Int128{100'000'000} - 4'000'000));
}

TEST(Cut, DividesAFaceAndKeepsItsLabels) {
  const Subdivision built = two_squares();
  const Snapshot before(built.arrangement, built.labelings);
  const FaceId right = face_with(before, 1, kGap);
  const Snapshot after = before.cut(right, std::vector<Point>{{17'000, -500}, {17'000, 10'500}});
  expect_proven(after);
  EXPECT_EQ(after.epoch(), 1u);
  EXPECT_EQ(after.doubled_area(right), 2 * Int128{70'000'000});  // the larger part keeps the number
  const FaceId made = after.face_limit() - 1;
  EXPECT_EQ(after.doubled_area(made), 2 * Int128{30'000'000});
  EXPECT_THAT(after.cover(0, made), ElementsAre(1));
  EXPECT_THAT(after.cover(1, made), IsEmpty());
  EXPECT_THAT(after.neighbours(made), ElementsAre(kOutside, right));
  EXPECT_EQ(before.flat().arrangement, built.arrangement);  // the older epoch stays what it was
}

// A split that ends at a node of three (geoman issue 1596), then a second one at the node the first has made.
TEST(Cut, AtANodeLeavesNeitherGapNorOverlap) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId right = face_with(s, 1, kGap), left = face_with(s, 0, kGap);
  const Snapshot once = s.cut(right, std::vector<Point>{{10'000, 5'000}, {20'000, 7'000}});
  expect_proven(once);
  const Snapshot twice = once.cut(left, std::vector<Point>{{10'000, 5'000}, {0, 9'000}});
  expect_proven(twice);
  Int128 sum = 0;
  for (FaceId f = 1; f < twice.face_limit(); ++f) sum += twice.doubled_area(f);
  EXPECT_EQ(sum, 2 * Int128{200'000'000});
}

TEST(Cut, LeavesOutLooseEndsAndWhatLiesOutside) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId right = face_with(s, 1, kGap);
  // Crosses the left square, too, and ends with a tail inside the right one.
  const Snapshot after =
      s.cut(right, std::vector<Point>{{-5'000, 2'000}, {15'000, 2'000}, {15'000, 12'000}, {12'000, 9'000}});
  expect_proven(after);
  EXPECT_EQ(after.face_limit(), s.face_limit() + 1);
  EXPECT_EQ(after.doubled_area(face_with(after, 0, kGap)), s.doubled_area(face_with(s, 0, kGap)));
}

TEST(Cut, AlongAClosedLineMakesAnIsland) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId right = face_with(s, 1, kGap);
  const Snapshot after =
      s.cut(right, std::vector<Point>{{12'000, 2'000}, {14'000, 2'000}, {13'000, 4'000}, {12'000, 2'000}});
  expect_proven(after);
  EXPECT_EQ(after.boundary(right).size(), 2u);
  EXPECT_THAT(after.neighbours(after.face_limit() - 1), ElementsAre(right));
}

TEST(Cut, ThroughAnEnclaveGoesAroundIt) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId left = face_with(s, 0, kGap), enclave = face_with(s, 0, 0);
  const Snapshot after = s.cut(left, std::vector<Point>{{0, 5'000}, {10'000, 5'000}});
  expect_proven(after);
  EXPECT_EQ(after.doubled_area(enclave), s.doubled_area(enclave));
  EXPECT_EQ(after.doubled_area(left), after.doubled_area(after.face_limit() - 1));
}

TEST(Cut, SetsAVertexOnTheNeighboursBoundaryToo) {
  const Subdivision built = draw::build_stack({{{Ring{{{0, 0}, {9'001, 1}, {9'001, 9'000}, {0, 9'000}}, false}},
                                                {Ring{{{0, 0}, {0, -5'000}, {9'001, -5'000}, {9'001, 1}}, false}}}});
  const Snapshot s(built.arrangement, built.labelings);
  for (FaceId f : {1u, 2u}) {
    const Snapshot after = s.cut(f, std::vector<Point>{{4'000, -6'000}, {4'000, 9'500}});
    expect_proven(after);
    // The border between the two passes (4000, 0.44): both have the vertex (4000, 0) now.
    bool there = false;
    for (ArcId a = 0; a < after.arc_limit(); ++a)
      there = there || (after.has_arc(a) && std::ranges::count(after.points_of(a), Point{4'000, 0}) > 0);
    EXPECT_TRUE(there);
  }
}

TEST(Cut, RefusesALineThatDividesNothing) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId right = face_with(s, 1, kGap);
  const auto why = [&](FaceId f, std::vector<Point> line) -> std::string {
    try {
      s.cut(f, line);
    } catch (const EditRefused& e) {
      return e.what();
    }
    return "done";
  };
  EXPECT_THAT(why(right, {{12'000, 1'000}, {18'000, 9'000}}), HasSubstr("cut_divides_nothing"));
  EXPECT_THAT(why(right, {{10'000, 0}, {20'000, 0}}), HasSubstr("cut_divides_nothing"));  // along the boundary
  EXPECT_THAT(why(right, {{30'000, 0}, {40'000, 0}}), HasSubstr("cut_divides_nothing"));
  EXPECT_THAT(why(right, {}), HasSubstr("cut_divides_nothing"));
  EXPECT_THAT(why(kOutside, {{0, 0}, {1, 1}}), HasSubstr("no_face_to_cut"));
  EXPECT_THAT(why(1000, {{0, 0}, {1, 1}}), HasSubstr("no_face_to_cut"));
}

TEST(Merge, GivesTheGroundToTheFaceKept) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId left = face_with(s, 0, kGap), right = face_with(s, 1, kGap);
  const Snapshot after = s.merge(arc_between(s, left, right), right);
  expect_proven(after);
  EXPECT_FALSE(after.has_face(left));
  EXPECT_EQ(after.doubled_area(right), s.doubled_area(left) + s.doubled_area(right));
  EXPECT_THAT(after.cover(0, right), ElementsAre(1));
  EXPECT_EQ(after.boundary(right).front().size(), 1u);  // no needless node is left
}

TEST(Merge, TakesAnEnclaveIn) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId left = face_with(s, 0, kGap), enclave = face_with(s, 0, 0);
  const Snapshot after = s.merge(arc_between(s, left, enclave), left);
  expect_proven(after);
  EXPECT_EQ(after.boundary(left).size(), 1u);
}

TEST(Merge, RefusesTheFrame) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId left = face_with(s, 0, kGap), right = face_with(s, 1, kGap);
  EXPECT_THROW(s.merge(arc_between(s, left, kOutside), left), EditRefused);
  EXPECT_THROW(s.merge(arc_between(s, left, right), face_with(s, 0, 0)), EditRefused);
}

FaceId largest(const Snapshot& s) {
  FaceId best = 1;
  for (FaceId f = 1; f < s.face_limit(); ++f)
    if (s.has_face(f) && s.doubled_area(f) > s.doubled_area(best)) best = f;
  return best;
}

// From below the face's lowest corner to beyond its highest.
std::vector<Point> across(const Snapshot& s, FaceId f) {
  Box box;
  const ArcRing rim = s.boundary(f).front();
  for (HalfEdge h : rim) box.extend(box_of(s.points_of(h.arc())));
  return {{box.min.x + 100, box.min.y - 100}, {box.max.x - 100, box.max.y + 100}};
}

TEST(Cut, DividesEveryFaceOfACity) {
  const Subdivision built = draw::build_stack(draw::random_city(4, {.slack = 0}));
  const Snapshot s(built.arrangement, built.labelings);
  std::size_t cuts = 0;
  for (FaceId f = 1; f < s.face_limit(); ++f) {
    if (s.doubled_area(f) < 2'000'000) continue;  // 1 m²
    const Snapshot after = s.cut(f, across(s, f));
    EXPECT_GT(after.face_limit(), s.face_limit());
    ++cuts;
  }
  EXPECT_GT(cuts, 20u);
}

TEST(Merge, UndoesACut) {
  const Subdivision built = draw::build_stack(draw::random_city(3, {.slack = 0}));
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId f = largest(s);
  Snapshot cut = s.cut(f, across(s, f));
  EXPECT_GT(cut.face_limit(), s.face_limit());
  for (FaceId made = s.face_limit(); made < cut.face_limit(); ++made) cut = cut.merge(arc_between(cut, f, made), f);
  expect_proven(cut);
  EXPECT_EQ(cut.flat().arrangement.face_count, built.arrangement.face_count);
}

TEST(Relabel, ChangesOneFaceInOneLabeling) {
  const Subdivision built = two_squares();
  const Snapshot s(built.arrangement, built.labelings);
  const FaceId left = face_with(s, 0, kGap);
  const Snapshot after = s.relabel(0, left, std::vector<Label>{1, 0, 1});
  EXPECT_THAT(after.cover(0, left), ElementsAre(0, 1));
  EXPECT_THAT(s.cover(0, left), ElementsAre(0));
  EXPECT_THAT(after.relabel(0, left, {}).cover(0, left), IsEmpty());
  EXPECT_THROW(s.relabel(0, kOutside, {}), EditRefused);
}

// --- random edits against the slow obvious answer ---

// Every segment with the labels on its two sides: what an arrangement says, whatever its numbers.
std::map<Segment, std::pair<std::vector<Label>, std::vector<Label>>> said_by(const Snapshot::Flat& flat) {
  const auto labels = [&](FaceId f) {
    std::vector<Label> out;
    for (const Labeling& l : flat.labelings) {
      out.push_back(l.of_face[f]);
      for (const OverlapLabel& o : l.further(f)) out.push_back(1'000'000 + o.label);
    }
    return out;
  };
  std::map<Segment, std::pair<std::vector<Label>, std::vector<Label>>> out;
  for (ArcId a = 0; a < flat.arrangement.arcs.size(); ++a) {
    const auto p = flat.arrangement.points_of(a);
    const auto left = labels(flat.arrangement.arcs[a].left), right = labels(flat.arrangement.arcs[a].right);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      out[p[i] < p[i + 1] ? Segment{p[i], p[i + 1]} : Segment{p[i + 1], p[i]}] =
          p[i] < p[i + 1] ? std::pair(left, right) : std::pair(right, left);
  }
  return out;
}

// Merging, the slow way: the whole arrangement with the two faces in one group.
Snapshot::Flat merged_slowly(const Snapshot::Flat& before, FaceId gone, FaceId keep) {
  std::vector<std::uint32_t> group(before.arrangement.face_count);
  std::iota(group.begin(), group.end(), 0u);
  group[gone] = keep;
  std::vector<FaceId> face_of_group;
  Snapshot::Flat out;
  out.arrangement = condense(before.arrangement, group, face_of_group);
  for (const Labeling& l : before.labelings) {
    Labeling& after = out.labelings.emplace_back();
    after.of_face.assign(out.arrangement.face_count, kGap);
    for (FaceId f = 1; f < before.arrangement.face_count; ++f) {
      if (f == gone) continue;
      after.of_face[face_of_group[f]] = l.of_face[f];
      for (const OverlapLabel& o : l.further(f)) after.overlaps.push_back({face_of_group[f], o.label});
    }
    std::sort(after.overlaps.begin(), after.overlaps.end());
  }
  return out;
}

class RandomEdits : public testing::TestWithParam<std::uint64_t> {
 protected:
  Point somewhere(const Box& b) {
    return {random_.between(b.min.x - 50, b.max.x + 50), random_.between(b.min.y - 50, b.max.y + 50)};
  }

  // Straight or bent, sometimes closed, sometimes from corner to corner.
  std::vector<Point> a_line(const Snapshot& s, FaceId f) {
    std::vector<Point> corners;
    const ArcRing rim = s.boundary(f).front();
    for (HalfEdge h : rim)
      for (Point p : s.points_of(h.arc())) corners.push_back(p);
    const Box box = box_of(corners);
    const auto a_corner = [&] {
      return corners[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(corners.size()) - 1))];
    };
    std::vector<Point> line;
    for (int i = random_.between(2, 6); i > 0; --i) line.push_back(random_.one_in(3) ? a_corner() : somewhere(box));
    if (random_.one_in(4)) line.push_back(line.front());
    return line;
  }

  FaceId some_face(const Snapshot& s) {
    while (true) {
      const auto f = static_cast<FaceId>(random_.between(1, static_cast<std::int64_t>(s.face_limit()) - 1));
      if (s.has_face(f)) return f;
    }
  }

  draw::Random random_{GetParam()};
};

TEST_P(RandomEdits, StayArrangements) {
  static constexpr std::int32_t kSlack[] = {0, 3, 40};
  const Subdivision built = draw::build_stack(draw::random_city(GetParam(), {.columns = 6,
                                                                             .rows = 6,
                                                                             .regions = 9,
                                                                             .block = GetParam() % 2 ? 40'000 : 300,
                                                                             .slack = kSlack[GetParam() % 3],
                                                                             .odd_rings = 12,
                                                                             .empty_squares = 9}));
  Snapshot s(built.arrangement, built.labelings);
  Int128 frame = 0;
  for (FaceId f = 1; f < s.face_limit(); ++f) frame += s.doubled_area(f);
  int cuts = 0, too_close = 0, merges = 0;
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE(i);
    const Snapshot before = s;
    const Snapshot::Flat flat = s.flat();
    if (random_.one_in(2)) {
      const FaceId f = some_face(s);
      const auto rim = s.neighbours(f);
      try {
        s = s.cut(f, a_line(s, f));
        ++cuts;
      } catch (const EditRefused& e) {
        too_close += std::string_view(e.what()).find("another corner") != std::string_view::npos;
        continue;
      }
      // The ground of the face is that of its parts but for bends of the boundary, and what lies further off is shared.
      Int128 parts = s.doubled_area(f);
      for (FaceId g = before.face_limit(); g < s.face_limit(); ++g) parts += s.doubled_area(g);
      Int128 around = 0, around_before = 0;
      for (FaceId g : rim)
        if (g != kOutside) around += s.doubled_area(g), around_before += before.doubled_area(g);
      if (rim.front() != kOutside) {
        EXPECT_EQ(static_cast<std::int64_t>(parts + around),
                  static_cast<std::int64_t>(before.doubled_area(f) + around_before));
      }
      for (FaceId g = 1; g < before.face_limit(); ++g)
        if (before.has_face(g) && g != f && std::find(rim.begin(), rim.end(), g) == rim.end()) {
          ASSERT_EQ(s.boundary(g), before.boundary(g));
        }
    } else {
      const auto a = static_cast<ArcId>(random_.between(0, static_cast<std::int64_t>(s.arc_limit()) - 1));
      if (!s.has_arc(a)) continue;
      const FaceId keep = s.left_of(random_.one_in(2) ? HalfEdge::forward(a) : HalfEdge::backward(a));
      const FaceId l = s.left_of(HalfEdge::forward(a)), r = s.left_of(HalfEdge::backward(a));
      if (l == kOutside || r == kOutside) continue;
      s = s.merge(a, keep);
      ++merges;
      const auto at = [&](FaceId f) {
        return static_cast<FaceId>(std::find(flat.face_of_snapshot.begin(), flat.face_of_snapshot.end(), f) -
                                   flat.face_of_snapshot.begin());
      };
      EXPECT_EQ(said_by(s.flat()), said_by(merged_slowly(flat, at(keep == l ? r : l), at(keep))));
    }
    expect_proven(s);
    if (HasFatalFailure()) return;
    EXPECT_EQ(before.flat().arrangement, flat.arrangement);
    EXPECT_EQ(before.flat().labelings, flat.labelings);
  }
  EXPECT_GT(cuts, 5);
  EXPECT_GT(merges, 3);
  RecordProperty("cuts", cuts);
  RecordProperty("too_close", too_close);
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomEdits, testing::Range<std::uint64_t>(1, 25));

TEST(Snapshot, SharesWhatDidNotChange) {
  const Subdivision built =
      draw::build_stack(draw::random_city(11, {.columns = 30, .rows = 30, .regions = 200, .slack = 0}));
  const Snapshot before(built.arrangement, built.labelings);
  const FaceId f = largest(before);
  const Snapshot after = before.cut(f, across(before, f));
  std::size_t shared = 0;
  for (ArcId a = 0; a < before.arc_limit(); ++a)
    shared += after.has_arc(a) && after.points_of(a).data() == before.points_of(a).data();
  EXPECT_GT(shared, before.arc_limit() * 99 / 100);
}

// Readers hold an epoch while the next ones are made.
TEST(Snapshot, IsReadWhileTheNextIsMade) {
  const Subdivision built = draw::build_stack(draw::random_city(12, {}));
  const Snapshot first(built.arrangement, built.labelings);
  const Snapshot::Flat flat = first.flat();
  bool same = true;
  std::jthread reader([&, held = first] {
    for (int i = 0; i < 50; ++i) same = same && held.flat().arrangement == flat.arrangement;
  });
  Snapshot next = first;
  for (ArcId a = 0; a < first.arc_limit(); ++a)
    if (next.has_arc(a) && next.left_of(HalfEdge::forward(a)) != kOutside &&
        next.left_of(HalfEdge::backward(a)) != kOutside)
      next = next.merge(a, next.left_of(HalfEdge::forward(a)));
  reader.join();
  EXPECT_TRUE(same);
  expect_proven(next);
}

}  // namespace
}  // namespace gridloom
