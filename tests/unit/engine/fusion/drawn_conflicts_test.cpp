// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/drawn_conflicts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fusion/fuse.h"
#include "engine/proof/verify_city.h"
#include "support/town.h"

namespace gridloom {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

City fused(FuseInput in) {
  SilentProgress quiet;
  City city = fuse(std::move(in), {1, "2026-01-01"}, quiet).city;
  const auto faults = verify(city);
  EXPECT_TRUE(faults.empty()) << draw::said(faults);
  return city;
}

DrawnGrid drawn(const std::string& code, GridKind kind, bool fixed, std::vector<Ring> rings) {
  return {code, {code, code}, kind, fixed, "", "", std::move(rings)};
}

DrawnGrid special(const std::string& code, std::vector<Ring> rings) {
  return drawn(code, GridKind::special, true, std::move(rings));
}

// "overlap special a,b>a 2500" of everything told of what was drawn.
std::vector<std::string> told(const City& city) {
  std::vector<std::string> out;
  for (const Conflict& c : city.conflicts)
    if (const auto* of = std::get_if<OfDrawn>(&c.facts)) {
      std::string text = std::string(word_of(c.kind)) + " " + std::string(word_of(of->kind)) + " " + ids_text(city, c);
      if (c.kind == ConflictKind::divided) text.resize(text.find('>'));
      out.push_back(text + " " + std::to_string(std::llround(c.area_m2)) + (of->outside ? " outside" : ""));
    }
  return out;
}

TEST(DrawnConflicts, WhatIsKeptWholeIsNone) {
  FuseInput in = draw::town();
  in.special = {special("m", draw::rectangle(101, 451, 178, 533))};
  EXPECT_THAT(told(fused(std::move(in))), IsEmpty());
}

TEST(DrawnConflicts, SpecialGridsAreAccountedForLikeCells) {
  FuseInput in = draw::town();
  in.special = {special("out", draw::rectangle(-150, 100, 50, 150)),  // 200 x 50, three quarters of it beyond the town
                special("b", draw::rectangle(150, 450, 250, 550)),
                special("a", draw::rectangle(100, 450, 200, 550)),
                special("hidden", draw::rectangle(110, 460, 120, 470)),
                special("gone", draw::rectangle(-900, 0, -800, 50)),
                special("empty", {}),
                special("wide", draw::rectangle(550, 100, 650, 150))};  // of two communities
  EXPECT_THAT(told(fused(in)), ElementsAre("overlap special a,b>a 5000", "overlap special a,hidden>a 100",
                                           "outside_frame special gone> 5000", "outside_frame special out> 7500",
                                           "covered_cell special hidden> 0", "lost_cell special empty> 0",
                                           "lost_cell special gone> 0 outside", "divided special wide 5000"));
}

TEST(DrawnConflicts, WhichOneLeadsDoesNotDependOnTheOrderOfTheFile) {
  FuseInput in = draw::town();
  in.special = {special("a", draw::rectangle(100, 450, 200, 550)), special("b", draw::rectangle(150, 450, 250, 550))};
  const auto first = told(fused(in));
  std::swap(in.special[0], in.special[1]);
  EXPECT_EQ(told(fused(in)), first);
  EXPECT_THAT(first, ElementsAre("overlap special a,b>a 5000"));
}

TEST(DrawnConflicts, TodaysGridsTooButTheyMakeWayForSpecialOnes) {
  FuseInput in = draw::town();
  in.before.grids = {drawn("1", GridKind::general, false, draw::rectangle(0, 0, 320, 400)),
                     drawn("2", GridKind::general, false, draw::rectangle(300, 0, 600, 400)),
                     drawn("3", GridKind::general, true, draw::rectangle(580, 0, 640, 40)),
                     drawn("4", GridKind::general, false, draw::rectangle(1100, 0, 1300, 100))};
  in.special = {special("m", draw::rectangle(20, 20, 90, 90))};
  EXPECT_THAT(told(fused(std::move(in))), ElementsAre("overlap existing 1,2>1,2 8000", "overlap locked 2,3>3 800",
                                                      "outside_frame existing 4> 10000", "divided locked 3 2400"));
}

TEST(DrawnConflicts, AreasOfAllowedGapsAreToldWhereTheyLeaveTheFrameOrAllowNothing) {
  FuseInput in = draw::town();
  in.allowed_gaps.layers = {1};
  in.allowed_gaps.anywhere = false;
  in.allowed_gaps.areas = draw::delivered("gaps",
                                          {draw::rectangle(-100, 300, 900, 500), draw::rectangle(-200, 0, -100, 50),
                                           draw::rectangle(0, 0, 50, 50)},
                                          {"lane", "gone", "idle"})
                              .cells;
  SilentProgress quiet;
  const Fused found = fuse(in, {1, "2026-01-01"}, quiet);
  EXPECT_TRUE(verify(found.city).empty());
  EXPECT_THAT(told(found.city),
              ElementsAre("outside_frame allowed_gap gone> 5000", "outside_frame allowed_gap lane> 20000",
                          "lost_cell allowed_gap gone> 0 outside"));
  std::vector<std::string> idle;
  for (const Finding& f : found.findings)
    if (const auto* reason = std::get_if<Reason>(&f.facts); reason && reason->code == "allowed_gap_without_gap")
      idle.push_back(f.feature);
  EXPECT_THAT(idle, ElementsAre("gone", "idle"));
}

TEST(DrawnConflicts, VerifyFindsRowsThatLackOrSayOtherThings) {
  FuseInput in = draw::town();
  in.special = {special("out", draw::rectangle(-150, 100, 50, 150)), special("a", draw::rectangle(100, 450, 200, 550)),
                special("b", draw::rectangle(150, 450, 250, 550)),
                special("wide", draw::rectangle(550, 100, 650, 150))};
  const City city = fused(std::move(in));
  for (std::size_t r = 0; r < city.conflicts.size(); ++r) {
    if (!std::holds_alternative<OfDrawn>(city.conflicts[r].facts)) continue;
    City without = city, other = city;
    without.conflicts.erase(without.conflicts.begin() + static_cast<std::ptrdiff_t>(r));
    EXPECT_FALSE(verify(without).empty()) << ids_text(city, city.conflicts[r]);
    other.conflicts[r].before = {"nobody"};
    EXPECT_FALSE(verify(other).empty()) << ids_text(city, city.conflicts[r]);
  }
}

}  // namespace
}  // namespace gridloom
