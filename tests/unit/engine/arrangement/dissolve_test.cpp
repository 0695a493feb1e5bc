// SPDX-License-Identifier: Apache-2.0
// Dissolving labelings to polygons, and condensing arrangements to coarser ones.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/labeling.h"
#include "engine/arrangement/verify.h"
#include "support/draw.h"
#include "support/geos.h"

namespace gridloom {
namespace {

using draw::Rows;

std::vector<std::vector<Point>> rings_of(const Arrangement& m, const ArcPolygon& polygon) {
  std::vector<std::vector<Point>> rings{points_of(m, polygon.shell)};
  for (const ArcRing& hole : polygon.holes) rings.push_back(points_of(m, hole));
  return rings;
}

Int128 area_of(const Arrangement& m, const std::vector<ArcPolygon>& polygons) {
  Int128 sum = 0;
  for (const ArcPolygon& p : polygons)
    for (const auto& ring : rings_of(m, p)) sum += doubled_area(ring);
  return sum;
}

// Walks are closed, shells run counter-clockwise and holes clockwise, the ground is on the left, nodes are passed once.
template <class Covered>
void expect_rings(const Arrangement& m, const std::vector<ArcPolygon>& polygons, Covered&& covered) {
  for (const ArcPolygon& p : polygons) {
    EXPECT_TRUE(doubled_area(points_of(m, p.shell)) > 0);
    for (const ArcRing& hole : p.holes) EXPECT_TRUE(doubled_area(points_of(m, hole)) < 0);
    std::vector<ArcRing> rings = p.holes;
    rings.push_back(p.shell);
    for (const ArcRing& ring : rings) {
      std::set<NodeId> passed;
      for (std::size_t i = 0; i < ring.size(); ++i) {
        EXPECT_EQ(end_of(m, ring[i]), start_of(m, ring[(i + 1) % ring.size()]));
        EXPECT_TRUE(passed.insert(start_of(m, ring[i])).second);
        EXPECT_TRUE(covered(left_of(m, ring[i])));
        EXPECT_FALSE(covered(left_of(m, ring[i].twin())));
      }
      EXPECT_EQ(points_of(m, ring).front(), points_of(m, ring).back());
    }
  }
}

struct DrawnLayer {
  Subdivision built;
  Dissolved polygons;
  const Arrangement& m() const { return built.arrangement; }
};

DrawnLayer dissolved(const Rows& rows, std::string_view names) {
  // A second layer cuts every square out, so that there is something to dissolve.
  std::string squares;
  std::vector<std::string> text(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      text[r].push_back(static_cast<char>(33 + r * rows[r].size() + c));
      squares.push_back(text[r].back());
    }
  DrawnLayer out{draw::build_stack({draw::cells(rows, names), draw::cells(Rows(text.begin(), text.end()), squares)}),
                 {}};
  out.polygons = dissolve(out.m(), out.built.labelings[0].of_face, names.size());
  EXPECT_EQ(out.polygons.of_label.size(), names.size());
  for (std::size_t l = 0; l < names.size(); ++l)
    expect_rings(out.m(), out.polygons.of_label[l],
                 [&](FaceId f) { return out.built.labelings[0].of_face[f] == static_cast<Label>(l); });
  return out;
}

TEST(Dissolve, GivesOnePolygonForNeighbouringFaces) {
  const DrawnLayer d = dissolved({"aab",  //
                                  "abb"},
                                 "ab");
  ASSERT_EQ(d.polygons.of_label[0].size(), 1u);
  EXPECT_TRUE(d.polygons.of_label[0][0].holes.empty());
  EXPECT_TRUE(area_of(d.m(), d.polygons.of_label[0]) == 2 * 3'000'000);
}

TEST(Dissolve, KeepsHolesAndWhatLiesInThem) {
  const DrawnLayer d = dissolved({"aaaaaa.",  //
                                  "a.aaba.",  //
                                  "aaaaaaa"},
                                 "ab");
  ASSERT_EQ(d.polygons.of_label[0].size(), 1u);
  EXPECT_EQ(d.polygons.of_label[0][0].holes.size(), 2u);
  ASSERT_EQ(d.polygons.of_label[1].size(), 1u);
  EXPECT_TRUE(area_of(d.m(), d.polygons.of_label[0]) == 2 * 17'000'000);
}

TEST(Dissolve, KeepsPiecesApartThatTouchAtAPoint) {
  const DrawnLayer d = dissolved({"ab",  //
                                  "ba"},
                                 "ab");
  EXPECT_EQ(d.polygons.of_label[0].size(), 2u);
  EXPECT_EQ(d.polygons.of_label[1].size(), 2u);
}

TEST(Dissolve, SplitsARingThatTouchesItself) {
  // The ring of a comes back to the point between its two arms: a shell, and a hole that touches it.
  const DrawnLayer d = dissolved({"aaaa",  //
                                  "a.a.",  //
                                  "aa.."},
                                 "a");
  ASSERT_EQ(d.polygons.of_label[0].size(), 1u);
  EXPECT_EQ(d.polygons.of_label[0][0].holes.size(), 1u);
}

TEST(Dissolve, SplitsHolesThatTouchAtAPoint) {
  const DrawnLayer d = dissolved({"aaaa",  //
                                  "a.aa",  //
                                  "aa.a",  //
                                  "aaaa"},
                                 "a");
  ASSERT_EQ(d.polygons.of_label[0].size(), 1u);
  EXPECT_EQ(d.polygons.of_label[0][0].holes.size(), 2u);
}

TEST(Dissolve, OfNothingIsNothing) {
  const DrawnLayer d = dissolved({"aa"}, "ab");
  EXPECT_TRUE(d.polygons.of_label[1].empty());
  EXPECT_EQ(dissolve(Arrangement{}, std::vector<Label>{kGap}, 3).of_label.size(), 3u);
}

Subdivision city(std::uint64_t seed, int layers = 2) {
  draw::CityOptions o;
  o.columns = o.rows = 8;
  o.layers = layers;
  o.ragged = seed % 2 == 0;
  o.odd_rings = 12;
  o.empty_squares = 12;
  return draw::build_stack(draw::random_city(seed, o));
}

// Union of the faces' own polygons by GEOS: the pieces and the area must be the same, and ours must be valid.
void expect_as_geos_says(const Arrangement& m, const std::vector<ArcPolygon>& polygons,
                         const std::vector<FaceId>& faces, const Dissolved& of_faces) {
  std::vector<geos::Geometry> small;
  for (FaceId f : faces)
    for (const ArcPolygon& p : of_faces.of_label[f]) small.push_back(geos::polygon(rings_of(m, p)));
  const geos::Geometry sum(GEOSUnaryUnion(geos::collection(GEOS_MULTIPOLYGON, std::move(small)).get()));
  std::vector<geos::Geometry> mine;
  std::multiset<double> my_areas, their_areas;
  for (const ArcPolygon& p : polygons) {
    mine.push_back(geos::polygon(rings_of(m, p)));
    EXPECT_EQ(GEOSisValid(mine.back().get()), 1);
    my_areas.insert(geos::area(mine.back().get()));
  }
  EXPECT_EQ(GEOSisValid(geos::collection(GEOS_MULTIPOLYGON, std::move(mine)).get()), 1);
  for (const GEOSGeometry* g : geos::parts(sum.get())) their_areas.insert(geos::area(g));
  EXPECT_EQ(my_areas, their_areas);
}

TEST(Dissolve, OfRandomLabelingsIsValidAndWhatGeosSays) {
  geos::start();
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Subdivision s = city(seed);
    const Arrangement& m = s.arrangement;
    draw::Random random(seed);
    // Few labels: pieces touch at points, ring themselves and nest.
    std::vector<Label> labels(m.face_count, kGap), identity(m.face_count, kGap);
    std::vector<std::vector<FaceId>> faces(4);
    for (FaceId f = 1; f < m.face_count; ++f) {
      identity[f] = static_cast<Label>(f);
      labels[f] = random.between(-1, 3);
      if (labels[f] != kGap) faces[static_cast<std::size_t>(labels[f])].push_back(f);
    }
    const Dissolved of_faces = dissolve(m, identity, m.face_count), got = dissolve(m, labels, 4);
    const auto area = doubled_areas(m);
    for (Label l = 0; l < 4; ++l) {
      const auto& polygons = got.of_label[static_cast<std::size_t>(l)];
      Int128 expected = 0;
      for (FaceId f : faces[static_cast<std::size_t>(l)]) expected += area[f];
      EXPECT_TRUE(area_of(m, polygons) == expected);
      expect_rings(m, polygons, [&](FaceId f) { return labels[f] == l; });
      expect_as_geos_says(m, polygons, faces[static_cast<std::size_t>(l)], of_faces);
    }
  }
}

TEST(Dissolve, OfOverlapsCountsGroundForEveryCell) {
  geos::start();
  for (std::uint64_t seed = 20; seed < 26; ++seed) {
    SCOPED_TRACE(seed);
    const Subdivision s = city(seed);
    const Arrangement& m = s.arrangement;
    draw::Random random(seed);
    constexpr std::size_t kCells = 9;
    Labeling labeling;
    labeling.of_face.assign(m.face_count, kGap);
    std::vector<Label> identity(m.face_count, kGap);
    std::vector<std::vector<FaceId>> faces(kCells);
    for (FaceId f = 1; f < m.face_count; ++f) {
      identity[f] = static_cast<Label>(f);
      for (Label c = 0; c < static_cast<Label>(kCells); ++c) {
        if (!random.one_in(c < 6 ? 5 : 90)) continue;  // some cells overlap everywhere, some hardly
        if (labeling.of_face[f] == kGap)
          labeling.of_face[f] = c;
        else
          labeling.overlaps.push_back({f, c});
        faces[static_cast<std::size_t>(c)].push_back(f);
      }
    }
    const Dissolved got = dissolve(m, labeling, kCells), of_faces = dissolve(m, identity, m.face_count);
    const auto area = doubled_areas(m);
    for (std::size_t c = 0; c < kCells; ++c) {
      Int128 expected = 0;
      for (FaceId f : faces[c]) expected += area[f];
      EXPECT_TRUE(area_of(m, got.of_label[c]) == expected) << "cell " << c;
      expect_rings(m, got.of_label[c],
                   [&](FaceId f) { return std::binary_search(faces[c].begin(), faces[c].end(), f); });
      expect_as_geos_says(m, got.of_label[c], faces[c], of_faces);
    }
  }
}

// --- condense ---

// Random edge-connected groups; group 0 takes some faces, too: holes of the frame and pieces of its rim.
std::vector<std::uint32_t> random_groups(const Arrangement& m, draw::Random& random, std::uint32_t wanted) {
  std::vector<std::uint32_t> group(m.face_count, UINT32_MAX);
  group[kOutside] = 0;
  for (FaceId f = 1; f < m.face_count; ++f)
    if (random.one_in(12)) group[f] = 0;
  std::uint32_t count = 1;
  for (std::uint32_t i = 0; i < wanted; ++i) {
    const auto f = static_cast<FaceId>(random.between(1, m.face_count - 1));
    if (group[f] == UINT32_MAX) group[f] = count++;
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const Arc& a : m.arcs) {
      if ((group[a.left] == UINT32_MAX) == (group[a.right] == UINT32_MAX)) continue;
      const FaceId free = group[a.left] == UINT32_MAX ? a.left : a.right, from = free == a.left ? a.right : a.left;
      if (group[from] == 0) continue;
      group[free] = group[from];
      grown = true;
    }
  }
  for (std::uint32_t& g : group)
    if (g == UINT32_MAX) g = count++;  // shut in by group 0
  return group;
}

