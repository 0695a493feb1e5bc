// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/build.h"

#include <gtest/gtest.h>

#include "engine/arrangement/noding.h"
#include "engine/arrangement/verify.h"
#include "support/draw.h"
#include "support/geos.h"

namespace gridloom {
namespace {

using draw::Cells;
using draw::Rings;
using draw::Rows;
using draw::Stack;
using Labels = std::vector<Label>;

// Built, and proved to be an arrangement with total, sorted labelings.
Subdivision built(const Stack& stack, unsigned threads = 1) {
  Subdivision out = draw::build_stack(stack, threads);
  const auto faults = verify(out.arrangement);
  EXPECT_TRUE(faults.empty()) << draw::said(faults);
  EXPECT_EQ(out.labelings.size(), stack.size());
  for (std::size_t l = 0; l < stack.size(); ++l) {
    const Labeling& labels = out.labelings[l];
    EXPECT_EQ(labels.of_face.size(), out.arrangement.face_count);
    EXPECT_EQ(labels.of_face[kOutside], kGap);
    EXPECT_TRUE(std::is_sorted(labels.overlaps.begin(), labels.overlaps.end()));
    for (const OverlapLabel& o : labels.overlaps) {
      EXPECT_LT(labels.of_face[o.face], o.label) << "the lowest index leads";
      EXPECT_NE(labels.of_face[o.face], kGap);
    }
  }
  return out;
}

FaceId face_at(const Subdivision& s, Point p) {
  const auto faces = draw::faces_at(s.arrangement, p);
  EXPECT_EQ(faces.size(), 1u) << "(" << p.x << ", " << p.y << ") lies on an arc";
  return faces.front();
}

Labels cover_at(const Subdivision& s, std::size_t layer, Point p) {
  return draw::cover(s.labelings[layer], face_at(s, p));
}

double cell_area(const Subdivision& s, std::size_t layer, Label cell) {
  const auto area = doubled_areas(s.arrangement);
  Int128 sum = 0;
  for (FaceId f = 1; f < s.arrangement.face_count; ++f)
    for (Label c : draw::cover(s.labelings[layer], f)) sum += c == cell ? area[f] : 0;
  return square_metres(sum);
}

// Every drawn square carries its own letter in the layer, and nothing else.
void expect_drawn(const Subdivision& s, std::size_t layer, const Rows& rows, std::string_view names) {
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const std::size_t at = names.find(rows[r][c]);
      const Labels expected = at == std::string_view::npos ? Labels{} : Labels{static_cast<Label>(at)};
      EXPECT_EQ(cover_at(s, layer, draw::centre(rows, c, r)), expected)
          << "square " << c << ',' << r << " of layer " << layer;
    }
}

Subdivision drawn(const Rows& rows, std::string_view names) {
  Subdivision s = built({draw::cells(rows, names)});
  expect_drawn(s, 0, rows, names);
  EXPECT_TRUE(s.labelings[0].overlaps.empty());
  EXPECT_TRUE(s.odd_windings.empty());
  return s;
}

// --- drawn situations ---

TEST(Build, TwoSquaresShareOneArc) {
  const Subdivision s = drawn({"aabb",  //
                               "aabb"},
                              "ab");
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_EQ(s.arrangement.nodes.size(), 2u);
  EXPECT_EQ(s.arrangement.arcs.size(), 3u);
  EXPECT_EQ(s.raw_segments, 8u);
  EXPECT_EQ(s.distinct_segments, 7u);
  int shared = 0;
  for (const Arc& arc : s.arrangement.arcs) shared += arc.left != kOutside && arc.right != kOutside;
  EXPECT_EQ(shared, 1);
}

TEST(Build, AnEnclaveIsCutOutOfItsNeighbour) {
  const Subdivision s = drawn({"aaaa",  //
                               "abba",  //
                               "aaaa"},
                              "ab");
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_EQ(s.arrangement.arcs.size(), 2u);
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 10);
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 1), 2);
}

