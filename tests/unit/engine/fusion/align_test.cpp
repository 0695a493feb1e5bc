// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/align.h"

#include <gtest/gtest.h>

#include "engine/geometry/box_index.h"
#include "engine/geometry/distance.h"
#include "support/delivered.h"

namespace gridloom {
namespace {

using draw::rectangle;
using draw::Rings;
using State = std::vector<Label>;

// Layers over one or more administrative units, aligned.
struct Aligned {
  Subdivision raw;  // stack: the units, then the layers
  Frame frame;
  std::vector<CoverTable> covers;
  std::vector<AlignLayer> layers;
  Alignment result;

  FaceId face(double x, double y) const {
    const auto faces = draw::faces_at(raw.arrangement, {static_cast<std::int32_t>(std::lround(x * 1000)),
                                                        static_cast<std::int32_t>(std::lround(y * 1000))});
    EXPECT_EQ(faces.size(), 1u) << x << ',' << y << " lies on an arc";
    return faces.front();
  }
  State before(std::size_t layer, double x, double y) const {
    return covers[layer].states[covers[layer].of_face[face(x, y)]];
  }
  State after(std::size_t layer, double x, double y) const { return after(layer, face(x, y)); }
  State after(std::size_t layer, FaceId f) const {
    return covers[layer].states[result.state_of_group[layer][result.group_of_face[f]]];
  }
  std::uint32_t groups() const { return result.group_count - 1; }
};

struct LayerSpec {
  draw::Cells cells;
  int rank = 1;
  double accuracy_m = 5;
  bool locked = false;
};

Aligned aligned(const draw::Cells& units, const std::vector<LayerSpec>& specs, double min_width_m = 10) {
  Aligned out;
  draw::Stack stack{units};
  for (const LayerSpec& s : specs) {
    stack.push_back(s.cells);
    out.layers.push_back({s.rank, s.accuracy_m, s.locked, s.cells.size(), {}});
  }
  out.raw = draw::build_stack(stack);
  AdminLevel level;
  level.of_face = out.raw.labelings[0].of_face;
  level.units.resize(units.size());
  out.frame.levels.push_back(level);
  for (std::size_t l = 1; l < stack.size(); ++l) out.covers.push_back(cover_table(out.raw.labelings[l]));
  AlignOptions options;
  options.min_width_m = min_width_m;
  out.result = align(out.raw.arrangement, out.frame, out.covers, out.layers, {}, options);
  return out;
}

const draw::Cells kOneUnit{rectangle(0, 0, 1000, 600)};

// Two cells with a line at x.
draw::Cells halves(double x) { return {rectangle(0, 0, x, 600), rectangle(x, 0, 1000, 600)}; }

// Groups are edge-connected, inside one unit, and everything inside the frame is in one.
void expect_sound(const Aligned& a) {
  const Arrangement& m = a.raw.arrangement;
  const auto& unit = a.frame.levels.back().of_face;
  const auto& group = a.result.group_of_face;
  ASSERT_EQ(group.size(), m.face_count);
  std::vector<FaceId> root(m.face_count);
  for (FaceId f = 0; f < m.face_count; ++f) root[f] = f;
  const auto find = [&](FaceId f) {
    while (root[f] != f) f = root[f];
    return f;
  };
  for (const Arc& arc : m.arcs)
    if (group[arc.left] == group[arc.right]) root[find(arc.left)] = find(arc.right);
  std::map<std::uint32_t, std::set<FaceId>> pieces;
  std::map<std::uint32_t, std::set<Label>> units;
  for (FaceId f = 1; f < m.face_count; ++f) {
    EXPECT_EQ(group[f] == 0, unit[f] == kGap);
    EXPECT_LT(group[f], a.result.group_count);
    if (group[f] == 0) continue;
    pieces[group[f]].insert(find(f));
    units[group[f]].insert(unit[f]);
  }
  for (const auto& [g, roots] : pieces) EXPECT_EQ(roots.size(), 1u) << "group " << g << " is in pieces";
  for (const auto& [g, labels] : units) EXPECT_EQ(labels.size(), 1u) << "group " << g << " crosses a hard line";
  EXPECT_EQ(pieces.size(), a.result.group_count - 1);
}

TEST(CoverTable, ListsEveryStateOnce) {
  draw::Cells cells = halves(500);
  cells.push_back(rectangle(400, 0, 600, 600));
  const Subdivision s = draw::build_stack({cells});
  const CoverTable table = cover_table(s.labelings[0]);
  ASSERT_EQ(table.of_face.size(), s.arrangement.face_count);
  EXPECT_TRUE(table.states[0].empty());
  EXPECT_EQ(table.of_face[kOutside], 0u);
  EXPECT_EQ(std::set<State>(table.states.begin(), table.states.end()).size(), table.states.size());
  EXPECT_EQ(table.states.size(), 5u);
  for (FaceId f = 1; f < s.arrangement.face_count; ++f)
    EXPECT_EQ(table.states[table.of_face[f]], draw::cover(s.labelings[0], f));
}

TEST(Align, AThinSliverGoesAndTheLowerRankMoves) {
  const Aligned a = aligned(kOneUnit, {{halves(500), 1}, {halves(504), 2}});
  expect_sound(a);
  EXPECT_EQ(a.groups(), 2u);
  EXPECT_EQ(a.after(0, 502, 300), State{1}) << "the higher rank stays";
  EXPECT_EQ(a.after(1, 502, 300), State{1}) << "the lower rank follows it";
  EXPECT_EQ(a.before(1, 502, 300), State{0});
}

TEST(Align, RankDecidesNotTheOrderOfLayers) {
  const Aligned a = aligned(kOneUnit, {{halves(500), 2}, {halves(504), 1}});
  EXPECT_EQ(a.after(0, 502, 300), State{0});
  EXPECT_EQ(a.after(1, 502, 300), State{0});
}

TEST(Align, AWideStripStays) {
  const Aligned a = aligned(kOneUnit, {{halves(500), 1, 50}, {halves(520), 2, 50}});
  expect_sound(a);
  EXPECT_EQ(a.groups(), 3u);
}

TEST(Align, NoBoundaryMovesFartherThanItsAccuracy) {
  // The sliver is 4 m wide: an accuracy of 3.9 m does not allow either line to move.
  EXPECT_EQ(aligned(kOneUnit, {{halves(500), 1, 3.9}, {halves(504), 2, 3.9}}).groups(), 3u);
  // Where only the higher rank is so inaccurate, it moves.
  const Aligned a = aligned(kOneUnit, {{halves(500), 1, 4.1}, {halves(504), 2, 3.9}});
  EXPECT_EQ(a.groups(), 2u);
  EXPECT_EQ(a.after(0, 502, 300), State{0});
  EXPECT_EQ(a.after(1, 502, 300), State{0});
}

TEST(Align, AnAccuracyOfZeroNeverMoves) {
  EXPECT_EQ(aligned(kOneUnit, {{halves(500), 1, 0}, {halves(504), 2, 0}}).groups(), 3u);
  const Aligned a = aligned(kOneUnit, {{halves(500), 1, 5}, {halves(504), 2, 0}});
  EXPECT_EQ(a.after(1, 502, 300), State{0});
  EXPECT_EQ(a.after(0, 502, 300), State{0});
}

TEST(Align, ALockedLayerIsUntouched) {
  const Aligned a = aligned(kOneUnit, {{halves(500), 1}, {halves(504), 2, 5, true}});
  EXPECT_EQ(a.groups(), 2u);
  EXPECT_EQ(a.after(0, 502, 300), State{0}) << "the unlocked one moves, though of higher rank";
  EXPECT_EQ(a.after(1, 502, 300), State{0});
  EXPECT_EQ(aligned(kOneUnit, {{halves(500), 1, 5, true}, {halves(504), 2, 5, true}}).groups(), 3u);
}

TEST(Align, AHardLineNeverMoves) {
  // The layer's line runs 4 m beside the line between two units: the sliver may only join its own unit, where the layer
  // gives way.
  const draw::Cells units = halves(500);
  const Aligned a = aligned(units, {{halves(504), 1}});
  expect_sound(a);
  EXPECT_EQ(a.groups(), 2u);
  EXPECT_EQ(a.after(0, 502, 300), State{1});
  // Locked, the sliver stays beside the hard line.
  EXPECT_EQ(aligned(units, {{halves(504), 1, 5, true}}).groups(), 3u);
}

TEST(Align, FillsAThinGapAndNeverMakesOneGrow) {
  const draw::Cells apart{rectangle(0, 0, 500, 600), rectangle(504, 0, 1000, 600)};
  const Aligned filled = aligned(kOneUnit, {{apart, 1}});
  EXPECT_EQ(filled.groups(), 2u);
  EXPECT_EQ(filled.after(0, 502, 300).size(), 1u);
  // A gap of 100 m, and beside it a sliver that another layer cuts off: the sliver does not become part of the gap.
  const draw::Cells wide{rectangle(0, 0, 500, 600), rectangle(600, 0, 1000, 600)};
  const Aligned a = aligned(kOneUnit, {{wide, 2}, {halves(496), 1, 5, true}});
  expect_sound(a);
  EXPECT_EQ(a.after(0, 498, 300), State{0});
  EXPECT_EQ(a.after(0, 550, 300), State{});
}

TEST(Align, SettlesAThinOverlapAndNeverMakesOneGrow) {
  const draw::Cells over{rectangle(0, 0, 504, 600), rectangle(500, 0, 1000, 600)};
  const Aligned settled = aligned(kOneUnit, {{over, 1}});
  EXPECT_EQ(settled.groups(), 2u);
  EXPECT_EQ(settled.before(0, 502, 300).size(), 2u);
  EXPECT_EQ(settled.after(0, 502, 300).size(), 1u);
  const draw::Cells wide{rectangle(0, 0, 600, 600), rectangle(500, 0, 1000, 600)};
  const Aligned a = aligned(kOneUnit, {{wide, 2}, {halves(496), 1, 5, true}});
  EXPECT_EQ(a.after(0, 498, 300), State{0});
  EXPECT_EQ(a.after(0, 550, 300), (State{0, 1}));
}

TEST(Align, KeepsATinyCell) {
  // A kiosk of 8 m by 8 m: thin, but all its cell has.
  draw::Cells cells{rectangle(0, 0, 1000, 600), rectangle(496, 296, 504, 304)};
  cells[0].push_back(Ring{cells[1][0].points, true});
  const Aligned a = aligned(kOneUnit, {{cells, 1, 50}});
  EXPECT_EQ(a.groups(), 2u);
  EXPECT_EQ(a.after(0, 500, 300), State{1});
}

TEST(Align, AnEnclaveGoesOnlyWithinTheAccuracy) {
  // A second part of cell 1, 18 m by 18 m, far inside cell 0: thin by its 2A/P of 9 m, yet its rim would move 9 m.
  draw::Cells cells = halves(500);
  const Rings enclave = rectangle(200, 200, 218, 218);
  cells[0].push_back(Ring{enclave[0].points, true});
  cells[1] = draw::together(cells[1], enclave);
  EXPECT_EQ(aligned(kOneUnit, {{cells, 1, 1}}).groups(), 3u) << "an accuracy of 1 m";
  EXPECT_EQ(aligned(kOneUnit, {{cells, 1, 20}}).groups(), 2u) << "an accuracy of 20 m";
}

TEST(Align, DoesNotAddUpMoves) {
  // Three lines 3 m and 4.5 m apart, the last of the highest rank: each move alone is within 5 m, the first line's two
  // are not.
  const Aligned a = aligned(kOneUnit, {{halves(500), 9, 5}, {halves(503), 8, 5}, {halves(507.5), 1, 5, true}});
  EXPECT_EQ(a.after(0, 506, 300), State{1}) << "the first line has moved 7.5 m";
}

TEST(Align, EqualNeighboursBecomeOne) {
  // Two layers that drew the same cells: nothing thin, three faces become two groups.
  const Aligned a = aligned(kOneUnit, {{{rectangle(0, 0, 300, 600), rectangle(300, 0, 1000, 600)}, 1}});
  EXPECT_EQ(a.groups(), 2u);
  const draw::Cells units = halves(500);
  const Aligned cut = aligned(units, {{{rectangle(0, 0, 1000, 600)}, 1}});
  EXPECT_EQ(cut.groups(), 2u) << "a hard line separates what a layer does not";
}

// --- properties on random cities ---

struct City {
  draw::Cells units;
  std::vector<LayerSpec> layers;
};

City random_layers(std::uint64_t seed) {
  draw::CityOptions o;
  o.columns = o.rows = 8;
  o.layers = 4;
  o.slack = 3'000;  // metres apart now, not millimetres
  o.ragged = seed % 3 == 0;
  o.odd_rings = 12;
  o.empty_squares = 14;
  o.bends = 2;
  draw::Stack stack = draw::random_city(seed, o);
  City out;
  out.units = stack[0];
  for (std::size_t l = 1; l < stack.size(); ++l)
    out.layers.push_back({stack[l], static_cast<int>(l), 3.0 + 2 * static_cast<double>(l), l == 2 && seed % 4 == 0});
  return out;
}

std::vector<Segment> boundary(const Arrangement& m, const std::function<bool(const Arc&)>& drawn) {
  std::vector<Segment> out;
  for (const Arc& arc : m.arcs) {
    if (!drawn(arc)) continue;
    for (std::uint32_t i = arc.first; i + 1 < arc.first + arc.count; ++i)
      out.push_back({std::min(m.points[i], m.points[i + 1]), std::max(m.points[i], m.points[i + 1])});
  }
  return out;
}

TEST(AlignRandom, KeepsItsPromises) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    const City city = random_layers(seed);
    const Aligned a = aligned(city.units, city.layers);
    expect_sound(a);
    EXPECT_LT(a.groups(), a.raw.arrangement.face_count - 1);
    const auto area = doubled_areas(a.raw.arrangement);
    const auto inside = [&](FaceId f) { return a.result.group_of_face[f] != 0; };
    for (std::size_t l = 0; l < city.layers.size(); ++l) {
      SCOPED_TRACE("layer " + std::to_string(l));
      std::vector<double> was(city.layers[l].cells.size(), 0), is(was);
      const std::vector<char> covered = covered_cells(a.covers[l], was.size());
      Int128 gap = 0, overlap = 0;  // growth
      for (FaceId f = 1; f < a.raw.arrangement.face_count; ++f) {
        if (!inside(f)) continue;
        const State before = a.covers[l].states[a.covers[l].of_face[f]], after = a.after(l, f);
        for (Label c : before) was[c] += static_cast<double>(area[f]);
        for (Label c : after) is[c] += static_cast<double>(area[f]);
        EXPECT_TRUE(before == after || !city.layers[l].locked);
        gap += area[f] * (after.empty() - before.empty());
        overlap += area[f] * ((after.size() > 1) - (before.size() > 1));
      }
      EXPECT_LE(square_metres(gap), 0) << "ground without a cell grew";
      EXPECT_LE(square_metres(overlap), 0) << "ground with several cells grew";
      for (std::size_t c = 0; c < was.size(); ++c)
        EXPECT_TRUE(covered[c] || is[c] >= 0.9 * was[c] * (1 - 1e-12)) << "cell " << c;
    }
  }
}

