// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/adjacency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "engine/arrangement/verify.h"
#include "support/draw.h"

namespace gridloom {
namespace {

using testing::IsEmpty;

Subdivision a_city(std::uint64_t seed) {
  return draw::build_stack(draw::random_city(seed, {.odd_rings = 10, .empty_squares = 8}));
}

TEST(FaceEdges, HaveTheirFaceOnTheLeft) {
  const Arrangement m = a_city(1).arrangement;
  const FaceEdges edges(m);
  std::size_t count = 0;
  for (FaceId f = 0; f < m.face_count; ++f)
    for (HalfEdge h : edges.of(f)) {
      EXPECT_EQ(left_of(m, h), f);
      ++count;
    }
  EXPECT_EQ(count, 2 * m.arcs.size());
}

TEST(Neighbours, AreThoseAcrossAnArc) {
  const Arrangement m = a_city(2).arrangement;
  const FaceEdges edges(m);
  std::vector<std::set<FaceId>> expected(m.face_count);
  for (const Arc& a : m.arcs) {
    expected[a.left].insert(a.right);
    expected[a.right].insert(a.left);
  }
  for (FaceId f = 0; f < m.face_count; ++f)
    EXPECT_THAT(neighbours(m, edges, f), testing::ElementsAreArray(expected[f]));
}

TEST(ArcsBetween, HaveOneLabelOnEitherSide) {
  const Subdivision s = a_city(3);
  const Arrangement& m = s.arrangement;
  const auto& labels = s.labelings[0].of_face;
  std::size_t count = 0;
  std::set<std::pair<Label, Label>> pairs;
  for (const Arc& a : m.arcs) pairs.insert({labels[a.left], labels[a.right]});
  for (const auto& [l, r] : pairs) {
    const auto arcs = arcs_between(m, labels, l, r);
    for (HalfEdge h : arcs) {
      EXPECT_EQ(labels[left_of(m, h)], l);
      EXPECT_EQ(labels[left_of(m, h.twin())], r);
    }
    EXPECT_EQ(arcs.size(), arcs_between(m, labels, r, l).size());
    if (l <= r) count += arcs.size();
    if (l > r && !pairs.contains({r, l})) count += arcs.size();
  }
  EXPECT_EQ(count, m.arcs.size());
}

TEST(WithoutUnneededArcs, KeepsWhatEveryLabelingSays) {
  for (std::uint64_t seed = 10; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Subdivision s = a_city(seed);
    const Labeling* one[] = {&s.labelings[0]};
    const Reduced r = without_unneeded_arcs(s.arrangement, one);
    EXPECT_THAT(verify(r.arrangement), IsEmpty());
    EXPECT_LT(r.arrangement.arcs.size(), s.arrangement.arcs.size());
    // No arc is needless now, and each face's ground and cover are those of the faces it came from.
    const Labeling* after[] = {&r.labelings[0]};
    const auto support = arc_support(r.arrangement, after);
    for (ArcId a = 0; a < r.arrangement.arcs.size(); ++a)
      if (r.arrangement.arcs[a].left != kOutside && r.arrangement.arcs[a].right != kOutside) {
        EXPECT_EQ(support[a], 1u);
      }
    const auto before_area = doubled_areas(s.arrangement), after_area = doubled_areas(r.arrangement);
    std::vector<Int128> sum(r.arrangement.face_count, 0);
    for (FaceId f = 1; f < s.arrangement.face_count; ++f) {
      sum[r.face_of_face[f]] += before_area[f];
      EXPECT_EQ(draw::cover(s.labelings[0], f), draw::cover(r.labelings[0], r.face_of_face[f]));
    }
    for (FaceId f = 1; f < r.arrangement.face_count; ++f)
      EXPECT_EQ(static_cast<std::int64_t>(sum[f]), static_cast<std::int64_t>(after_area[f]));
  }
}

TEST(WithoutUnneededArcs, LeavesAnArrangementAloneThatNeedsThemAll) {
  const Subdivision s = a_city(30);
  std::vector<const Labeling*> all;
  for (const Labeling& l : s.labelings) all.push_back(&l);
  const Reduced r = without_unneeded_arcs(s.arrangement, all);
  const Reduced again = without_unneeded_arcs(
      r.arrangement, std::vector<const Labeling*>{&r.labelings[0], &r.labelings[1], &r.labelings[2]});
  EXPECT_EQ(again.arrangement, r.arrangement);
}

}  // namespace
}  // namespace gridloom