TEST(Build, AHoleStaysAFaceWithoutOwner) {
  const Subdivision s = drawn({"aaa",  //
                               "a.a",  //
                               "aaa"},
                              "a");
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_NE(face_at(s, draw::centre({"   ", "   ", "   "}, 1, 1)), kOutside) << "a hole is ground, not the outside";
}

TEST(Build, NestsHolesInHoles) {
  const Subdivision s = drawn({"aaaaaaaaa",  //
                               "a.......a",  //
                               "a.bbbbb.a",  //
                               "a.b...b.a",  //
                               "a.b.c.b.a",  //
                               "a.b...b.a",  //
                               "a.bbbbb.a",  //
                               "a.......a",  //
                               "aaaaaaaaa"},
                              "abc");
  EXPECT_EQ(s.arrangement.face_count, 6u);
  EXPECT_EQ(s.arrangement.nodes.size(), 5u);  // one for every closed loop
}

TEST(Build, IslandsBesideAndAboveEachOtherShareTheirWater) {
  const Subdivision s = drawn({"aaaaaaaaa",  //
                               "a.......a",  //
                               "a.b.c.d.a",  //
                               "a.......a",  //
                               "a.e.f.g.a",  //
                               "a.......a",  //
                               "aaaaaaaaa",  //
                               ".........",  //
                               "h.i......"},
                              "abcdefghi");
  EXPECT_EQ(s.arrangement.face_count, 11u);  // nine islands and one water
}

TEST(Build, PiecesThatTouchAtAPointAreFacesOfTheirOwn) {
  const Subdivision s = drawn({"a.a",  //
                               ".a.",  //
                               "a.a"},
                              "a");
  EXPECT_EQ(s.arrangement.face_count, 6u);
  EXPECT_EQ(s.arrangement.nodes.size(), 4u);
}

TEST(Build, ACellOfSeveralPartsKeepsThemAll) {
  const Subdivision s = drawn({"aa.bb",  //
                               ".....",  //
                               "bb.aa"},
                              "ab");
  EXPECT_EQ(s.arrangement.face_count, 5u);
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 4);
}

TEST(Build, AGapBetweenCellsIsAFace) {
  const Subdivision s = drawn({"aa.bb",  //
                               "aaabb"},
                              "ab");
  EXPECT_EQ(s.arrangement.face_count, 3u);    // the notch is open to the outside
  const Subdivision closed = drawn({"aaabb",  //
                                    "aa.bb",  //
                                    "aaabb"},
                                   "ab");
  EXPECT_EQ(closed.arrangement.face_count, 4u);
}

TEST(Build, LayersCutEachOther) {
  const Rows streets{"aabb", "aabb", "ccdd", "ccdd"}, schools{"xxxx", "xyyx", "xyyx", "xxxx"};
  const Subdivision s = built({draw::cells(streets, "abcd"), draw::cells(schools, "xy")});
  expect_drawn(s, 0, streets, "abcd");
  expect_drawn(s, 1, schools, "xy");
  EXPECT_EQ(s.arrangement.face_count, 9u);
}

Rings rings(std::vector<Point> points) { return {Ring{std::move(points), false}}; }

