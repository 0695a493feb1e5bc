// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/colours.h"

#include <gtest/gtest.h>

#include <set>

#include "support/toy_city.h"

namespace gridloom {
namespace {

TEST(Colours, NeighboursAreThoseThatShareABoundary) {
  const City city = toy::city();
  const Neighbours graph = neighbours(city.arrangement, city.grid_of_face, city.grids.size());
  const auto touching = [&](std::uint32_t grid) {
    std::set<std::uint32_t> out;
    for (const Neighbour& n : graph[grid]) out.insert(n.label);
    return out;
  };
  EXPECT_EQ(touching(4), (std::set<std::uint32_t>{0})) << "grid 5 lies inside grid 1";
  EXPECT_EQ(touching(0), (std::set<std::uint32_t>{1, 4, 5}));
  EXPECT_EQ(touching(8), (std::set<std::uint32_t>{})) << "the islet";
}

TEST(Colours, TellNeighboursApart) {
  const City city = toy::city();
  const Neighbours graph = neighbours(city.arrangement, city.grid_of_face, city.grids.size());
  const std::vector<std::uint32_t> colour = colour_graph(graph, 4);
  ASSERT_EQ(colour.size(), graph.size());
  for (std::uint32_t l = 0; l < graph.size(); ++l) {
    EXPECT_LT(colour[l], 4u);
    for (const Neighbour& n : graph[l]) EXPECT_NE(colour[l], colour[n.label]) << l << " and " << n.label;
  }
}

TEST(Colours, AreAllUsed) {
  const Neighbours scattered(40);  // nobody touches anybody
  std::vector<int> uses(8, 0);
  for (std::uint32_t c : colour_graph(scattered, 8)) ++uses[c];
  EXPECT_EQ(uses, std::vector<int>(8, 5));
}

TEST(Colours, GiveInWhereTheBoundaryIsShortest) {
  // Three labels that all touch, two colours: the pair with the short boundary shares one.
  const Neighbours triangle{{{1, 10}, {2, 10}}, {{0, 10}, {2, 1}}, {{0, 10}, {1, 1}}};
  const std::vector<std::uint32_t> colour = colour_graph(triangle, 2);
  EXPECT_EQ(colour[1], colour[2]);
  EXPECT_NE(colour[0], colour[1]);
}

}  // namespace
}  // namespace gridloom
