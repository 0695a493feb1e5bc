// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/frame.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/delivered.h"

namespace gridloom {
namespace {

using draw::Rows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

struct Resolved {
  Subdivision raw;
  Frame frame;

  std::string code(std::size_t level, Point p) const {
    const auto faces = draw::faces_at(raw.arrangement, p);
    EXPECT_EQ(faces.size(), 1u);
    const Label u = frame.levels[level].of_face[faces.front()];
    return u == kGap ? "" : frame.levels[level].units[u].code;
  }
  // "kind level ids"
  std::vector<std::string> stories() const {
    static const char* const kNames[] = {"gap",     "overlap",    "sliver",       "outside",
                                         "nesting", "split_duty", "unmet_target", "lost_cell"};
    std::vector<std::string> out;
    for (const Conflict& c : frame.conflicts)
      out.push_back(std::string(kNames[static_cast<int>(c.kind)]) + " " + c.admin_level + " " + ids_text({}, c));
    return out;
  }
};

void expect_total_and_nested(const Resolved& r) {
  const auto& levels = r.frame.levels;
  for (FaceId f = 0; f < r.raw.arrangement.face_count; ++f)
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const Label u = levels[k].of_face[f];
      EXPECT_EQ(u != kGap, r.frame.inside(f)) << "level " << k << ", face " << f;
      if (u == kGap) continue;
      ASSERT_LT(static_cast<std::size_t>(u), levels[k].units.size());
      EXPECT_EQ(levels[k].units[u].parent, k == 0 ? -1 : levels[k - 1].of_face[f]);
    }
  EXPECT_EQ(levels.back().of_face[kOutside], kGap);
}

Resolved resolved(std::vector<DeliveredAdminLevel> levels) {
  FuseInput in;
  in.city_code = "9";
  in.city_name = {"Town", "城"};
  in.lattice = draw::kLattice;
  in.admin = std::move(levels);
  draw::Stack stack;
  for (const auto& level : in.admin)
    if (!level.units.cells.empty()) stack.push_back(draw::rings_of(level.units));
  Resolved out{draw::build_stack(stack), {}};
  out.frame = resolve_frame(in, out.raw.arrangement, out.raw.labelings);
  EXPECT_EQ(out.frame.levels.size(), in.admin.size());
  EXPECT_EQ(out.frame.conflicts.size(), out.frame.conflict_faces.size());
  expect_total_and_nested(out);
  return out;
}

Point plot(const Rows& rows, std::size_t column, std::size_t row) {
  return draw::centre(rows, column, row, draw::kPlot);
}

const Rows kDistricts{"AAABBB",  //
                      "AAABBB",  //
                      "AAABBB"};

TEST(Frame, LeavesWhatAgreesAlone) {
  const Rows communities{"aabddd",  //
                         "aabddd",  //
                         "aabeee"};
  const Resolved r = resolved({draw::top_level(), draw::admin_level("district", kDistricts, "AB"),
                               draw::admin_level("community", communities, "abde", "AABB")});
  EXPECT_TRUE(r.frame.conflicts.empty());
  EXPECT_EQ(r.code(0, plot(kDistricts, 0, 0)), "9");
  EXPECT_EQ(r.code(1, plot(kDistricts, 4, 2)), "B");
  EXPECT_EQ(r.code(2, plot(kDistricts, 4, 2)), "e");
  EXPECT_EQ(r.frame.levels[0].units[0].name, (Text{"Town", "城"}));
}

TEST(Frame, FindsParentsByOverlap) {
  // c crosses the district line; two of its three plots lie in B. Its plot in A is wide and without a unit of A.
  const Rows communities{"aabbbb",  //
                         "aabbbb",  //
                         "aaccce"};
  const Resolved r =
      resolved({draw::admin_level("district", kDistricts, "AB"), draw::admin_level("community", communities, "abce")});
  const auto& units = r.frame.levels[1].units;
  EXPECT_EQ(units[0].parent, 0);
  EXPECT_EQ(units[1].parent, 1);
  EXPECT_EQ(units[2].parent, 1);
  EXPECT_EQ(r.code(1, plot(communities, 2, 2)), "A000");
  EXPECT_EQ(r.code(1, plot(communities, 3, 2)), "c");
  EXPECT_THAT(r.stories(), UnorderedElementsAre("nesting community b>A000", "nesting community c>A000"));
}

TEST(Frame, GivesNarrowGroundWithoutAUnitToTheLongestNeighbour) {
  // A strip of 4 m between a and b; b has more of its border.
  auto community = draw::admin_level("community", {"ab"}, "ab");
  community.units.cells[0].rings = draw::rectangle(0, 0, 298, 150);
  community.units.cells[1].rings = draw::together(draw::rectangle(302, 0, 600, 300), draw::rectangle(0, 150, 302, 300));
  const Rows one{"AAAAAA", "AAAAAA", "AAAAAA"};
  const Resolved r = resolved({draw::admin_level("district", one, "A"), community});
  EXPECT_EQ(r.code(1, {300'000, 75'000}), "b");
  EXPECT_THAT(r.stories(), ElementsAre("gap community >b"));
}

TEST(Frame, MakesAUnitOfWideGroundWithoutOne) {
  const Rows communities{"aa.bbb",  //
                         "aa.bbb",  //
                         "aa.bbb"};
  const Resolved r = resolved(
      {draw::admin_level("district", kDistricts, "AB"), draw::admin_level("community", communities, "ab", "AB")});
  EXPECT_EQ(r.code(1, plot(communities, 2, 1)), "A000");
  EXPECT_EQ(r.frame.levels[1].units.size(), 3u);
  EXPECT_EQ(r.frame.levels[1].units.back().parent, 0);
  EXPECT_THAT(r.frame.levels[1].units.back().name.en, HasSubstr("Unit A"));
  EXPECT_THAT(r.stories(), ElementsAre("gap community >A000"));
}

TEST(Frame, ResolvesAUnitThatSlightlyCrossesItsParentsLine) {
  // b reaches 3 m into A; the rest of A is a.
  auto community = draw::admin_level("community", {"ab"}, "ab", "AB");
  community.units.cells[0].rings = draw::rectangle(0, 0, 297, 300);
  community.units.cells[1].rings = draw::rectangle(297, 0, 600, 300);
  const Resolved r = resolved({draw::admin_level("district", kDistricts, "AB"), community});
  EXPECT_EQ(r.code(1, {298'500, 100'000}), "a");
  EXPECT_THAT(r.stories(), ElementsAre("nesting community b>a"));
  EXPECT_EQ(r.frame.levels[1].units.size(), 2u);
}

TEST(Frame, SettlesOverlapsOfUnits) {
  auto district = draw::admin_level("district", {"ABC"}, "ABC");
  district.units.cells[0].rings = draw::rectangle(0, 0, 200, 100);
  district.units.cells[1].rings = draw::rectangle(150, 0, 300, 100);
  district.units.cells[2].rings = draw::rectangle(300, 0, 400, 100);
  const Resolved r = resolved({district});
  EXPECT_EQ(r.code(0, {175'000, 50'000}), "A");
  EXPECT_THAT(r.stories(), ElementsAre("overlap district A,B>A"));
}

TEST(Frame, LeavesGroundBeyondTheHighestLevelOutside) {
  const Rows districts{"AAA.", "AAA."}, communities{"aabb", "aabb"};
  const Resolved r = resolved(
      {draw::admin_level("district", districts, "A"), draw::admin_level("community", communities, "ab", "AA")});
  EXPECT_EQ(r.code(1, plot(communities, 3, 0)), "");
  EXPECT_EQ(r.code(1, plot(communities, 2, 0)), "b");
  EXPECT_THAT(r.stories(), ElementsAre("outside community b>"));
}

TEST(Frame, KeepsHolesOfTheHighestLevelOutside) {
  const Rows districts{"AAA", "A.A", "AAA"}, communities{"aaa", "aaa", "aaa"};
  const Resolved r =
      resolved({draw::admin_level("district", districts, "A"), draw::admin_level("community", communities, "a")});
  EXPECT_EQ(r.code(1, plot(communities, 1, 1)), "");
  EXPECT_EQ(r.code(0, plot(communities, 1, 1)), "");
}

TEST(Frame, LosesNoGroundInConflicts) {
  const Rows districts{"AAABBB", "AAABB.", "AAABBB"}, communities{"aab.dd", "a.bddd", "aabdde"};
  const Resolved r = resolved(
      {draw::admin_level("district", districts, "AB"), draw::admin_level("community", communities, "abde", "AABB")});
  std::set<FaceId> listed;
  for (std::size_t i = 0; i < r.frame.conflicts.size(); ++i)
    for (FaceId f : r.frame.conflict_faces[i]) {
      EXPECT_TRUE(listed.insert(f).second) << "a face in two stories of one level";
    }
  for (FaceId f = 1; f < r.raw.arrangement.face_count; ++f) {
    const auto cells = draw::cover(r.raw.labelings[1], f);
    const Label now = r.frame.levels[1].of_face[f];
    const bool agrees = cells.empty() ? now == kGap : cells == std::vector<Label>{now};
    EXPECT_EQ(listed.contains(f), !agrees);
  }
}

TEST(Frame, RefusesAParentThatDoesNotExist) {
  auto community = draw::admin_level("community", {"ab"}, "ab", "AX");
  try {
    resolved({draw::admin_level("district", {"AA"}, "A"), community});
    FAIL() << "accepted";
  } catch (const DataError& e) {
    EXPECT_STREQ(e.what(), R"(unit_of_unknown_parent level="community" unit="b" parent="X" above="district" near="")");
  }
}

TEST(Frame, TakesARemainderCodeOnlyUnderItsOwnParent) {
  // A unit of B happens to carry the code that A's remainder would get.
  auto community = draw::admin_level("community", {"aa.bbb", "aa.bbb", "aa.bbb"}, "ab", "AB");
  community.units.cells[1].cell.id = "A000";
  resolved({draw::admin_level("district", kDistricts, "AB"), community});
}

// Levels drawn independently of each other, shaken by a few millimetres.
TEST(Frame, IsTotalAndNestedWhateverIsDelivered) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE(seed);
    draw::CityOptions o;
    o.columns = o.rows = 7;
    o.regions = 9;
    o.ragged = seed % 2 == 0;
    o.odd_rings = 10;
    o.empty_squares = 14;
    const draw::Stack stack = draw::random_city(seed, o);
    std::vector<DeliveredAdminLevel> levels;
    for (std::size_t k = 0; k < stack.size(); ++k) {
      levels.push_back({});
      levels.back().id = "level" + std::to_string(k);
      std::vector<std::string> ids;
      for (std::size_t u = 0; u < stack[k].size(); ++u) ids.push_back(std::to_string(k) + "-" + std::to_string(u));
      levels.back().units = draw::delivered(levels.back().id, stack[k], ids);
      levels.back().names.resize(ids.size());
      levels.back().parents.resize(ids.size());
    }
    const Resolved r = resolved(levels);
    // Every unit's pieces are more than noise.
    const auto area = doubled_areas(r.raw.arrangement);
    const auto& unit = r.frame.levels.back().of_face;
    std::vector<FaceId> root(unit.size());
    for (FaceId f = 0; f < root.size(); ++f) root[f] = f;
    const auto find = [&](FaceId f) {
      while (root[f] != f) f = root[f];
      return f;
    };
    for (const Arc& a : r.raw.arrangement.arcs)
      if (unit[a.left] == unit[a.right]) root[find(a.left)] = find(a.right);
    std::map<FaceId, Int128> piece;
    for (FaceId f = 1; f < root.size(); ++f)
      if (unit[f] != kGap) piece[find(f)] += area[f];
    for (const auto& [f, doubled] : piece)
      EXPECT_GE(square_metres(doubled), 1.0) << "a loose piece of " << r.frame.levels.back().units[unit[f]].code;
  }
}

}  // namespace
}  // namespace gridloom