TEST(Build, NestsAnIslandStraightAboveAVertex) {
  // The westernmost point of the island lies above the vertex where three wedges meet: it is in the highest, whatever
  // their order.
  std::vector<Rings> wedges{rings({{0, 0}, {10'000, 10'000}, {-5'000, 10'000}}),
                            rings({{0, 0}, {10'000, 2'000}, {10'000, 10'000}}),
                            rings({{0, 0}, {10'000, -6'000}, {10'000, 2'000}})};
  const Rings island = rings({{0, 5'000}, {2'000, 6'000}, {0, 7'000}});
  for (int turn = 0; turn < 3; ++turn) {
    const Subdivision s = built({wedges, {island}});
    EXPECT_EQ(s.arrangement.face_count, 5u);
    EXPECT_EQ(cover_at(s, 0, {-100, 8'000}).size(), 1u);
    EXPECT_EQ(cover_at(s, 0, {-100, 8'000}), cover_at(s, 0, {100, 6'000})) << "around the island and on it";
    for (Rings& wedge : wedges)
      for (Ring& ring : wedge)
        for (Point& p : ring.points) p = {p.x, p.y + 7};
    std::rotate(wedges.begin(), wedges.begin() + 1, wedges.end());
  }
}

// --- rings as they should not be ---

TEST(Build, ABowTieKeepsBothLobes) {
  // The right lobe is the larger one.
  const Subdivision s = built({{rings({{0, 0}, {3000, 3000}, {3000, 0}, {0, 1000}})}});
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_EQ(cover_at(s, 0, {100, 500}), Labels{0});
  EXPECT_EQ(cover_at(s, 0, {2900, 1500}), Labels{0});
  ASSERT_EQ(s.odd_windings.size(), 1u);
  EXPECT_EQ(s.odd_windings[0].winding, -1);
  EXPECT_EQ(s.odd_windings[0].face, face_at(s, {100, 500}));
}

TEST(Build, ABowTieOfEqualLobesKeepsBothToo) {
  const Subdivision s = built({{rings({{0, 0}, {2000, 2000}, {2000, 0}, {0, 2000}})}});
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 2);
  EXPECT_EQ(cover_at(s, 0, {100, 1000}), Labels{0});
  EXPECT_EQ(cover_at(s, 0, {1900, 1000}), Labels{0});
  EXPECT_EQ(s.odd_windings.size(), 1u);
}

TEST(Build, ARingThatOverlapsItselfKeepsTheOverlap) {
  // Twice round a square, the second time with a smaller one.
  const Subdivision s =
      built({{rings({{0, 0}, {3000, 0}, {3000, 3000}, {0, 3000}, {0, 0}, {1000, 0}, {1000, 1000}, {0, 1000}})}});
  EXPECT_EQ(cover_at(s, 0, {500, 500}), Labels{0});
  EXPECT_EQ(cover_at(s, 0, {2500, 2500}), Labels{0});
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 9);
  ASSERT_EQ(s.odd_windings.size(), 1u);
  EXPECT_EQ(s.odd_windings[0].winding, 2);
}

TEST(Build, ASpikeVanishes) {
  const Rings plain = rings({{0, 0}, {2000, 0}, {2000, 2000}, {0, 2000}});
  const Rings spiked = rings(
      {{0, 0}, {2000, 0}, {2000, 1000}, {5000, 1500}, {2000, 1000}, {2000, 2000}, {0, 2000}, {-700, 2900}, {0, 2000}});
  const Subdivision s = built({{spiked}});
  EXPECT_EQ(s.arrangement.face_count, 2u);
  for (Point p : s.arrangement.points) EXPECT_TRUE(p.x >= 0 && p.x <= 2000 && p.y <= 2000) << p.x << ',' << p.y;
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 4);
  EXPECT_TRUE(s.odd_windings.empty());
  EXPECT_EQ(doubled_areas(s.arrangement).size(), doubled_areas(built({{plain}}).arrangement).size());
}

TEST(Build, ASpikeAcrossTheCellLeavesNoCut) {
  // Out over the far side and back again, through the cell's own ground.
  const Subdivision s =
      built({{rings({{0, 0}, {2000, 0}, {2000, 2000}, {1000, 2000}, {900, -5000}, {1000, 2000}, {0, 2000}})}});
  EXPECT_EQ(s.arrangement.face_count, 2u);
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 4);
}

TEST(Build, ARingWithoutGroundIsNothing) {
  EXPECT_EQ(built({{rings({{0, 0}, {1000, 500}, {2000, 1000}})}}).arrangement.face_count, 1u);
  EXPECT_EQ(built({{rings({{0, 0}, {0, 0}, {0, 0}})}}).arrangement.face_count, 1u);
  EXPECT_EQ(built({{Rings{Ring{}}, Rings{}}}).arrangement.face_count, 1u);
  EXPECT_EQ(built({}).arrangement.face_count, 1u);
}

