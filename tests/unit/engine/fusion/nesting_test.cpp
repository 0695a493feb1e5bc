// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/nesting.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/fusion/align.h"
#include "support/delivered.h"

namespace gridloom {
namespace {

using draw::rectangle;

constexpr double kCity = 2000;

// Lines at equal distances, inner ones moved by `offset(i)`.
template <class Offset>
std::vector<double> lines(std::size_t n, Offset offset) {
  std::vector<double> out;
  for (std::size_t i = 0; i <= n; ++i)
    out.push_back(kCity * static_cast<double>(i) / static_cast<double>(n) + (i == 0 || i == n ? 0 : offset(i)));
  return out;
}

draw::Cells checkerboard(const std::vector<double>& x, const std::vector<double>& y) {
  draw::Cells out;
  for (std::size_t j = 0; j + 1 < y.size(); ++j)
    for (std::size_t i = 0; i + 1 < x.size(); ++i) out.push_back(rectangle(x[i], y[j], x[i + 1], y[j + 1]));
  return out;
}

draw::Cells squares(std::size_t n) {
  const auto at = lines(n, [](std::size_t) { return 0.0; });
  return checkerboard(at, at);
}

// 20 x 20 cells whose lines miss those of 4 x 4 by up to 8 m.
draw::Cells drawn_badly() {
  const auto x = lines(20, [](std::size_t i) { return i % 2 == 0 ? 8.0 : -5.0; });
  const auto y = lines(20, [](std::size_t i) { return i % 3 == 0 ? -7.0 : 6.0; });
  return checkerboard(x, y);
}

struct Stack {
  Subdivision raw;
  Frame frame;
  std::vector<CoverTable> covers;
  std::vector<AlignLayer> layers;
  std::vector<Nesting> found;
  std::vector<double> area;

  Stack(const std::vector<draw::Cells>& cells, std::vector<AlignLayer> said) : layers(std::move(said)) {
    draw::Stack stack{{rectangle(0, 0, kCity, kCity)}};
    stack.insert(stack.end(), cells.begin(), cells.end());
    raw = draw::build_stack(stack);
    AdminLevel level;
    level.of_face = raw.labelings[0].of_face;
    level.units.resize(1);
    frame.levels.push_back(level);
    for (std::size_t l = 0; l < cells.size(); ++l) {
      covers.push_back(cover_table(raw.labelings[l + 1]));
      layers[l].cells = cells[l].size();
    }
    for (const Int128& a : doubled_areas(raw.arrangement)) area.push_back(square_metres(a));
    found = find_nestings(raw.arrangement, frame, covers, layers);
  }

  Alignment align() {
    AlignOptions thin;
    thin.min_width_m = 0;
    return gridloom::align(raw.arrangement, frame, covers, layers, found, thin);
  }
  const CoverState& before(std::size_t l, FaceId f) const { return covers[l].states[covers[l].of_face[f]]; }
  const CoverState& after(const Alignment& a, std::size_t l, FaceId f) const {
    return covers[l].states[a.state_of_group[l][a.group_of_face[f]]];
  }
  template <class Counts>
  double ground(Counts counts) const {
    double sum = 0;
    for (FaceId f = 1; f < raw.arrangement.face_count; ++f)
      if (counts(f)) sum += area[f];
    return sum;
  }
};

AlignLayer layer(int rank, double accuracy_m, bool locked = false) { return {rank, accuracy_m, locked, 0, {}}; }

TEST(Nesting, IsFoundThroughBadlyDrawnLines) {
  const Stack s({squares(4), drawn_badly()}, {layer(1, 2), layer(2, 10)});
  ASSERT_EQ(s.found.size(), 1u);
  EXPECT_EQ(s.found[0].child, 1u);
  EXPECT_EQ(s.found[0].parent, 0u);
  EXPECT_GT(s.found[0].contradiction, 0.01);
  EXPECT_GT(s.found[0].confidence, 0.8);
  EXPECT_TRUE(s.found[0].enforced());
  // Row by row, five child cells to a parent.
  for (std::size_t c = 0; c < 400; ++c)
    EXPECT_EQ(s.found[0].parent_of[c], static_cast<Label>(c / 20 / 5 * 4 + c % 20 / 5)) << c;
}

TEST(Nesting, UnrelatedLinesAreNone) {
  for (std::size_t parents : {2, 3, 7}) {
    const auto at = lines(parents, [](std::size_t i) { return 37.0 + 11 * static_cast<double>(i); });
    const Stack s({checkerboard(at, at), drawn_badly()}, {layer(1, 2), layer(2, 10)});
    for (const Nesting& n : s.found) EXPECT_FALSE(n.enforced()) << parents << " x " << parents;
  }
}

// The same child cells, each said to lie in some parent at random: the parents' ground is the union of scattered cells.
TEST(Nesting, ParentsWhoseLinesWereMovedAwayAreNone) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> offset(20, 80);  // of child cells 100 m wide
  for (int trial = 0; trial < 20; ++trial) {
    const auto x = lines(4, [&](std::size_t) { return offset(random); });
    const auto y = lines(4, [&](std::size_t) { return offset(random); });
    const Stack s({checkerboard(x, y), drawn_badly()}, {layer(1, 2), layer(2, 10)});
    for (const Nesting& n : s.found) EXPECT_FALSE(n.enforced()) << trial;
  }
}

TEST(Nesting, FewCellsProveNothing) {
  const Stack s({squares(1), squares(2)}, {layer(1, 2), layer(2, 10)});
  for (const Nesting& n : s.found) EXPECT_FALSE(n.enforced());
  const Stack t({squares(2), squares(4)}, {layer(1, 2), layer(2, 10)});
  for (const Nesting& n : t.found) EXPECT_LT(n.confidence, 0.5);
}

TEST(Nesting, ChildMovesToItsParentsLine) {
  Stack s({squares(4), drawn_badly()}, {layer(1, 2), layer(2, 10)});
  const Alignment a = s.align();
  EXPECT_EQ(s.ground([&](FaceId f) { return s.found[0].contradicted(s.after(a, 1, f), s.after(a, 0, f)); }), 0);
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 0, f) != s.before(0, f); }), 0) << "the parent moved";
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f).empty(); }), 0) << "ground lost its label";
  for (Label c = 0; c < 400; ++c)
    EXPECT_GT(s.ground([&](FaceId f) { return s.after(a, 1, f) == CoverState{c}; }), 7000) << c;
}

