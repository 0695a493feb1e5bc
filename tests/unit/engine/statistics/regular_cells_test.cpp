// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/regular_cells.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "engine/density/population_points.h"
#include "engine/geometry/area_index.h"
#include "engine/statistics/label_cells.h"
#include "support/draw.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

class RegularCellsTest : public ::testing::TestWithParam<CellShape> {
 protected:
  RegularCells cells(double size_m, unsigned threads = 1) const {
    return regular_cells(city.arrangement, locator, GetParam(), size_m, threads);
  }
  City city = toy::city();
  PointLocator locator{city.arrangement};
};

TEST_P(RegularCellsTest, EveryPointBelongsToTheCellWhoseRingHoldsIt) {
  const RegularCells c = cells(300);
  ASSERT_GT(c.size(), 20u);
  draw::Random random(5);
  const Box box = box_of(city.arrangement.points);
  for (int i = 0; i < 3000; ++i) {
    const Point p{random.between(box.min.x, box.max.x), random.between(box.min.y, box.max.y)};
    const Label cell = c.cell_at(p);
    const bool held = cell == kGap || in_area(p, {c.ring(static_cast<std::size_t>(cell))});
    EXPECT_TRUE(held);
    std::size_t holders = 0;
    for (std::size_t other = 0; other < c.size(); ++other) holders += in_area(p, {c.ring(other)});
    EXPECT_EQ(holders == 0, cell == kGap) << p.x << ' ' << p.y;
  }
}

TEST_P(RegularCellsTest, CellsHaveTheirCentreInTheCityAndNamesOfTheirOwn) {
  const RegularCells c = cells(240, 3);
  std::set<std::string> names;
  for (std::size_t i = 0; i < c.size(); ++i) {
    EXPECT_NE(locator.locate(c.centre(i)).face, kOutside);
    EXPECT_EQ(c.cell_at(c.centre(i)), static_cast<Label>(i));
    names.insert(c.name(i));
  }
  EXPECT_EQ(names.size(), c.size());
  EXPECT_EQ(cells(240).at, c.at);
}

TEST_P(RegularCellsTest, NeighboursShareARing) {
  const RegularCells c = cells(400);
  for (const Contiguity kind : {Contiguity::queen, Contiguity::rook}) {
    const SpatialWeights w = contiguity(c, kind);
    for (std::size_t i = 0; i < c.size(); ++i)
      for (std::size_t j = 0; j < c.size(); ++j) {
        if (i == j) continue;
        std::size_t common = 0;
        std::vector<Point> a = c.ring(i), b = c.ring(j);
        a.pop_back(), b.pop_back();
        for (Point p : a)  // corners are rounded one by one
          common += std::any_of(b.begin(), b.end(),
                                [&](Point q) { return std::abs(p.x - q.x) <= 1 && std::abs(p.y - q.y) <= 1; });
        const auto row = w.neighbours_of(i);
        const bool neighbours = std::binary_search(row.begin(), row.end(), static_cast<std::uint32_t>(j));
        EXPECT_EQ(neighbours, common >= (kind == Contiguity::queen ? 1u : 2u)) << i << ' ' << j;
      }
  }
}

TEST_P(RegularCellsTest, AreaIsThatOfTheRing) {
  const RegularCells c = cells(500);
  const std::vector<Point> ring = c.ring(0);
  double doubled = 0;
  for (std::size_t i = 1; i < ring.size(); ++i)
    doubled += (static_cast<double>(ring[i - 1].x) - ring[0].x) * (static_cast<double>(ring[i].y) - ring[0].y) -
               (static_cast<double>(ring[i].x) - ring[0].x) * (static_cast<double>(ring[i - 1].y) - ring[0].y);
  EXPECT_NEAR(doubled / 2e12, c.area_km2(), 1e-5);
}

TEST_P(RegularCellsTest, RefusesSizesThatCannotBe) {
  for (double size : {0.0, 5.0, -3.0, 2e5, std::nan("")}) EXPECT_THROW(cells(size), DataError);
}

INSTANTIATE_TEST_SUITE_P(Shapes, RegularCellsTest, ::testing::Values(CellShape::square, CellShape::hexagon));

TEST(LabelCells, GroundAreaAndCentroidAreThoseOfTheFaces) {
  const City city = toy::city();
  const LabelCells cells = label_cells(city.arrangement, city.grid_of_face, city.grids.size());
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    EXPECT_NEAR(cells.area_km2[g], city.grids[g].area_m2 / 1e6, 1e-9);
    EXPECT_GE(cells.ground[g].size(), 1u);
  }
  const auto has_a_hole = [](const auto& ground) { return ground.front().size() == 2; };
  EXPECT_EQ(std::count_if(cells.ground.begin(), cells.ground.end(), has_a_hole), 1) << "one grid of the drawing";
}

TEST(PopulationPoints, KeepEveryonesPlaceAndNumber) {
  const City city = toy::city();
  const double people = std::accumulate(city.population.begin(), city.population.end(), 0.0);
  const Box box = box_of(city.arrangement.points);
  for (std::int64_t cell : {20'000, 90'000, 3'000'000}) {  // the last is larger than faces: corners serve
    const RasterGrid grid{box.min.x, box.max.y, cell,
                          static_cast<std::uint32_t>((std::int64_t{box.max.x} - box.min.x) / cell + 1),
                          static_cast<std::uint32_t>((std::int64_t{box.max.y} - box.min.y) / cell + 1)};
    const WeightedPoints points = population_points(city, grid);
    EXPECT_NEAR(std::accumulate(points.weight.begin(), points.weight.end(), 0.0), people, 1e-6 * people);
    for (Point p : points.at) EXPECT_TRUE(box.intersects({p, p}));
  }
}

}  // namespace
}  // namespace gridloom