TEST(Build, OrientationOfRingsDoesNotMatter) {
  const Rows rows{"aaab", "a.ab", "aaab"};
  Stack stack{draw::cells(rows, "ab")};
  const Subdivision before = built(stack);
  for (Rings& cell : stack[0])
    for (Ring& ring : cell) std::reverse(ring.points.begin(), ring.points.end());
  const Subdivision after = built(stack);
  EXPECT_EQ(after.arrangement, before.arrangement);
  EXPECT_EQ(after.labelings, before.labelings);
  EXPECT_TRUE(after.odd_windings.empty());
}

TEST(Build, ADuplicateCellStandsInOverlaps) {
  const Rows rows{"ab", "ab"};
  Cells layer = draw::cells(rows, "ab");
  layer.push_back(layer[0]);
  const Subdivision s = built({layer});
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_EQ(cover_at(s, 0, draw::centre(rows, 0, 0)), (Labels{0, 2}));
  EXPECT_EQ(cover_at(s, 0, draw::centre(rows, 1, 0)), (Labels{1}));
  EXPECT_TRUE(s.odd_windings.empty()) << "two cells are an overlap, not a cell that winds twice";
}

TEST(Build, ACoveredCellKeepsItsIdentityInOverlaps) {
  const Rows over{"aaaa", "aaaa", "aaaa"}, under{"....", ".bb.", "...."};
  Cells layer = draw::cells(over, "a");
  layer.push_back(draw::cells(under, "b")[0]);
  const Subdivision s = built({layer});
  EXPECT_EQ(s.arrangement.face_count, 3u);
  EXPECT_EQ(cover_at(s, 0, draw::centre(over, 1, 1)), (Labels{0, 1}));
  EXPECT_EQ(cover_at(s, 0, draw::centre(over, 0, 0)), (Labels{0}));
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 0), 12);
  EXPECT_DOUBLE_EQ(cell_area(s, 0, 1), 2);
}

TEST(Build, ThreeCellsOverEachOtherAreAllNamed) {
  const Rings low = rings({{0, 0}, {3000, 0}, {3000, 1000}, {0, 1000}});
  const Rings middle = rings({{1000, 0}, {4000, 0}, {4000, 1000}, {1000, 1000}});
  const Rings high = rings({{2000, 0}, {5000, 0}, {5000, 1000}, {2000, 1000}});
  const Subdivision s = built({{high, low, middle}});
  EXPECT_EQ(s.arrangement.face_count, 6u);
  EXPECT_EQ(cover_at(s, 0, {500, 500}), (Labels{1}));
  EXPECT_EQ(cover_at(s, 0, {1500, 500}), (Labels{1, 2}));
  EXPECT_EQ(cover_at(s, 0, {2500, 500}), (Labels{0, 1, 2}));
  EXPECT_EQ(cover_at(s, 0, {3500, 500}), (Labels{0, 2}));
  EXPECT_EQ(cover_at(s, 0, {4500, 500}), (Labels{0}));
}

TEST(Build, WorksAtTheEdgeOfTheLattice) {
  constexpr std::int32_t kMost = kCoordinateLimit - 1;
  const Rings all = rings({{-kMost, -kMost}, {kMost, -kMost}, {kMost, kMost}, {-kMost, kMost}});
  const Rings half = rings({{-kMost, -kMost}, {kMost, -kMost}, {kMost, kMost}});
  const Rings other = rings({{kMost, -kMost}, {-kMost, kMost}, {-kMost, kMost - 1}, {kMost - 1, -kMost}});
  const Subdivision s = built({{all}, {half}, {other}});
  EXPECT_EQ(cover_at(s, 1, {5000, 1000}), Labels{0});
  EXPECT_EQ(cover_at(s, 1, {1000, 5000}), Labels{});
  EXPECT_EQ(cover_at(s, 0, {1000, 5000}), Labels{0});
  EXPECT_EQ(cover_at(s, 2, {1000, 5000}), Labels{});
}