// Wherever a layer's boundary runs afterwards, it ran within its accuracy before (or a hard line does).
TEST(AlignRandom, NoBoundaryMovesFartherThanItsAccuracy) {
  double moved = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const City city = random_layers(seed);
    const Aligned a = aligned(city.units, city.layers);
    for (std::size_t l = 0; l < city.layers.size(); ++l) {
      const auto& before = a.covers[l].of_face;
      const std::vector<Segment> was = boundary(a.raw.arrangement, [&](const Arc& arc) {
        return before[arc.left] != before[arc.right] || a.result.group_of_face[arc.left] == 0 ||
               a.result.group_of_face[arc.right] == 0;
      });
      const std::vector<Segment> is = boundary(a.raw.arrangement, [&](const Arc& arc) {
        const auto g = a.result.group_of_face[arc.left], h = a.result.group_of_face[arc.right];
        return g != 0 && h != 0 && a.result.state_of_group[l][g] != a.result.state_of_group[l][h];
      });
      std::vector<Box> boxes;
      for (const Segment& t : was) boxes.push_back(box_of(t));
      const BoxIndex index(boxes);
      constexpr std::int32_t kReach = 25'000;
      double farthest = 0;
      for (const Segment& s : is)
        for (int i = 0; i <= 8; ++i) {
          const Point p{s.a.x + (s.b.x - s.a.x) / 8 * i, s.a.y + (s.b.y - s.a.y) / 8 * i};
          double nearest = kReach;
          index.query({{p.x - kReach, p.y - kReach}, {p.x + kReach, p.y + kReach}},
                      [&](std::uint32_t t) { nearest = std::min(nearest, distance(p, was[t])); });
          farthest = std::max(farthest, nearest);
        }
      // Align looks at points a quarter of the accuracy apart.
      EXPECT_LE(farthest / 1000, city.layers[l].accuracy_m * 1.125) << "seed " << seed << ", layer " << l;
      moved = std::max(moved, farthest / 1000);
    }
  }
  EXPECT_GT(moved, 3) << "nothing to see";
}