TEST(Condense, KeepsAreasAndStaysAnArrangement) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Arrangement m = city(seed).arrangement;
    draw::Random random(seed);
    const auto group = random_groups(m, random, 25);
    std::vector<FaceId> face_of_group;
    const Arrangement coarse = condense(m, group, face_of_group);
    const auto faults = verify(coarse);
    EXPECT_TRUE(faults.empty()) << draw::said(faults);
    EXPECT_EQ(coarse.lattice, m.lattice);
    const std::uint32_t groups = *std::max_element(group.begin(), group.end()) + 1;
    ASSERT_EQ(face_of_group.size(), groups);
    EXPECT_EQ(coarse.face_count, groups);
    EXPECT_EQ(face_of_group[0], kOutside);
    EXPECT_EQ(std::set<FaceId>(face_of_group.begin(), face_of_group.end()).size(), groups);
    const auto fine_area = doubled_areas(m), coarse_area = doubled_areas(coarse);
    std::vector<Int128> expected(groups, 0);
    for (FaceId f = 1; f < m.face_count; ++f) expected[face_of_group[group[f]]] += fine_area[f];
    for (FaceId f = 1; f < groups; ++f) EXPECT_TRUE(expected[f] == coarse_area[f]) << "face " << f;
    // Every fine arc between two groups is still there, no other is.
    std::size_t kept = 0, left = 0;
    for (const Arc& a : m.arcs)
      if (group[a.left] != group[a.right]) kept += a.count - 1;
    for (const Arc& a : coarse.arcs) {
      EXPECT_NE(a.left, a.right);
      left += a.count - 1;
    }
    EXPECT_EQ(kept, left);
  }
}