// --- random stacks ---

// A lattice point well inside every face that has one: the middle of a chord through the face, half way up.
std::vector<std::pair<FaceId, Point>> inner_points(const Arrangement& m) {
  std::vector<std::pair<FaceId, Point>> out;
  const auto boxes = face_boxes(m);
  std::vector<std::vector<ArcId>> arcs_of(m.face_count);
  for (ArcId a = 0; a < m.arcs.size(); ++a)
    for (FaceId f : {m.arcs[a].left, m.arcs[a].right}) arcs_of[f].push_back(a);
  for (FaceId f = 1; f < m.face_count; ++f) {
    const double y = boxes[f].min.y / 2 + boxes[f].max.y / 2 + 0.25;
    std::vector<double> x;
    for (ArcId a : arcs_of[f]) {
      const auto p = m.points_of(a);
      for (std::size_t i = 0; i + 1 < p.size(); ++i)
        if ((p[i].y < y) != (p[i + 1].y < y))
          x.push_back(p[i].x + (y - p[i].y) * (static_cast<double>(p[i + 1].x) - p[i].x) /
                                   (static_cast<double>(p[i + 1].y) - p[i].y));
    }
    std::sort(x.begin(), x.end());
    double widest = 0, middle = 0;
    for (std::size_t i = 0; i + 1 < x.size(); i += 2)
      if (x[i + 1] - x[i] > widest) {
        widest = x[i + 1] - x[i];
        middle = (x[i] + x[i + 1]) / 2;
      }
    const Point p{static_cast<std::int32_t>(std::lround(middle)), static_cast<std::int32_t>(std::floor(y))};
    if (widest >= 4) out.emplace_back(f, p);
  }
  return out;
}

// No ring passes within two units of p: rounding cannot have moved one across.
bool clear_of(const Stack& stack, Point p) {
  for (const Cells& layer : stack)
    for (const Rings& cell : layer)
      for (const Ring& ring : cell)
        for (std::size_t i = 0; i < ring.points.size(); ++i) {
          const Point a = ring.points[i], b = ring.points[(i + 1) % ring.points.size()];
          const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
          const double px = static_cast<double>(p.x) - a.x, py = static_cast<double>(p.y) - a.y;
          const double length2 = dx * dx + dy * dy;
          const double t = length2 == 0 ? 0 : std::clamp((px * dx + py * dy) / length2, 0.0, 1.0);
          if (std::hypot(px - t * dx, py - t * dy) < 2) return false;
        }
  return true;
}

draw::CityOptions messy(std::uint64_t seed) {
  draw::CityOptions o;
  o.columns = o.rows = 11;
  o.layers = 3 + static_cast<int>(seed % 2);
  o.regions = 30;
  o.ragged = seed % 4 == 1;
  o.odd_rings = 10;
  o.empty_squares = 15;
  return o;
}

TEST(BuildRandom, LabelsAgreeWithWindingNumbers) {
  std::size_t asked = 0, overlapped = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Stack stack = draw::random_city(seed, messy(seed));
    const Subdivision s = built(stack);
    for (const auto& [face, p] : inner_points(s.arrangement)) {
      if (!clear_of(stack, p)) continue;
      for (std::size_t l = 0; l < stack.size(); ++l) {
        const Labels cover = draw::cover(s.labelings[l], face);
        ASSERT_EQ(cover, *draw::covering(stack[l], p))
            << "seed " << seed << ", layer " << l << " at " << p.x << ',' << p.y;
        overlapped += cover.size() > 1;
      }
      ++asked;
    }
  }
  EXPECT_GT(asked, 1000u);
  EXPECT_GT(overlapped, 10u);
}

