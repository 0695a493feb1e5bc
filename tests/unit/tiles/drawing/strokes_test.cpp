// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/strokes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/toy_city.h"

namespace gridloom {
namespace {

std::vector<std::uint8_t> grid_lines(const City& city) {
  std::vector<std::uint8_t> classes;
  for (const Arc& a : city.arrangement.arcs) {
    const Label l = city.grid_of_face[a.left], r = city.grid_of_face[a.right];
    classes.push_back(l == r ? 0 : l == kGap || r == kGap ? 1 : 2);
  }
  return classes;
}

TEST(Strokes, TakeEveryArcOnceAndPassNodesOfTwo) {
  const City city = toy::city();
  const std::vector<std::uint8_t> classes = grid_lines(city);
  std::vector<StrokePlace> places = chain_strokes(city.arrangement, classes, 3);
  std::map<std::uint32_t, std::vector<StrokePlace>> strokes;
  for (ArcId a = 0; a < places.size(); ++a) {
    EXPECT_EQ(places[a].stroke == UINT32_MAX, classes[a] == 0);
    if (classes[a] == 0) continue;
    EXPECT_EQ(places[a].walk.arc(), a);
    strokes[places[a].stroke].push_back(places[a]);
  }
  // Ends of strokes of a class at a node: never just two, unless both are of one closed stroke.
  std::map<std::pair<int, NodeId>, std::vector<std::uint32_t>> ends;
  for (auto& [id, stroke] : strokes) {
    std::sort(stroke.begin(), stroke.end());
    for (std::uint32_t i = 0; i < stroke.size(); ++i) {
      EXPECT_EQ(stroke[i].position, i);
      EXPECT_EQ(classes[stroke[i].walk.arc()], classes[stroke[0].walk.arc()]);
      EXPECT_TRUE(i == 0 || start_of(city.arrangement, stroke[i].walk) == end_of(city.arrangement, stroke[i - 1].walk));
    }
    const int kind = classes[stroke[0].walk.arc()];
    ends[{kind, start_of(city.arrangement, stroke.front().walk)}].push_back(id);
    ends[{kind, end_of(city.arrangement, stroke.back().walk)}].push_back(id);
  }
  for (const auto& [at, ids] : ends) EXPECT_TRUE(ids.size() != 2 || ids[0] == ids[1]);
}

TEST(Strokes, OfAnIslandAreOneClosedLine) {
  const City city = toy::city();
  std::vector<std::uint8_t> islet;  // the outline of grid 9
  for (const Arc& a : city.arrangement.arcs)
    islet.push_back(city.grid_of_face[a.left] == 8 || city.grid_of_face[a.right] == 8);
  std::vector<StrokePlace> places = chain_strokes(city.arrangement, islet, 2);
  std::erase_if(places, [](const StrokePlace& p) { return p.stroke == UINT32_MAX; });
  std::sort(places.begin(), places.end());
  const auto lines = lines_of(city.arrangement, places);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].front(), lines[0].back());
}

TEST(Strokes, BreakWhereAnArcIsMissing) {
  const City city = toy::city();
  std::vector<StrokePlace> places = chain_strokes(city.arrangement, grid_lines(city), 3);
  std::erase_if(places, [](const StrokePlace& p) { return p.stroke == UINT32_MAX; });
  std::sort(places.begin(), places.end());
  const std::size_t whole = lines_of(city.arrangement, places).size();
  const auto middle = std::find_if(places.begin(), places.end(), [&](const StrokePlace& p) {
    const auto next = &p + 1;
    return p.position > 0 && next != places.data() + places.size() && next->stroke == p.stroke;
  });
  ASSERT_NE(middle, places.end());
  places.erase(middle);
  EXPECT_EQ(lines_of(city.arrangement, places).size(), whole + 1);
}

}  // namespace
}  // namespace gridloom