TEST(Condense, LeavesTheHolesOfTheFrameOutside) {
  const Rows rows{"aaaaa",  //
                  "a.b.a",  //
                  "aaaaa"};
  const Subdivision s = draw::build_stack({draw::cells(rows, "ab")});
  std::vector<std::uint32_t> group(s.arrangement.face_count, 0);
  for (FaceId f = 1; f < s.arrangement.face_count; ++f)
    if (s.labelings[0].of_face[f] != kGap) group[f] = 1;
  std::vector<FaceId> face_of_group;
  const Arrangement coarse = condense(s.arrangement, group, face_of_group);
  EXPECT_EQ(coarse.face_count, 2u);
  EXPECT_TRUE(verify(coarse).empty()) << draw::said(verify(coarse));
  EXPECT_EQ(draw::faces_at(coarse, draw::centre(rows, 1, 1)), std::vector<FaceId>{kOutside});
  EXPECT_EQ(draw::faces_at(coarse, draw::centre(rows, 2, 1)), std::vector<FaceId>{1});
  EXPECT_TRUE(doubled_areas(coarse)[1] == 2 * 13'000'000);
}

TEST(Condense, WithAGroupForEveryFaceChangesNoGeometry) {
  const Arrangement m = city(30).arrangement;
  std::vector<std::uint32_t> group(m.face_count);
  for (FaceId f = 0; f < m.face_count; ++f) group[f] = f;
  std::vector<FaceId> face_of_group;
  const Arrangement same = condense(m, group, face_of_group);
  EXPECT_EQ(same.points, m.points);
  EXPECT_EQ(same.nodes, m.nodes);
  ASSERT_EQ(same.arcs.size(), m.arcs.size());
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    EXPECT_EQ(same.arcs[a].left, face_of_group[m.arcs[a].left]);
    EXPECT_EQ(same.arcs[a].right, face_of_group[m.arcs[a].right]);
  }
}

}  // namespace
}  // namespace gridloom