TEST(BuildRandom, CellsKeepTheirAreaToTheRoundingOfTheirBorders) {
  for (std::uint64_t seed = 20; seed < 26; ++seed) {
    draw::CityOptions o = messy(seed);
    o.odd_rings = 0;
    const Stack stack = draw::random_city(seed, o);
    const Subdivision s = built(stack);
    EXPECT_TRUE(s.odd_windings.empty());
    const auto area = doubled_areas(s.arrangement);
    for (std::size_t l = 0; l < stack.size(); ++l) {
      std::vector<Int128> got(stack[l].size(), 0);
      for (FaceId f = 1; f < s.arrangement.face_count; ++f)
        for (Label c : draw::cover(s.labelings[l], f)) got[c] += area[f];
      for (std::size_t c = 0; c < got.size(); ++c) {
        double whole = 0, rim = 0;
        for (const Ring& ring : stack[l][c]) {
          whole += static_cast<double>(doubled_area(ring.points));
          for (std::size_t i = 0; i < ring.points.size(); ++i) {
            const Point a = ring.points[i], b = ring.points[(i + 1) % ring.points.size()];
            rim += std::hypot(a.x - b.x, a.y - b.y);
          }
        }
        EXPECT_NEAR(static_cast<double>(got[c]) / 2, whole / 2, rim * std::sqrt(0.5)) << seed << ' ' << l << ' ' << c;
      }
    }
  }
}

// --- GEOS as the judge ---

// Which cells' winding numbers change across a segment, and by how much. A ring that runs out and back over the same
// segment bounds nothing there; GEOS would keep such a spike as a line that cuts faces.
using Steps = std::map<std::pair<std::size_t, std::size_t>, int>;  // layer and cell -> change

template <class Drawing>
void forget_idle(Drawing& drawing) {
  for (auto& [segment, steps] : drawing) std::erase_if(steps, [](const auto& s) { return s.second == 0; });
  std::erase_if(drawing, [](const auto& d) { return d.second.empty(); });
}

std::map<Segment, Steps> bounding_segments(const Stack& stack) {
  std::map<Segment, Steps> out;
  for (std::size_t l = 0; l < stack.size(); ++l)
    for (std::size_t c = 0; c < stack[l].size(); ++c)
      for (const Ring& ring : stack[l][c]) {
        const int turn = (doubled_area(ring.points) < 0) != ring.hole ? -1 : 1;
        for (std::size_t i = 0; i < ring.points.size(); ++i) {
          const Point a = ring.points[i], b = ring.points[(i + 1) % ring.points.size()];
          if (a < b) out[{a, b}][{l, c}] += turn;
          if (b < a) out[{b, a}][{l, c}] -= turn;
        }
      }
  forget_idle(out);
  return out;
}

std::vector<Segment> segments_of(const std::map<Segment, Steps>& drawing) {
  std::vector<Segment> out;
  for (const auto& [segment, steps] : drawing) out.push_back(segment);
  return out;
}

using Sizes = std::multiset<std::int64_t>;  // doubled areas in mm²: whole numbers on either side

Sizes sizes_of(const Arrangement& m) {
  Sizes out;
  const auto area = doubled_areas(m);
  for (FaceId f = 1; f < m.face_count; ++f) out.insert(static_cast<std::int64_t>(area[f]));
  return out;
}

Sizes sizes_of(const geos::Geometry& polygons) {
  Sizes out;
  for (const GEOSGeometry* g : geos::parts(polygons.get())) out.insert(std::llround(2 * geos::area(g)));
  return out;
}

// 200 stacks in shards, so that ctest runs them side by side: at least 2 000 segments each, borders that coincide
// within 3 mm, one ring in ten invalid.
class GeosOracle : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint64_t kStacks = 25;
  std::uint64_t first() const { return 1000 + GetParam() * kStacks; }
};
INSTANTIATE_TEST_SUITE_P(Shards, GeosOracle, testing::Range<std::uint64_t>(0, 8));

