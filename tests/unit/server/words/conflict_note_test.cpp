// SPDX-License-Identifier: Apache-2.0
#include "server/words/conflict_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "server/words/finding_text.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ConflictNote : public testing::Test {
 protected:
  Text note(ConflictKind kind, std::vector<std::string> before, std::vector<std::string> after,
            ConflictFacts facts = {}) const {
    return note_of(city, {kind, 0, "", -1, std::move(before), std::move(after), 1, 1, std::move(facts), {}});
  }
  Text missed(BandVerdict verdict, double households, GridPiece piece, UnitPlan plan = {}) {
    city.plans.assign(city.admin.back().units.size(), plan);
    city.households_min = 300;
    city.households_max = 500;
    city.grids[0].verdict = verdict;
    city.grids[0].households = households;
    return note_of(city, {ConflictKind::unmet_target, -1, "", 0, {}, {}, 1, 1, std::move(piece), {}});
  }
  City city = toy::city();
};

TEST_F(ConflictNote, SaysWhetherGroundWasSettled) {
  EXPECT_EQ(note(ConflictKind::gap, {}, {}), (Text{"no unit delivered here", "此处无人认领"}));
  EXPECT_EQ(note(ConflictKind::gap, {}, {"1"}), (Text{"gap filled", "空白已补"}));
  EXPECT_EQ(note(ConflictKind::overlap, {"1", "2"}, {"1", "2"}), (Text{"claimed more than once", "多头认领"}));
  EXPECT_EQ(note(ConflictKind::overlap, {"1", "2"}, {"2"}), (Text{"overlap settled", "重叠已裁定"}));
}

TEST_F(ConflictNote, TellsHowFarANestingMovedALine) {
  const auto nested = [&](PassedToParent facts) { return note(ConflictKind::nesting, {"1"}, {"2"}, facts); };
  EXPECT_EQ(nested({27.4, true, {}}), (Text{"moved to its parent's line, up to 27 m", "已调至上级界线，最远27米"}));
  EXPECT_EQ(nested({1.5, false, {}}).en, "moved to its parent's cell, up to 2 m from its own line");
  EXPECT_EQ(nested({}).en, "moved to its parent's cell");
  EXPECT_EQ(note(ConflictKind::gap, {}, {"2"}, PassedToParent{3, true, {}}).zh, "空白已按上级补齐，距原界线最远3米");
}

TEST_F(ConflictNote, NamesTheParentToCheck) {
  const NamedParent doubted{0, 1, "c, 1", "p", 0.125};
  const Text text = note(ConflictKind::nesting, {"1"}, {"2"}, PassedToParent{1, true, doubted});
  const std::string child = city.layers[0].id + " c, 1", parent = city.layers[1].id + " p";
  EXPECT_THAT(text.en, HasSubstr("; " + parent + ", the declared parent of " + child + ", holds 13 % of it"));
  EXPECT_THAT(text.zh, HasSubstr("；" + child + " 所填上级 " + parent + " 仅占其13%"));
}

TEST_F(ConflictNote, SaysWhyAGridMissesTheBand) {
  EXPECT_EQ(missed(BandVerdict::enclosed, 0, {0, {{"Market", "市场"}, {"Park", "公园"}}}).en,
            "cut off by grids Market, Park, which may not change, with no household (band 300-500)");
  EXPECT_EQ(missed(BandVerdict::enclosed, 7, {7, {{"Market", "市场"}, {"Park", "公园"}}}).zh,
            "被固定网格“市场”“公园”隔开，仅7户");
  EXPECT_EQ(missed(BandVerdict::numbers, 550, {550, {}}).en,
            "no number of grids fits the piece's 550 households: 1 grids would be above the band, 2 below it");
  UnitPlan one;
  one.grids = 1;
  EXPECT_THAT(missed(BandVerdict::isolated, 1, {1, {}}, one).en, HasSubstr("its whole unit has only 1 household ("));
  EXPECT_THAT(missed(BandVerdict::isolated, 1, {1, {}}).en, HasSubstr("a separate piece of its unit"));
  UnitPlan proven;
  proven.relaxed_proven = true;
  proven.relaxed_by = 12;
  EXPECT_THAT(missed(BandVerdict::impossible, 600, {600, {}}, proven).en,
              AllOf(HasSubstr("600 households; proven"), HasSubstr("none misses it by less than 12")));
}

TEST_F(ConflictNote, TellsAShiftWithItsLikelyCauseAndWhatWasDone) {
  const Text moved = note(ConflictKind::shift, {}, {}, LayerShift{-30, 0.04, 0.01, 0.86, ShiftOutcome::moved});
  EXPECT_THAT(moved.en, AllOf(HasSubstr("moved by -30.0 m east and 0.0 m north, 86 % of its lines"),
                              HasSubstr("another national datum"), HasSubstr("it has been moved")));
  EXPECT_THAT(moved.zh, AllOf(HasSubstr("向东-30.0米"), HasSubstr("已移动")));
  const auto done = [&](ShiftOutcome outcome) { return text_of(LayerShift{3, 4, 0, 1, outcome}).en; };
  EXPECT_THAT(done(ShiftOutcome::locked), HasSubstr("5 m off, as digitising from a badly placed map does; nothing has "
                                                    "been done, the layer is locked"));
  EXPECT_THAT(done(ShiftOutcome::kept), HasSubstr("as 'shift: keep' says"));
  EXPECT_THAT(done(ShiftOutcome::open), HasSubstr("'shift: apply' moves it"));
}

TEST_F(ConflictNote, OfAnOlderProjectIsWhatThatSaid) {
  const Text words{"moved / so far", "已调"};
  EXPECT_EQ(note(ConflictKind::nesting, {"1"}, {"2"}, ToldBefore{words}), words);
}

TEST(FindingText, IsInBothLanguages) {
  const Text doubted = text_of(Finding{"", "beats", "b", DoubtedParent{"police", "q", "p", 0.004, 0.996, 160'000}});
  EXPECT_THAT(doubted.en,
              HasSubstr("names the parent 'q' of layer police, which holds 0 % of its 16 ha, while 'p' holds "
                        "100 %"));
  EXPECT_THAT(doubted.zh, HasSubstr("所填上级'q'（图层 police）仅占其16公顷的0 %"));
  EXPECT_THAT(text_of(Finding{"", "tracts", "T1", PeopleOutside{40}}).en, HasSubstr("its 40 people are not counted"));
  EXPECT_THAT(text_of(Finding{"", "police", "n", CrossingRings{0.25}}).zh, HasSubstr("0.250000平方米"));
}

}  // namespace
}  // namespace gridloom