TEST(Nesting, TheBetterLineStays) {
  Stack s({squares(4), drawn_badly()}, {layer(1, 10), layer(2, 2)});
  const Alignment a = s.align();
  EXPECT_EQ(s.ground([&](FaceId f) { return s.found[0].contradicted(s.after(a, 1, f), s.after(a, 0, f)); }), 0);
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f) != s.before(1, f); }), 0) << "the better line moved";
}

TEST(Nesting, LockedLayersStay) {
  Stack s({squares(4), drawn_badly()}, {layer(1, 2), layer(2, 10, true)});
  const Alignment a = s.align();
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f) != s.before(1, f); }), 0);
  Stack both({squares(4), drawn_badly()}, {layer(1, 2, true), layer(2, 10, true)});
  const Alignment b = both.align();
  for (std::size_t l : {0, 1})
    EXPECT_EQ(both.ground([&](FaceId f) { return both.after(b, l, f) != both.before(l, f); }), 0);
}

TEST(Nesting, LockedLayersStayWhateverIsDeclared) {
  AlignLayer child = layer(2, 10, true);
  child.nestings.push_back({0, NestingWord::declare, {}});
  for (bool parent_locked : {true, false}) {
    Stack s({squares(4), drawn_badly()}, {layer(1, 2, parent_locked), child});
    const Alignment a = s.align();
    EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f) != s.before(1, f); }), 0);
    if (parent_locked) {
      EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 0, f) != s.before(0, f); }), 0);
    } else {
      EXPECT_EQ(s.ground([&](FaceId f) { return s.found[0].contradicted(s.after(a, 1, f), s.after(a, 0, f)); }), 0);
    }
  }
}

TEST(Nesting, ForbiddenIsNotEnforced) {
  AlignLayer child = layer(2, 10);
  child.nestings.push_back({0, NestingWord::forbid, {}});
  Stack s({squares(4), drawn_badly()}, {layer(1, 2), child});
  const Alignment a = s.align();
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f) != s.before(1, f); }), 0);
}

// Declared against the evidence: a third of every cell along the lines lies outside, and it holds all the same.
TEST(Nesting, DeclaredHoldsExactly) {
  AlignLayer child = layer(2, 10);
  child.nestings.push_back({0, NestingWord::declare, {}});
  Stack s({squares(3), squares(20)}, {layer(1, 2), child});
  ASSERT_EQ(s.found.size(), 1u);
  EXPECT_TRUE(s.found[0].enforced());
  const Alignment a = s.align();
  EXPECT_EQ(s.ground([&](FaceId f) { return s.found[0].contradicted(s.after(a, 1, f), s.after(a, 0, f)); }), 0);
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f).empty() || s.after(a, 0, f).empty(); }), 0);
  for (Label c = 0; c < 400; ++c)
    EXPECT_GT(s.ground([&](FaceId f) { return s.after(a, 1, f) == CoverState{c}; }), 0) << c;
}

// Cell 41 lies in parent cell 0, and cells along the lines a little in others; one key is wrong.
TEST(Nesting, ADeclaredParentThatHoldsNothingIsDoubtful) {
  AlignLayer child = layer(2, 10);
  SaidNesting said{0, NestingWord::declare, {}};
  for (Label c = 0; c < 400; ++c) said.parent_of.push_back(c / 100 * 4 + c % 20 / 5);
  child.nestings.push_back(said);
  EXPECT_TRUE(Stack({squares(4), drawn_badly()}, {layer(1, 2), child}).found.front().doubtful.empty());
  child.nestings.front().parent_of[41] = 7;
  child.nestings.front().parent_of[42] = kGap;  // nothing said is nothing wrong
  const Stack s({squares(4), drawn_badly()}, {layer(1, 2), child});
  ASSERT_EQ(s.found.front().doubtful.size(), 1u);
  const DoubtfulParent& d = s.found.front().doubtful.front();
  EXPECT_EQ(d.cell, 41);
  EXPECT_EQ(d.said, 7);
  EXPECT_EQ(d.most, 0);
  EXPECT_EQ(d.said_share, 0);
  EXPECT_EQ(d.most_share, 1);
  EXPECT_NEAR(d.ground_m2, 10'000, 3'000);
}

TEST(Nesting, GapIsFilledFromTheParent) {
  draw::Cells child = drawn_badly();
  child[0] = rectangle(0, 30, 95, 93);  // the child layer leaves a strip at the city's edge
  Stack s({squares(4), child}, {layer(1, 2), layer(2, 10)});
  EXPECT_GT(s.ground([&](FaceId f) { return s.before(1, f).empty(); }), 2800);
  const Alignment a = s.align();
  EXPECT_EQ(s.ground([&](FaceId f) { return s.after(a, 1, f).empty(); }), 0);
}

}  // namespace
}  // namespace gridloom