TEST_P(GeosOracle, FacesAreThoseGeosFindsInTheNodedLines) {
  geos::start();
  std::size_t faces = 0;
  for (std::uint64_t seed = first(); seed < first() + kStacks; ++seed) {
    SCOPED_TRACE(seed);
    const Stack stack = draw::random_city(seed, messy(seed));
    ASSERT_GT(draw::segment_count(stack), 2000u);
    const auto drawing = bounding_segments(stack);
    const std::vector<Segment> sources = segments_of(drawing);
    std::map<Segment, Steps> noded;
    for (const Piece& piece : snap_round(sources, 1))
      for (const auto& [cell, step] : drawing.at(sources[piece.source]))
        noded[piece.at][cell] += piece.along ? step : -step;
    forget_idle(noded);
    const geos::Faces theirs = geos::polygonized(geos::lines(segments_of(noded)));
    EXPECT_EQ(geos::parts(theirs.dangles.get()).size(), 0u);
    EXPECT_EQ(geos::parts(theirs.cuts.get()).size(), 0u);
    const Subdivision s = built(stack, 2);
    EXPECT_TRUE(verify(s.arrangement).empty());
    const Sizes mine = sizes_of(s.arrangement);
    EXPECT_EQ(mine, sizes_of(theirs.polygons));
    faces += mine.size();
  }
  EXPECT_GT(faces, 1000 * kStacks);
}

std::set<Point> ends_of(const GEOSGeometry* lines) {
  std::set<Point> out;
  for (const GEOSGeometry* g : geos::parts(lines)) {
    const auto points = geos::points(g);
    out.insert(points.begin(), points.end());
  }
  return out;
}

// GEOS nodes by snap rounding, too, with the same half-open pixels: its nodes are ours. It then looks at the rounded
// lines once more (SnapRoundingNoder::computeVertexSnaps) and cuts those that have come into the pixel of a node that
// their source did not meet; the plain definition leaves them. So the nodes agree to the last one, and pieces and faces
// but for such a cut here and there.
TEST(BuildRandom, NodesAreThoseOfGeosSnapRounding) {
  geos::start();
  for (std::uint64_t seed = 200; seed < 240; ++seed) {
    SCOPED_TRACE(seed);
    draw::CityOptions o = messy(seed);
    if (seed % 3 == 0) o.slack = 1;
    const std::vector<Segment> segments = segments_of(bounding_segments(draw::random_city(seed, o)));
    std::set<Point> mine;
    for (const Piece& p : snap_round(segments, 1)) mine.insert({p.at.a, p.at.b});
    EXPECT_EQ(mine, ends_of(geos::noded(segments).get()));
  }
}

// Ground that rings cover, by GEOS from end to end: its noder, its faces, and the winding number of the rings at a
// point inside each.
TEST_P(GeosOracle, CellsHaveTheAreaThatGeosFinds) {
  geos::start();
  for (std::uint64_t seed = first(); seed < first() + kStacks; ++seed) {
    SCOPED_TRACE(seed);
    const Stack stack = draw::random_city(seed, messy(seed));
    ASSERT_GT(draw::segment_count(stack), 2000u);
    const Subdivision s = built(stack);
    const auto area = doubled_areas(s.arrangement);
    const geos::Faces theirs = geos::polygonized(geos::noded(segments_of(bounding_segments(stack))));
    const auto count = static_cast<double>(geos::parts(theirs.polygons.get()).size());
    EXPECT_NEAR(s.arrangement.face_count - 1.0, count, 0.02 * count + 2);
    for (std::size_t l = 0; l < stack.size(); ++l)
      for (std::size_t c = 0; c < stack[l].size(); ++c) {
        double got = 0, expected = 0, rim = 0;
        Box box;
        for (const Ring& ring : stack[l][c]) {
          box.extend(box_of(ring.points));
          for (std::size_t i = 0; i < ring.points.size(); ++i) {
            const Point a = ring.points[i], b = ring.points[(i + 1) % ring.points.size()];
            rim += std::hypot(a.x - b.x, a.y - b.y);
          }
        }
        for (FaceId f = 1; f < s.arrangement.face_count; ++f)
          for (Label label : draw::cover(s.labelings[l], f))
            got += label == static_cast<Label>(c) ? static_cast<double>(area[f]) / 2 : 0;
        for (const auto& [size, p] : theirs.inner)
          if (box.intersects({p, p}) && draw::winding(stack[l][c], p).value_or(0) != 0) expected += size;
        EXPECT_NEAR(got, expected, 2 * rim + 1) << "layer " << l << ", cell " << c;
      }
  }
}

