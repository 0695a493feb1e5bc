// SPDX-License-Identifier: Apache-2.0
// What fusion promises of every boundary, on random deliveries: hard and locked lines stay where they are, no other
// moves farther than its layer's accuracy but where a nesting moves it, and then the conflict says how far.
#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/fusion/displacement.h"
#include "engine/fusion/fuse.h"
#include "engine/geometry/nearest_segment.h"
#include "engine/proof/verify_city.h"
#include "support/town.h"

namespace gridloom {
namespace {

// The town's lines redrawn by up to a few metres, corner by corner; beats that nest in precincts, some told a wrong
// one.
FuseInput random_delivery(std::uint64_t seed) {
  draw::Random random(seed);
  FuseInput in = draw::town();
  in.layers.push_back(draw::delivered("beats",
                                      {"aaaabbbbcccc", "aaaabbbbcccc", "aaaabbbbcccc", "aaaabbbbcccc", "ddddddddeeee",
                                       "ddddddddeeee", "ffffffffgggg", "ffffffffgggg"},
                                      "abcdefg"));
  in.layers.back().rank = 5;
  in.layers.back().parent_layer = "police";
  in.layers.back().parents = {"p", seed % 2 == 0 ? "p" : "q", "q", "r", "r", "s", seed % 3 == 0 ? "r" : "s"};
  for (DeliveredLayer& layer : in.layers) {
    layer.shift = ShiftWord::keep;
    layer.accuracy_m = random.between(1, 12);
    for (DeliveredCell& cell : layer.cells)
      for (Ring& ring : cell.rings)
        for (Point& p : ring.points) p = {p.x + random.between(-4'000, 4'000), p.y + random.between(-4'000, 4'000)};
  }
  in.layers[seed % in.layers.size()].locked = true;
  return in;
}

City fused(FuseInput in) {
  SilentProgress quiet;
  City city = fuse(std::move(in), {1, "2026-01-01"}, quiet).city;
  const auto faults = verify(city);
  EXPECT_TRUE(faults.empty()) << draw::said(faults);
  return city;
}

constexpr std::uint64_t kSeeds = 6;

const std::vector<City>& cities() {
  static const std::vector<City> all = [] {
    std::vector<City> out;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) out.push_back(fused(random_delivery(seed)));
    return out;
  }();
  return all;
}

bool is_hard(const City& city, const Arc& arc) {
  const std::vector<Label>& unit = city.admin.back().of_face;
  return unit[arc.left] != unit[arc.right];
}

// Where a layer's cells end as delivered, and the hard lines, which end cells as well.
NearestSegment lines_before(const City& city, std::size_t l) {
  std::vector<Segment> out;
  for (const auto& rings : city.layers[l].delivered)
    for (const Ring& ring : rings)
      for (std::size_t i = 0; i < ring.points.size(); ++i)
        out.push_back(segment_between(ring.points[i], ring.points[(i + 1) % ring.points.size()]));
  for (ArcId a = 0; a < city.arrangement.arcs.size(); ++a) {
    if (!is_hard(city, city.arrangement.arcs[a])) continue;
    const auto p = city.arrangement.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) out.push_back(segment_between(p[i], p[i + 1]));
  }
  return NearestSegment(std::move(out));
}

// The farthest that a nesting says it moved a line of the layer, in metres.
double told_reach_m(const City& city, std::size_t l) {
  double most = 0;
  for (const Conflict& c : city.conflicts)
    if (const auto* passed = std::get_if<PassedToParent>(&c.facts); passed && c.layer == static_cast<std::int32_t>(l))
      most = std::max(most, passed->reach_m.value_or(0));
  return most;
}

double farthest_m(const City& city, std::size_t l) {
  const NearestSegment before = lines_before(city, l);
  double most = 0;
  for (ArcId a = 0; a < city.arrangement.arcs.size(); ++a) {
    if (!(city.support[a] >> l & 1)) continue;
    const auto p = city.arrangement.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      for (int k = 0; k <= 8; ++k) {
        const Point at{p[i].x + static_cast<std::int32_t>(std::lround((p[i + 1].x - p[i].x) * k / 8.0)),
                       p[i].y + static_cast<std::int32_t>(std::lround((p[i + 1].y - p[i].y) * k / 8.0))};
        if (const auto found = before.nearest(at, 1e6, [](std::uint32_t) { return true; }))
          most = std::max(most, found->distance / Lattice::kPerMetre);
      }
  }
  return most;
}

TEST(Promises, NoBoundaryMovesFartherThanItsAccuracyOrWhatItsNestingSays) {
  double by_accuracy = 0, by_nesting = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const City& city = cities()[seed];
    for (std::size_t l = 0; l < city.layers.size(); ++l) {
      const double moved = farthest_m(city, l), told = told_reach_m(city, l);
      // Align looks at points a quarter of the accuracy apart.
      EXPECT_LE(moved, city.layers[l].accuracy_m * 1.125 + told + 0.002) << "seed " << seed << ", layer " << l;
      (told > 0 ? by_nesting : by_accuracy) = std::max(told > 0 ? by_nesting : by_accuracy, moved);
    }
  }
  EXPECT_GT(by_accuracy, 2) << "nothing to see";
  EXPECT_GT(by_nesting, 20) << "nothing to see";
}

TEST(Promises, LockedLayersStay) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const City& city = cities()[seed];
    const std::size_t l = seed % city.layers.size();
    ASSERT_TRUE(city.layers[l].locked);
    EXPECT_LE(displacements(city, 1)[l].max_m, 0.0015) << "but for rounding, seed " << seed;
    EXPECT_LE(farthest_m(city, l), 0.0015) << "seed " << seed;
    for (const Conflict& c : city.conflicts)
      EXPECT_FALSE(c.layer == static_cast<std::int32_t>(l) &&
                   (c.kind == ConflictKind::sliver || c.kind == ConflictKind::nesting))
          << ids_text(city, c);
  }
}

TEST(Promises, HardLinesStay) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const FuseInput in = random_delivery(seed);
    std::vector<Segment> drawn;
    for (const DeliveredAdminLevel& level : in.admin)
      for (const DeliveredCell& cell : level.units.cells)
        for (const Ring& ring : cell.rings)
          for (std::size_t i = 0; i < ring.points.size(); ++i)
            drawn.push_back(segment_between(ring.points[i], ring.points[(i + 1) % ring.points.size()]));
    const NearestSegment before(std::move(drawn));
    const City& city = cities()[seed];
    double hard_m = 0;
    const std::vector<double> length = arc_lengths(city.arrangement);
    for (ArcId a = 0; a < length.size(); ++a) {
      if (!is_hard(city, city.arrangement.arcs[a])) continue;
      hard_m += length[a];
      for (Point p : city.arrangement.points_of(a)) {
        const auto found = before.nearest(p, 1e6, [](std::uint32_t) { return true; });
        ASSERT_TRUE(found);
        EXPECT_LE(found->distance, 0.75) << "half a lattice unit each way";
      }
    }
    EXPECT_NEAR(hard_m, 2 * (1200 + 800) + 1200 + 800, 0.1) << "all of them";
  }
}

}  // namespace
}  // namespace gridloom
