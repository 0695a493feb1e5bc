// SPDX-License-Identifier: Apache-2.0
#include "engine/density/street_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gridloom {
namespace {

using Lines = std::vector<std::vector<Point>>;

//      2
//      |
//  0---+---1     a cross of 200 m streets, and one by itself that a bridge crosses
//      |
//      3
const Lines kCross{{{-100'000, 0}, {0, 0}, {100'000, 0}}, {{0, 100'000}, {0, 0}, {0, -100'000}}};

TEST(StreetNetwork, LinesMeetAtSharedVerticesOnly) {
  const StreetNetwork network = street_network(kCross);
  EXPECT_EQ(network.streets.size(), 4u);
  EXPECT_EQ(network.nodes, 5u);
  EXPECT_EQ(network.parts, 1u);
  EXPECT_DOUBLE_EQ(network.length_m, 400);
  const Lines crossing{{{-100'000, 0}, {100'000, 0}}, {{0, 100'000}, {0, -100'000}}};
  EXPECT_EQ(street_network(crossing).streets.size(), 2u);
  EXPECT_EQ(street_network(crossing).parts, 2u);
}

TEST(StreetNetwork, StreetsKnowTheLineGivenThatTheyAreOf) {
  Lines lines{{{5, 5}, {5, 5}}};  // without length
  lines.insert(lines.end(), kCross.begin(), kCross.end());
  lines.push_back(kCross[0]);  // drawn twice
  EXPECT_EQ(street_network(lines).of_line, (std::vector<std::uint32_t>{1, 1, 2, 2}));
}

TEST(StreetNetwork, WhatIsDrawnTwiceIsOneStreet) {
  Lines lines = kCross;
  lines.push_back({{100'000, 0}, {0, 0}, {0, 0}, {-100'000, 0}});  // backwards, with a repeated point
  lines.push_back({{5, 5}, {5, 5}});                               // without length
  EXPECT_EQ(street_network(lines).streets.size(), 4u);
  EXPECT_DOUBLE_EQ(street_network(lines).length_m, 400);
}

TEST(StreetNetwork, ALoopKeepsItsLength) {
  const StreetNetwork loop = street_network(Lines{{{0, 0}, {100'000, 0}, {100'000, 100'000}, {0, 0}}});
  ASSERT_EQ(loop.streets.size(), 1u);
  EXPECT_EQ(loop.streets[0].from, loop.streets[0].to);
  EXPECT_NEAR(loop.length_m, 200 + 100 * std::sqrt(2), 1e-9);
}

TEST(StreetNetwork, PointsGoToTheNearestStreetWithinReach) {
  const StreetNetwork network = street_network(kCross);
  const std::vector<Point> points{{60'000, 3'000}, {60'000, -3'000}, {40'000, 40'000}, {150'000, 0}};
  const std::vector<double> weights{1, 2, 3, 4};
  const StreetPlaces places = place_on_streets(network, points, weights, 20, 1);
  EXPECT_EQ(places.on, 2u);
  EXPECT_EQ(places.off, 2u);
  ASSERT_EQ(places.events.size(), 1u);  // both at one place
  EXPECT_DOUBLE_EQ(places.events[0].weight, 3);
  EXPECT_DOUBLE_EQ(places.events[0].offset_m, 60);
  const StreetPlaces wide = place_on_streets(network, points, weights, 50, 2);
  EXPECT_EQ(wide.off, 0u);
  EXPECT_TRUE(std::any_of(wide.events.begin(), wide.events.end(), [](const StreetEvent& e) {
    return e.weight == 4 && std::abs(e.offset_m - 100) < 1e-9;  // beyond the end: at it
  }));
}

TEST(StreetNetwork, PiecesFollowTheLineAndSumToIt) {
  const StreetNetwork network = street_network(Lines{{{0, 0}, {70'000, 0}, {70'000, 80'000}}});
  const std::vector<StreetEvent> events{{0, 75, 1}};
  const NetworkDensity density = network_density(network.streets, events, {.bandwidth_m = 40, .piece_m = 30});
  const Lines pieces = street_pieces(network, density);
  ASSERT_EQ(pieces.size(), density.values.size());
  ASSERT_EQ(pieces.size(), 5u);
  EXPECT_EQ(pieces[2], (std::vector<Point>{{60'000, 0}, {70'000, 0}, {70'000, 20'000}}));
  EXPECT_EQ(pieces.front().front(), (Point{0, 0}));
  EXPECT_EQ(pieces.back().back(), (Point{70'000, 80'000}));
  for (std::size_t i = 1; i < pieces.size(); ++i) EXPECT_EQ(pieces[i].front(), pieces[i - 1].back());
  EXPECT_NEAR(std::accumulate(density.values.begin(), density.values.end(), 0.0) * 0.03, 1, 1e-12);
}

}  // namespace
}  // namespace gridloom