// --- independence ---

TEST(BuildRandom, DoesNotDependOnThreads) {
  const Stack stack = draw::random_city(50, messy(53));
  const Subdivision one = built(stack, 1);
  for (unsigned threads : {2u, 8u}) {
    const Subdivision many = built(stack, threads);
    EXPECT_EQ(one.arrangement, many.arrangement);
    EXPECT_EQ(one.labelings, many.labelings);
  }
}

// Cells, layers and rings in another order, rings turned and begun elsewhere: the same arrangement, to the last number.
TEST(BuildRandom, DoesNotDependOnTheOrderOfInput) {
  for (std::uint64_t seed = 60; seed < 64; ++seed) {
    const Stack stack = draw::random_city(seed, messy(seed));
    draw::Random random(seed);
    std::vector<std::size_t> layer_order;
    for (std::size_t l = 0; l < stack.size(); ++l) layer_order.push_back(l);
    random.shuffle(layer_order);
    Stack shuffled;
    std::vector<std::vector<Label>> cell_order;
    for (std::size_t l : layer_order) {
      std::vector<Label> cells;
      for (std::size_t c = 0; c < stack[l].size(); ++c) cells.push_back(static_cast<Label>(c));
      random.shuffle(cells);
      shuffled.emplace_back();
      for (Label c : cells) {
        Rings rings_of_cell = stack[l][c];
        random.shuffle(rings_of_cell);
        for (Ring& r : rings_of_cell) {
          std::rotate(r.points.begin(),
                      r.points.begin() + random.between(0, static_cast<std::int64_t>(r.points.size()) - 1),
                      r.points.end());
          if (random.one_in(2) && doubled_area(r.points) != 0) std::reverse(r.points.begin(), r.points.end());
        }
        shuffled.back().push_back(std::move(rings_of_cell));
      }
      cell_order.push_back(std::move(cells));
    }
    const Subdivision before = built(stack), after = built(shuffled);
    ASSERT_EQ(before.arrangement, after.arrangement);
    for (std::size_t l = 0; l < stack.size(); ++l)
      for (FaceId f = 1; f < before.arrangement.face_count; ++f) {
        Labels cover;
        for (Label c : draw::cover(after.labelings[l], f)) cover.push_back(cell_order[l][c]);
        std::sort(cover.begin(), cover.end());
        ASSERT_EQ(cover, draw::cover(before.labelings[layer_order[l]], f));
      }
  }
}

TEST(BuildRandom, MovesWithTheGround) {
  const Stack stack = draw::random_city(70, messy(70));
  const Subdivision here = built(stack);
  for (const Point shift :
       {Point{-977'531, 12'345'679}, Point{kCoordinateLimit - 600'000, -kCoordinateLimit + 600'000}}) {
    Stack moved = stack;
    for (Cells& layer : moved)
      for (Rings& cell : layer)
        for (Ring& ring : cell)
          for (Point& p : ring.points) p = {p.x + shift.x, p.y + shift.y};
    Subdivision there = built(moved);
    for (Point& p : there.arrangement.points) p = {p.x - shift.x, p.y - shift.y};
    for (Point& p : there.arrangement.nodes) p = {p.x - shift.x, p.y - shift.y};
    EXPECT_EQ(there.arrangement, here.arrangement);
    EXPECT_EQ(there.labelings, here.labelings);
  }
}

}  // namespace
}  // namespace gridloom
