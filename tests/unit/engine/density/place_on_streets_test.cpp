// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/density/street_network.h"

namespace gridloom {
namespace {

using Line = std::vector<Point>;

// Lines in every direction: the nearest street, and how far along it, by looking at each.
TEST(PlaceOnStreets, EqualsLookingAtEveryStreet) {
  std::mt19937_64 random(3);
  const auto anywhere = [&] { return Point{std::int32_t(random() % 400'000), std::int32_t(random() % 400'000)}; };
  std::vector<Line> lines;
  for (int l = 0; l < 40; ++l) lines.push_back({anywhere(), anywhere(), anywhere()});
  const StreetNetwork network = street_network(lines);
  ASSERT_EQ(network.streets.size(), 40u);
  for (int round = 0; round < 300; ++round) {
    const Point p = anywhere();
    double nearest = INFINITY, offset = 0;
    std::uint32_t street = 0;
    for (std::uint32_t s = 0; s < 40; ++s) {
      double before = 0;
      for (std::size_t i = 1; i < network.line[s].size(); ++i) {
        const Point a = network.line[s][i - 1], b = network.line[s][i];
        const double dx = double(b.x) - a.x, dy = double(b.y) - a.y, length = std::hypot(dx, dy);
        const double along = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, length);
        const double away = std::hypot(p.x - a.x - along / length * dx, p.y - a.y - along / length * dy);
        if (away < nearest) nearest = away, street = s, offset = (before + along) / 1000;
        before += length;
      }
    }
    const StreetPlaces placed = place_on_streets(network, std::vector<Point>{p}, {}, nearest / 1000 + 0.001, 1);
    ASSERT_EQ(placed.on, 1u) << round;
    EXPECT_EQ(placed.events[0].street, street) << round;
    EXPECT_NEAR(placed.events[0].offset_m, offset, 1e-6) << round;
    if (nearest > 2) {
      EXPECT_EQ(place_on_streets(network, std::vector<Point>{p}, {}, nearest / 1000 - 0.001, 1).off, 1u);
    }
  }
}

TEST(StreetNetwork, IsCutWhereLinesShareAVertex) {
  const std::vector<Line> lines{{{0, 0}, {1000, 0}, {2000, 0}}, {{1000, 1000}, {1000, 0}}, {{2000, 0}, {1000, 0}}};
  const StreetNetwork network = street_network(lines);
  EXPECT_EQ(network.streets.size(), 3u);  // the third line is drawn twice
  EXPECT_EQ(network.nodes, 4u);
  EXPECT_EQ(network.parts, 1u);
  EXPECT_DOUBLE_EQ(network.length_m, 3);
  const NetworkDensity density =
      network_density(network.streets, {}, {Kernel::quartic, EqualSplit::continuous, 5, 0.4});
  EXPECT_EQ(street_pieces(network, density).size(), 9u);
}

}  // namespace
}  // namespace gridloom