// --- what ranks and accuracies promise ---

bool outside_after(const Aligned& a, FaceId f) { return a.result.group_of_face[f] == 0; }

// Arcs inside the frame where the layer has a boundary now.
bool bounds_after(const Aligned& a, std::size_t l, const Arc& arc) {
  return !outside_after(a, arc.left) && !outside_after(a, arc.right) && a.after(l, arc.left) != a.after(l, arc.right);
}
bool bounds_before(const Aligned& a, std::size_t l, const Arc& arc) {
  return a.covers[l].of_face[arc.left] != a.covers[l].of_face[arc.right];
}

// Metres of boundary that came to lie on lines which only worse layers drew.
double moved_onto_worse(const Aligned& a, std::size_t l) {
  const auto& unit = a.frame.levels.back().of_face;
  const std::vector<double> length = arc_lengths(a.raw.arrangement);
  double sum = 0;
  for (ArcId i = 0; i < length.size(); ++i) {
    const Arc& arc = a.raw.arrangement.arcs[i];
    if (!bounds_after(a, l, arc) || bounds_before(a, l, arc) || unit[arc.left] != unit[arc.right]) continue;
    bool trusted = false;
    for (std::size_t k = 0; k < a.layers.size(); ++k)
      trusted |= bounds_before(a, k, arc) && (a.layers[k].locked || a.layers[k].accuracy_m <= a.layers[l].accuracy_m);
    if (!trusted) sum += length[i];
  }
  return sum;
}

