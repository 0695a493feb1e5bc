// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/drawn_contiguity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "engine/arrangement/build.h"

namespace gridloom {
namespace {

using testing::ElementsAre;

// Cells of one ring each.
struct Drawn {
  std::vector<Ring> rings;
  std::vector<std::span<const Ring>> cells;

  explicit Drawn(const std::vector<std::vector<Point>>& shapes) {
    for (const auto& points : shapes) rings.push_back({points, false});
    for (const Ring& ring : rings) cells.emplace_back(&ring, 1);
  }
};

std::vector<Point> square(std::int32_t x, std::int32_t y, std::int32_t side) {
  return {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}};
}

std::vector<std::uint32_t> neighbours(const SpatialWeights& w, std::size_t cell) {
  const auto row = w.neighbours_of(cell);
  return {row.begin(), row.end()};
}

SpatialWeights noded(const Drawn& drawn, Contiguity kind) {
  const StackLayer layer{drawn.cells};
  const Subdivision built = build({"", 0, 0}, std::span(&layer, 1), 1);
  return contiguity(built.arrangement, built.labelings[0].of_face, drawn.cells.size(), kind);
}

TEST(DrawnContiguity, OfSquaresIsThatOfTheLattice) {
  std::vector<std::vector<Point>> shapes;
  for (std::int32_t row = 0; row < 4; ++row)
    for (std::int32_t column = 0; column < 5; ++column) shapes.push_back(square(column * 100, row * 100, 100));
  for (auto& shape : shapes)
    if (shape[0].x == 200) std::reverse(shape.begin(), shape.end());
  const Drawn drawn(shapes);
  for (const Contiguity kind : {Contiguity::queen, Contiguity::rook})
    EXPECT_EQ(contiguity_as_drawn(drawn.cells, kind), lattice_contiguity(5, 4, kind));
}

// Four cells around an edge of one millimetre, from (100, 100) to (101, 100): the two above and below touch along it,
// the other two do not. The long side of one of them passes the edge's far end within half a millimetre, so that noding
// anew moves it there and joins the wrong two.
TEST(DrawnContiguity, KeepsAnEdgeOfAMillimetreThatNodingAnewWouldMove) {
  const Point p{100, 100}, q{101, 100};
  const Drawn drawn({{{0, 98}, p, {0, 300}},                      // west
                     {{0, 300}, p, q, {1000, 102}, {1000, 300}},  // north
                     {q, {1000, 0}, {1000, 102}},                 // east
                     {{0, 98}, {0, 0}, {1000, 0}, q, p}});        // south
  const auto rook = contiguity_as_drawn(drawn.cells, Contiguity::rook);
  ASSERT_TRUE(rook);
  EXPECT_THAT(neighbours(*rook, 1), ElementsAre(0, 2, 3));
  EXPECT_THAT(neighbours(*rook, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(neighbours(*rook, 0), ElementsAre(1, 3));
}

TEST(DrawnContiguity, LeavesToNodingWhatIsDrawnWithoutCommonVertices) {
  const auto big = square(0, 0, 1000), corner_on_its_side = square(1000, 300, 100),
             overlapping = square(500, 500, 1000), inside = square(100, 100, 50),
             half_off = std::vector<Point>{{1001, 0}, {2000, 0}, {2000, 1000}, {1000, 1000}};
  for (const auto& other : {corner_on_its_side, overlapping, inside, big}) {
    const Drawn drawn({big, other});
    EXPECT_FALSE(contiguity_as_drawn(drawn.cells, Contiguity::queen));
  }
  const Drawn twice({big, square(1000, 0, 1000), square(0, 1000, 1000), square(500, 200, 1000)});
  EXPECT_FALSE(contiguity_as_drawn(twice.cells, Contiguity::rook));
  const Drawn near({{{0, 0}, {2000, 1}, {2000, 500}, {0, 500}}, {{1000, 0}, {1500, -300}, {500, -300}}});
  EXPECT_FALSE(contiguity_as_drawn(near.cells, Contiguity::queen)) << "a corner half a millimetre from a line";
  EXPECT_EQ(noded(near, Contiguity::queen).links(), 2u);
}

TEST(DrawnContiguity, FarCellsAreIslands) {
  const Drawn drawn({square(0, 0, 100), square(500, 500, 100)});
  const auto w = contiguity_as_drawn(drawn.cells, Contiguity::queen);
  ASSERT_TRUE(w);
  EXPECT_EQ(w->links(), 0u);
}

}  // namespace
}  // namespace gridloom
