// SPDX-License-Identifier: Apache-2.0
#include "server/words/conflict_text.h"

#include <gtest/gtest.h>

#include "support/toy_city.h"

namespace gridloom {
namespace {

TEST(TitleOf, ShowsTheIdOnceBesideTheName) {
  Layer layer;
  layer.title = {"Stations", "派出所"};
  EXPECT_EQ(title_of(layer, Cell{"7", "Precinct 7", {}}), (Text{"Precinct 7", "Precinct 7"}));
  EXPECT_EQ(title_of(layer, Cell{"P7", "East", {}}), (Text{"East (P7)", "East (P7)"}));
  EXPECT_EQ(title_of(layer, Cell{"P7", "", {}}), (Text{"Stations P7", "派出所P7"}));
  EXPECT_EQ(title_of(layer, Cell{"P7", "P7", {}}), (Text{"Stations P7", "派出所P7"}));
  EXPECT_EQ(title_of(AdminUnit{"001", {"", "东"}, 0}), (Text{"东 (001)", "东 (001)"}));
  Grid grid;
  grid.code = "001002";
  grid.name = {"East, grid 002", "东002网格"};
  EXPECT_EQ(title_of(grid), (Text{"East, grid 002 (001002)", "东002网格 (001002)"}));
}

TEST(Settled, GapsThatWereFilledAndSlivers) {
  const auto conflict = [](ConflictKind kind, std::vector<std::string> before, std::vector<std::string> after) {
    return Conflict{kind, 0, "", -1, std::move(before), std::move(after), 1, 1, {}, {}};
  };
  EXPECT_TRUE(settled(conflict(ConflictKind::gap, {}, {"12"})));
  EXPECT_FALSE(settled(conflict(ConflictKind::gap, {}, {})));
  EXPECT_TRUE(settled(conflict(ConflictKind::sliver, {"12"}, {"13"})));
  EXPECT_FALSE(settled(conflict(ConflictKind::nesting, {"12"}, {"13"})));
}

class QuestionsOfTheToyCity : public ::testing::Test {
 protected:
  // A square of ground around the middle of the city's box.
  std::vector<std::vector<std::vector<Point>>> ground() const {
    const Box box = box_of(city.arrangement.points);
    const Point m{box.min.x / 2 + box.max.x / 2, box.min.y / 2 + box.max.y / 2};
    return {{{m, {m.x + 1000, m.y}, {m.x + 1000, m.y + 1000}, {m.x, m.y + 1000}, m}}};
  }
  std::string name(std::size_t layer, std::size_t cell) const {
    return title_of(city.layers[layer], city.layers[layer].cells[cell]).en;
  }
  const City city = toy::city();
  const Questions questions{city};
};

TEST_F(QuestionsOfTheToyCity, AnOverlapNamesItsClaimantsAndWhoKeepsTheGround) {
  const Layer& layer = city.layers[0];
  const std::string a = layer.cells[0].id, b = layer.cells[1].id;
  const Question one = questions.about({ConflictKind::overlap, 0, "", -1, {a, b}, {a}, 1e4, 1, {}, ground()});
  EXPECT_NE(one.finding.en.find(layer.department.en + " (" + layer.title.en + ") counts 1 person in "),
            std::string::npos)
      << one.finding.en;
  EXPECT_NE(one.finding.en.find(name(0, 0) + " and " + name(0, 1) + " claim them"), std::string::npos)
      << one.finding.en;
  EXPECT_EQ(one.proposal.en, name(0, 0) + " keeps them.");
  const Question both = questions.about({ConflictKind::overlap, 0, "", -1, {a, b}, {a, b}, 1e4, 1500, {}, ground()});
  EXPECT_NE(both.finding.en.find("1,500 people"), std::string::npos) << both.finding.en;
  EXPECT_EQ(both.proposal.en, "All stay on record, the first leads.");
}

TEST_F(QuestionsOfTheToyCity, AGapThatStaysAsksForAUnitAndOneThatWasFilledAsksNothing) {
  const Question open = questions.about({ConflictKind::gap, 0, "", -1, {}, {}, 1e4, 12, {}, ground()});
  EXPECT_NE(open.finding.en.find("drew no unit"), std::string::npos) << open.finding.en;
  EXPECT_NE(open.decision.zh.find(city.layers[0].department.zh), std::string::npos) << open.decision.zh;
  const Question filled = questions.about({ConflictKind::gap, 0, "", -1, {}, {"x"}, 1e4, 12, {}, ground()});
  EXPECT_EQ(filled.finding, (Text{">x: gap filled", ">x：空白已补"}));
  EXPECT_TRUE(filled.decision.en.empty());
}

TEST_F(QuestionsOfTheToyCity, ASplitDutyTellsWhereThePeopleOfTheGridAre) {
  std::size_t splits = 0;
  for (const Responsibility& duty : city.responsibilities) {
    if (duty.status != DutyStatus::split) continue;
    ++splits;
    const Grid& grid = city.grids[duty.grid];
    const Layer& layer = city.layers[duty.layer];
    const Question q = questions.about({ConflictKind::split_duty,
                                        static_cast<std::int32_t>(duty.layer),
                                        "",
                                        static_cast<std::int32_t>(duty.grid),
                                        {},
                                        {layer.cells[static_cast<std::size_t>(duty.cell)].id},
                                        1,
                                        1,
                                        {},
                                        {}});
    EXPECT_NE(q.finding.en.find(title_of(grid).en), std::string::npos) << q.finding.en;
    EXPECT_EQ(q.proposal.en, name(duty.layer, static_cast<std::size_t>(duty.cell)) + " answers for the whole grid.");
  }
  EXPECT_GT(splits, 0u);
}

TEST_F(QuestionsOfTheToyCity, UnknownIdsAndGroundOutsideTheCityAreNoFault) {
  const std::vector<std::vector<std::vector<Point>>> away{
      {{{-1000000000, 0}, {-999999999, 0}, {-999999999, 1}, {-1000000000, 0}}}};
  const Question q =
      questions.about({ConflictKind::nesting, 0, "", -1, {"nobody"}, {"none"}, 1, 3, PassedToParent{}, away});
  EXPECT_NE(q.finding.en.find("nobody"), std::string::npos);
  EXPECT_FALSE(
      questions.about({ConflictKind::nesting, -1, "no level", -1, {"a"}, {"b"}, 1, 3, {}, {}}).finding.zh.empty());
}

}  // namespace
}  // namespace gridloom