TEST(Align, AGoodLineNeverMovesOntoABadOneWhateverTheRanks) {
  // 0.8 m apart: the good line could follow within its own accuracy.
  for (const auto& [good, bad] : {std::pair{1, 2}, std::pair{2, 1}}) {
    const Aligned a = aligned(kOneUnit, {{halves(500), good, 1}, {halves(500.8), bad, 10}});
    EXPECT_EQ(a.groups(), 2u);
    EXPECT_EQ(a.after(0, 500.4, 300), State{1}) << "the good line stays";
    EXPECT_EQ(a.after(1, 500.4, 300), State{1}) << "the bad one follows it";
  }
  // A locked line is known best, whatever is said of its layer.
  EXPECT_EQ(aligned(kOneUnit, {{halves(500), 2, 1}, {halves(500.8), 1, 10, true}}).groups(), 2u);
  // On random cities nothing but the ends of strips, of kilometres of boundary.
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    City city = random_layers(seed);
    std::vector<int> ranks{1, 2, 3};
    do {
      for (std::size_t l = 0; l < city.layers.size(); ++l) city.layers[l].rank = ranks[l];
      const Aligned a = aligned(city.units, city.layers);
      for (std::size_t l = 0; l < city.layers.size(); ++l) {
        const double followed = moved_onto_worse(a, l);
        EXPECT_LE(followed, 6) << "seed " << seed << ", layer " << l << ", rank " << ranks[l];
      }
    } while (std::next_permutation(ranks.begin(), ranks.end()));
  }
}

