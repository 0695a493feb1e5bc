// SPDX-License-Identifier: Apache-2.0
#include "engine/zoning/duty.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/arrangement/build.h"

namespace gridloom {
namespace {

// Metres, y up. Grid "002" is drawn to the left of grid "001", so that a lower code is not a lower face number.
//
//    y=20 +-----+-----+-----------+-----------+
//         |  F  | F+G |     :     |     :     |     police: A = 0..30, B = 30..40 (its line inside grid 001)
//         |   grid 002      :     |  grid 001 |     fire:   F = 0..10, G = 5..10 (overlap), nobody from 10 on
//    y=0  +-----+-----+-----------+-----------+
//         0     5     10         20    30    40
using Rings = std::vector<Ring>;

Rings rectangle(int x0, int x1) {
  const auto at = [](int x, int y) { return Point{x * 1000, y * 1000}; };
  return {Ring{{at(x0, 0), at(x1, 0), at(x1, 20), at(x0, 20)}, false}};
}

Labeling everywhere(const Arrangement& m, Label label) {
  Labeling all{std::vector<Label>(m.face_count, label), {}};
  all.of_face[kOutside] = kGap;
  return all;
}

Layer layer(const std::string& id, const std::vector<std::string>& cells, Labeling labels) {
  Layer made;
  made.id = id;
  for (const std::string& cell : cells) made.cells.push_back({cell, "Unit " + cell, {}});
  made.labels = std::move(labels);
  return made;
}

Grid grid(const std::string& code) {
  Grid made;
  made.code = code;
  return made;
}

City strip() {
  const std::vector<Rings> rings = {rectangle(0, 20),  rectangle(20, 40), rectangle(0, 30),
                                    rectangle(30, 40), rectangle(0, 10),  rectangle(5, 10)};
  const std::vector<StackLayer> stack = {{{rings[0], rings[1]}}, {{rings[2], rings[3]}}, {{rings[4], rings[5]}}};
  Subdivision built = build({"EPSG:32618", 0, 0}, stack, 1);
  City city;
  city.arrangement = std::move(built.arrangement);
  city.grid_of_face = built.labelings[0].of_face;
  city.grids = {grid("002"), grid("001")};
  city.layers = {layer("police", {"A", "B"}, built.labelings[1]), layer("fire", {"F", "G"}, built.labelings[2])};
  city.admin = {{"city", {}, {{"9", {"Town", "城"}, -1}}, everywhere(city.arrangement, 0).of_face},
                {"community", {}, {{"901", {"Strip", "条"}, 0}}, everywhere(city.arrangement, 0).of_face}};
  city.responsibilities = {{0, 0, 0, 1.0, DutyStatus::sole},
                           {0, 1, 0, 0.5, DutyStatus::split},
                           {1, 0, 0, 0.6, DutyStatus::split},
                           {1, 1, kGap, 0.0, DutyStatus::vacant}};
  return city;
}

class DutyTest : public ::testing::Test {
 protected:
  std::optional<Duty> at(double x, double y) const {
    return locate_duty(city_, locator_, city_.arrangement.lattice.round({x, y}));
  }
  const std::string& code(const Duty& duty) const { return city_.grids[duty.grid].code; }

  City city_ = strip();
  PointLocator locator_{city_.arrangement};
};

TEST_F(DutyTest, NamesGridChainAndUnits) {
  const auto duty = at(15, 10);
  ASSERT_TRUE(duty);
  EXPECT_EQ(code(*duty), "002");
  EXPECT_FALSE(duty->on_boundary);
  EXPECT_EQ(duty->admin, (std::vector<Label>{0, 0}));
  ASSERT_EQ(duty->layers.size(), 2u);
  EXPECT_EQ(duty->layers[0], (LayerDuty{0, 1.0, DutyStatus::sole, kGap, {0}}));
}

TEST_F(DutyTest, TheUnitOfTheGridMayDifferFromTheCellOfThePlace) {
  const auto east = at(35, 10);
  ASSERT_TRUE(east);
  EXPECT_EQ(east->layers[0], (LayerDuty{0, 0.6, DutyStatus::split, kGap, {1}}));
}

TEST_F(DutyTest, AVacantGridFallsBackToItsCommunity) {
  const auto east = at(25, 10);
  ASSERT_TRUE(east);
  EXPECT_EQ(east->layers[1], (LayerDuty{kGap, 0.0, DutyStatus::vacant, 0, {}}));
}

TEST_F(DutyTest, AnOverlapNamesAllCellsOfThePlace) {
  EXPECT_EQ(at(7, 10)->layers[1].here, (std::vector<Label>{0, 1}));
  EXPECT_EQ(at(2, 10)->layers[1].here, (std::vector<Label>{0}));
  EXPECT_TRUE(at(15, 10)->layers[1].here.empty());
}

TEST_F(DutyTest, ALineBetweenGridsBelongsToTheLowerCode) {
  const auto duty = at(20, 10);
  ASSERT_TRUE(duty);
  EXPECT_EQ(code(*duty), "001");
  EXPECT_TRUE(duty->on_boundary);
  EXPECT_EQ(city_.grid_of_face[duty->atom], 1);
}

TEST_F(DutyTest, ALineBetweenDepartmentsInsideAGridIsNoBoundary) {
  const auto duty = at(30, 10);
  ASSERT_TRUE(duty);
  EXPECT_EQ(code(*duty), "001");
  EXPECT_FALSE(duty->on_boundary);
}

TEST_F(DutyTest, TheFrameBelongsToTheCity) {
  for (const auto& [x, y] : {std::pair{0.0, 10.0}, {40.0, 20.0}, {20.0, 0.0}, {3.0, 20.0}}) {
    const auto duty = at(x, y);
    ASSERT_TRUE(duty) << x << ' ' << y;
    EXPECT_TRUE(duty->on_boundary) << x << ' ' << y;
  }
  EXPECT_EQ(code(*at(20, 0)), "001");
}

TEST_F(DutyTest, OutsideIsNobodys) {
  EXPECT_FALSE(at(-0.001, 10));
  EXPECT_FALSE(at(41, 10));
  EXPECT_FALSE(at(20, 20.001));
}

}  // namespace
}  // namespace gridloom
