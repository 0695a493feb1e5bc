// SPDX-License-Identifier: Apache-2.0
// Every stored number that follows from what else is stored: changed, it is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fusion/fuse.h"
#include "engine/fusion/succession.h"
#include "engine/proof/verify_city.h"
#include "engine/proof/verify_conflicts.h"
#include "engine/proof/verify_plans.h"
#include "engine/proof/verify_quality.h"
#include "engine/proof/verify_raw.h"
#include "support/town.h"

namespace gridloom {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The town, with a layer that nests in another, weights, and a market that is a grid of its own.
FuseInput delivery() {
  FuseInput in = draw::town();
  DeliveredLayer beats = draw::redrawn(draw::delivered("beats",
                                                       {"aaaabbbbcccc", "aaaabbbbcccc", "aaaabbbbcccc", "aaaabbbbcccc",
                                                        "ddddddddeeee", "ddddddddeeee", "ffffffffgggg", "ffffffffgggg"},
                                                       "abcdefg"),
                                       6'000, 4'000);
  beats.accuracy_m = 12;
  beats.rank = 5;
  beats.shift = ShiftWord::keep;
  beats.parent_layer = "police";
  beats.parents = {"p", "p", "q", "r", "r", "s", "s"};
  in.layers.push_back(std::move(beats));
  in.unify.weights = {1, 3, 2, 0.5, 1};
  in.special.push_back(
      {"M1", {"Market", "市场"}, GridKind::special, true, "", "", draw::rectangle(101, 451, 177, 533)});
  return in;
}

City fused(FuseInput in, const std::string& today) {
  SilentProgress quiet;
  return fuse(std::move(in), {1, today}, quiet).city;
}

const City& first() {
  static const City city = fused(delivery(), "2026-01-01");
  return city;
}

// Fused again with larger grids.
const City& second() {
  static const City city = [] {
    FuseInput in = delivery();
    in.before = predecessor_of(first(), in.lattice);
    in.unify.keep_existing = true;
    in.unify.households_min = 400;
    in.unify.households_max = 900;
    return fused(std::move(in), "2027-01-01");
  }();
  return city;
}

std::string said(const std::vector<Fault>& faults) { return draw::said(faults); }

TEST(VerifyRecount, FindsNothingInFusedCities) {
  EXPECT_EQ(said(verify(first())), "");
  EXPECT_EQ(said(verify(second())), "");
}

// --- conflicts ---

std::vector<Fault> conflict_faults(const City& city) { return check_conflicts(city, delivered_overlay(city, 1), 1000); }

std::vector<Fault> conflict_faults_after(const std::function<void(City&)>& change) {
  City city = first();
  change(city);
  return conflict_faults(city);
}

TEST(VerifyRecount, NamesEveryFalseConflict) {
  std::set<ConflictKind> kinds;
  for (std::size_t r = 0; r < first().conflicts.size(); ++r) {
    const Conflict& row = first().conflicts[r];
    const std::string ids = ids_text(first(), row);
    SCOPED_TRACE(ids);
    kinds.insert(row.kind);
    EXPECT_THAT(said(conflict_faults_after([&](City& c) { c.conflicts[r].area_m2 += 0.001; })),
                AllOf(HasSubstr("recorded_differs"), HasSubstr(ids + ", area_m2")));
    EXPECT_THAT(said(conflict_faults_after([&](City& c) { c.conflicts[r].population += 1e6; })),
                AllOf(HasSubstr(ids), HasSubstr("population")));
    if (!row.admin_level.empty()) continue;  // the levels' lines as delivered are not stored
    if (row.kind == ConflictKind::shift) continue;
    EXPECT_THAT(conflict_faults_after([&](City& c) { c.conflicts[r].after = {"nobody"}; }), Not(IsEmpty()));
    EXPECT_THAT(said(conflict_faults_after([&](City& c) { c.conflicts.erase(c.conflicts.begin() + r); })),
                HasSubstr(ids));
    EXPECT_THAT(said(conflict_faults_after([&](City& c) { c.conflicts.push_back(row); })), HasSubstr(ids));
    if (tells_of_ground(row)) {
      EXPECT_THAT(said(conflict_faults_after([&](City& c) {
                    for (auto& polygon : c.conflicts[r].ground)
                      for (auto& ring : polygon)
                        for (Point& p : ring) p.x += 1'000;
                  })),
                  HasSubstr(ids))
          << "as large, but elsewhere";
    }
  }
  for (ConflictKind k : {ConflictKind::gap, ConflictKind::overlap, ConflictKind::sliver, ConflictKind::outside_frame,
                         ConflictKind::nesting, ConflictKind::split_duty, ConflictKind::unmet_target,
                         ConflictKind::covered_cell, ConflictKind::lost_cell, ConflictKind::shift})
    EXPECT_TRUE(kinds.contains(k)) << static_cast<int>(k);
}

TEST(VerifyRecount, NamesConflictsOfAnotherKind) {
  for (std::size_t r = 0; r < first().conflicts.size(); ++r) {
    const Conflict& row = first().conflicts[r];
    if (!tells_of_ground(row)) continue;
    const std::string ids = ids_text(first(), row);
    const auto other = row.kind == ConflictKind::gap ? ConflictKind::overlap : ConflictKind::gap;
    EXPECT_THAT(said(conflict_faults_after([&](City& c) { c.conflicts[r].kind = other; })), HasSubstr(ids));
  }
  for (std::size_t r = 0; r < first().conflicts.size(); ++r)
    if (first().conflicts[r].kind == ConflictKind::lost_cell) {
      EXPECT_THAT(said(conflict_faults_after([&](City& c) { c.conflicts[r].kind = ConflictKind::covered_cell; })),
                  HasSubstr("recorded=\"covered_cell\" counted=\"lost_cell\""));
    }
}

// A layer that was moved is not where it was delivered: its conflicts are as large as their ground, and no more can be
// said.
TEST(VerifyRecount, TakesMovedLayersForWhatTheyAre) {
  FuseInput in = delivery();
  in.layers.push_back(draw::redrawn(in.layers[0], 37'000, -28'000));
  in.layers.back().id = "off";
  in.layers.back().rank = 9;
  in.layers.back().shift = ShiftWord::apply;
  in.unify.weights.push_back(1);
  City city = fused(in, "2026-01-01");
  ASSERT_TRUE(city.layers.back().moved);
  EXPECT_FALSE(city.layers.front().moved);
  EXPECT_EQ(said(verify(city)), "");
  city.layers.back().moved = false;
  EXPECT_THAT(said(verify(city)), HasSubstr("conflicts, off"));
}

// --- crosswalk ---

TEST(VerifyRecount, NamesEveryFalseRowOfTheCrosswalk) {
  const auto faults = [](const std::function<void(City&)>& change) {
    City city = first();
    change(city);
    return said(check_quality(city, 5));
  };
  for (std::size_t r = 0; r < first().crosswalk.size(); r += 3) {
    const CrosswalkRow& row = first().crosswalk[r];
    const std::string name = "crosswalk, " + first().layers[row.layer].id + ", " +
                             first().layers[row.layer].cells[static_cast<std::size_t>(row.cell)].id + ", " +
                             first().grids[row.grid].code + ", ";
    EXPECT_THAT(faults([&](City& c) { c.crosswalk[r].share_of_grid += 1e-6; }), HasSubstr(name + "share_of_grid"));
    EXPECT_THAT(faults([&](City& c) { c.crosswalk[r].share_of_feature -= 1e-6; }),
                HasSubstr(name + "share_of_feature"));
    EXPECT_THAT(faults([&](City& c) { c.crosswalk[r].area_m2 += 1; }), HasSubstr(name + "area_m2"));
    EXPECT_THAT(faults([&](City& c) { c.crosswalk[r].population += 1; }), HasSubstr(name + "population"));
  }
  EXPECT_THAT(faults([](City& c) { c.crosswalk.erase(c.crosswalk.begin()); }),
              HasSubstr("crosswalk_rows_missing rows=1"));
  EXPECT_THAT(faults([](City& c) { c.crosswalk.push_back(c.crosswalk.front()); }),
              HasSubstr("crosswalk_row_without_ground"));
}

// --- grids, plans, succession ---

std::string plan_faults(const City& clean, const std::function<void(City&)>& change) {
  City city = clean;
  change(city);
  return said(check_plans(city, 5));
}

TEST(VerifyRecount, NamesFalseCostsOfGrids) {
  for (std::size_t g = 0; g < first().grids.size(); ++g) {
    const std::string name = "grids, " + first().grids[g].code + ", ";
    EXPECT_THAT(plan_faults(first(), [&](City& c) { c.grids[g].cells_split += 1; }), HasSubstr(name + "cells_split"));
    EXPECT_THAT(plan_faults(first(), [&](City& c) { c.grids[g].cut_against_m += 0.001; }),
                HasSubstr(name + "cut_against_m"));
    EXPECT_THAT(plan_faults(first(), [&](City& c) { c.grids[g].households_moved += 1; }),
                HasSubstr(name + "households_moved"));
    if (first().grids[g].verdict != BandVerdict::fixed && first().grids[g].verdict != BandVerdict::uninhabited) {
      EXPECT_THAT(plan_faults(first(),
                              [&](City& c) {
                                BandVerdict& v = c.grids[g].verdict;
                                v = v == BandVerdict::in_band ? BandVerdict::numbers : BandVerdict::in_band;
                              }),
                  HasSubstr(name + "band"));
    }
  }
  EXPECT_THAT(plan_faults(first(), [](City& c) { c.layers[1].weight = 1; }), HasSubstr("cut_against_m"));
  EXPECT_EQ(plan_faults(first(), [](City& c) { c.layers[1].weight.reset(); }), "") << "a file of older days";
  std::size_t named = 0;
  for (std::size_t g = 0; g < second().grids.size(); ++g) {
    if (second().grids[g].households_moved <= 0) continue;
    ++named;
    EXPECT_THAT(plan_faults(second(), [&](City& c) { c.grids[g].households_moved = c.grids[g].households + 1; }),
                HasSubstr(second().grids[g].code + ", households_moved"));
    EXPECT_THAT(plan_faults(second(), [&](City& c) { c.grids[g].households_moved = 0; }),
                HasSubstr(second().grids[g].code + ", households_moved"));
  }
  EXPECT_GT(named, 0u);
}

TEST(VerifyRecount, NamesFalsePlans) {
  for (std::size_t u = 0; u < first().plans.size(); ++u) {
    const std::string name = "plans, " + first().admin.back().units[u].code + ", ";
    const auto faults = [&](auto&& change) { return plan_faults(first(), [&](City& c) { change(c.plans[u]); }); };
    EXPECT_THAT(faults([](UnitPlan& p) { p.atoms += 1; }), HasSubstr(name + "atoms"));
    EXPECT_THAT(faults([](UnitPlan& p) { p.grids -= 1; }), HasSubstr(name + "grids"));
    EXPECT_THAT(faults([](UnitPlan& p) { p.households += 0.1; }), HasSubstr(name + "households"));
    EXPECT_THAT(faults([](UnitPlan& p) { p.soft_cut_m += 0.1; }), HasSubstr(name + "soft_cut_m"));
    EXPECT_THAT(faults([](UnitPlan& p) { p.relaxed_by += 1; }), HasSubstr(name + "relaxed_by"));
    EXPECT_THAT(faults([](UnitPlan& p) {
                  p.status = PlanStatus::feasible;
                  p.lower_bound_m = p.soft_cut_m + 10;
                }),
                HasSubstr(name + "lower_bound_m"));
    EXPECT_THAT(faults([](UnitPlan& p) { p.status = static_cast<PlanStatus>(17); }), HasSubstr(name + "status"));
    EXPECT_THAT(faults([](UnitPlan& p) {
                  p.status = PlanStatus::optimal;
                  p.lower_bound_m = p.soft_cut_m - 10;
                }),
                AnyOf(HasSubstr(name + "lower_bound_m"), HasSubstr(name + "relaxed_by")));
    EXPECT_THAT(faults([](UnitPlan& p) {
                  p.relaxed_proven = true;
                  p.status = PlanStatus::kept;
                }),
                HasSubstr(name + "relaxed_proven"));
  }
  EXPECT_THAT(plan_faults(first(), [](City& c) { c.plans.pop_back(); }), HasSubstr("plans, rows"));
}

TEST(VerifyRecount, NamesFalseSuccession) {
  ASSERT_THAT(second().succession, Not(IsEmpty()));
  for (std::size_t r = 0; r < second().succession.size(); ++r) {
    const Succession& row = second().succession[r];
    const auto faults = [&](auto&& change) { return plan_faults(second(), [&](City& c) { change(c.succession[r]); }); };
    EXPECT_THAT(faults([](Succession& s) { s.retired = !s.retired; }), HasSubstr(row.old_code + ">"));
    EXPECT_THAT(faults([](Succession& s) { s.new_code = "0"; }), HasSubstr("no_such_grid"));
    EXPECT_THAT(faults([](Succession& s) { s.share += 1; }), HasSubstr(row.old_code));
    EXPECT_THAT(faults([](Succession& s) { s.share = -s.share; }), HasSubstr(", share"));
  }
  // Households of two rows of one grid are in the proportion of their shares, and went where they say.
  EXPECT_THAT(plan_faults(second(), [](City& c) { c.succession.front().households *= 3; }), Not(IsEmpty()));
  // Codes that were given up are never given again.
  const auto gone = std::find_if(second().succession.begin(), second().succession.end(),
                                 [](const Succession& s) { return s.retired; });
  ASSERT_NE(gone, second().succession.end());
  EXPECT_THAT(plan_faults(second(), [&](City& c) { c.grids[0].code = gone->old_code; }), HasSubstr("retired"));
}

// --- quality as delivered ---

TEST(VerifyRecount, NamesFalseQualityOfWhatWasDelivered) {
  const DeliveredOverlay over = delivered_overlay(first(), 1);
  std::set<std::string> named;
  for (std::size_t r = 0; r < first().quality.size(); ++r) {
    const QualityRow& row = first().quality[r];
    const std::string family(word_of(row.metric));
    if (row.stage != QualityStage::raw && family != "changed_cells" && family != "lost_cells") continue;
    const std::string layer = row.layer < 0 ? "" : first().layers[static_cast<std::size_t>(row.layer)].id;
    City city = first();
    // What follows from the raw subdivision alone is checked for sense.
    const bool sense =
        family == "faces" || family == "thin_faces" || family == "nesting_confidence" || family == "suggested_accuracy";
    city.quality[r].value = sense ? -1 : row.value + std::max(1e-3, 1e-3 * row.value);
    EXPECT_THAT(said(check_raw_quality(city, over, 5)), HasSubstr(layer + ", " + family))
        << word_of(row.stage) << " " << layer << " " << family;
    named.insert(family);
  }
  for (const char* family : {"gap_area", "overlap_area", "changed_cells", "lost_cells", "contradiction",
                             "nesting_confidence", "reference_distance", "faces", "thin_faces"})
    EXPECT_TRUE(named.contains(family)) << family;
}

}  // namespace
}  // namespace gridloom