// Share of a layer's delivered line that still has one of its lines, or the frame's, within so many metres.
double recall(const Aligned& a, std::size_t l, double within_m) {
  std::vector<Segment> is = boundary(a.raw.arrangement, [&](const Arc& arc) {
    return outside_after(a, arc.left) != outside_after(a, arc.right) || bounds_after(a, l, arc);
  });
  std::vector<Box> boxes;
  for (const Segment& t : is) boxes.push_back(box_of(t));
  const BoxIndex index(boxes);
  const auto reach = static_cast<std::int32_t>(within_m * 1000);
  double all = 0, near = 0;
  for (const Arc& arc : a.raw.arrangement.arcs) {
    if (!bounds_before(a, l, arc) || outside_after(a, arc.left) || outside_after(a, arc.right)) continue;
    const auto p = std::span(a.raw.arrangement.points).subspan(arc.first, arc.count);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      const double length = std::hypot(p[i + 1].x - p[i].x, p[i + 1].y - p[i].y);
      const int steps = 1 + static_cast<int>(length / 500);
      for (int k = 0; k < steps; ++k) {
        const double t = (k + 0.5) / steps;
        const Point at{p[i].x + static_cast<std::int32_t>(t * (p[i + 1].x - p[i].x)),
                       p[i].y + static_cast<std::int32_t>(t * (p[i + 1].y - p[i].y))};
        bool found = false;
        index.query({{at.x - reach, at.y - reach}, {at.x + reach, at.y + reach}},
                    [&](std::uint32_t s) { found = found || distance(at, is[s]) <= reach; });
        all += length / steps;
        near += found ? length / steps : 0;
      }
    }
  }
  return all > 0 ? near / all : 1;
}

// What stays exactly where it was drawn is never less. Within 5 m it may be, by a little: where a layer gave way it may
// come nearer, by chance, to another line that it had left before.
TEST(AlignRandom, RaisingARankNeverLowersItsOwnRecall) {
  double gained = 0;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    City city = random_layers(seed);
    for (LayerSpec& l : city.layers) l.accuracy_m = 9;
    for (std::size_t l = 0; l < city.layers.size(); ++l) {
      std::vector<std::size_t> order;  // the others keep theirs, this one climbs from the last
      for (std::size_t k = 0; k < city.layers.size(); ++k)
        if (k != l) order.push_back(k);
      order.push_back(l);
      double exact = 0, near = 0;
      for (std::size_t place = order.size(); place > 0; --place) {
        for (std::size_t r = 0; r < order.size(); ++r) city.layers[order[r]].rank = static_cast<int>(r) + 1;
        const Aligned a = aligned(city.units, city.layers);
        const double exact_now = recall(a, l, 0.01), near_now = recall(a, l, 5);
        EXPECT_GE(exact_now, exact) << "seed " << seed << ", layer " << l << " raised to " << place;
        EXPECT_GE(near_now, near - 0.01) << "seed " << seed << ", layer " << l << " raised to " << place;
        if (place < order.size()) gained += exact_now - exact;
        exact = exact_now;
        near = near_now;
        if (place > 1) std::swap(order[place - 1], order[place - 2]);
      }
    }
  }
  EXPECT_GT(gained, 2) << "nothing to see";
}

}  // namespace
}  // namespace gridloom
