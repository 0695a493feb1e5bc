// SPDX-License-Identifier: Apache-2.0
// Fusing again: codes that stay, codes that are given up, ground that is fixed.
#include "engine/fusion/succession.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/progress.h"
#include "engine/fusion/fuse.h"
#include "engine/proof/verify_city.h"
#include "support/town.h"

namespace gridloom {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

City fused(FuseInput in, const std::string& today = "2026-01-01") {
  SilentProgress quiet;
  City city = fuse(std::move(in), {1, today}, quiet).city;
  const auto faults = verify(city);
  EXPECT_TRUE(faults.empty()) << draw::said(faults);
  return city;
}

City fused_again(FuseInput in, const City& before, const std::string& today = "2027-01-01") {
  in.before = predecessor_of(before, in.lattice);
  in.unify.keep_existing = true;
  return fused(std::move(in), today);
}

std::set<std::string> codes_of(const City& city) {
  std::set<std::string> codes;
  for (const Grid& g : city.grids) codes.insert(g.code);
  return codes;
}

std::size_t common(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.size();
}

TEST(Succession, NothingNewChangesNothing) {
  const City before = fused(draw::town());
  const City after = fused_again(draw::town(), before);
  EXPECT_EQ(digest(after), digest(before));
  EXPECT_THAT(after.succession, IsEmpty());
  ASSERT_EQ(after.history.size(), 2u);
  EXPECT_EQ(after.history[1].version, 2);
  for (const Grid& g : after.grids) {
    EXPECT_EQ(g.valid_from, "2026-01-01");
    EXPECT_EQ(g.households_moved, 0);
  }
}

TEST(Succession, TheLatticeMayMove) {
  const City before = fused(draw::town());
  FuseInput in = draw::town();
  in.lattice.origin_x -= 2000;
  const auto shift = [](std::vector<DeliveredCell>& cells) {
    for (DeliveredCell& c : cells)
      for (Ring& r : c.rings)
        for (Point& p : r.points) p.x += 2'000'000;
  };
  for (DeliveredAdminLevel& l : in.admin) shift(l.units.cells);
  for (DeliveredLayer& l : in.layers) shift(l.cells);
  shift(in.population.areas.cells);
  for (Point& p : in.events.at) p.x += 2'000'000;
  const City after = fused_again(std::move(in), before);
  EXPECT_EQ(codes_of(after), codes_of(before));
  EXPECT_THAT(after.succession, IsEmpty());
}

TEST(Succession, AnotherCrsIsRefused) {
  Lattice other = draw::kLattice;
  other.crs = "EPSG:4528";
  const City before = fused(draw::town());
  EXPECT_THROW(predecessor_of(before, other), DataError);
}

TEST(Succession, ARedrawnLayerKeepsCodesAndTellsWhatChanged) {
  const City before = fused(draw::town());
  FuseInput in = draw::town();
  // Police delivers again: one line goes elsewhere.
  in.layers[0] = draw::redrawn(draw::delivered("police",
                                               {"ppppqqqqqqqq", "ppppqqqqqqqq", "ppppqqqqqqqq", "ppppqqqqqqqq",
                                                "rrrrrrrrrrrr", "rrrrrrrrrrrr", "ssssssssssss", "ssssssssssss"},
                                               "pqrs"),
                               3'000, 3'000);
  const City after = fused_again(std::move(in), before);
  const auto old = codes_of(before);
  EXPECT_GE(common(old, codes_of(after)), old.size() - 1);
  for (const Succession& s : after.succession) {
    EXPECT_EQ(s.at, "2027-01-01");
    EXPECT_TRUE(old.contains(s.old_code));
    EXPECT_TRUE(codes_of(after).contains(s.new_code));
    EXPECT_EQ(s.retired, !codes_of(after).contains(s.old_code));
    EXPECT_GT(s.share, 0);
    EXPECT_LE(s.share, 1 + 1e-9);
  }
}

TEST(Succession, CodesOfOldAreNeverGivenAgain) {
  const City first = fused(draw::town());
  FuseInput larger = draw::town();  // grids twice as large: half of the codes go
  larger.unify.households_min = 500;
  larger.unify.households_max = 1200;
  const City second = fused_again(larger, first);
  EXPECT_LT(second.grids.size(), first.grids.size());
  const City third = fused_again(draw::town(), second);
  const auto a = codes_of(first), b = codes_of(second), c = codes_of(third);
  for (const std::string& code : c) {
    const bool known = a.contains(code);
    EXPECT_TRUE(!known || b.contains(code)) << code << " was given up and is back";
  }
  std::map<std::string, double> shares;  // of every grid of `first` in the second plan
  for (const Succession& s : second.succession) shares[s.old_code] += s.share;
  for (const auto& [code, share] : shares) EXPECT_NEAR(share, 1, 0.01) << code;
  EXPECT_EQ(third.history.size(), 3u);
}

TEST(Succession, AHundredthOfAnEditKeepsAlmostAllCodes) {
  const City before = fused(draw::town());
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    draw::Random random(seed);
    FuseInput in = draw::town();
    std::size_t points = 0, edited = 0;
    for (DeliveredLayer& l : in.layers)
      for (DeliveredCell& c : l.cells)
        for (Ring& r : c.rings)
          for (Point& p : r.points) {
            ++points;
            if (!random.one_in(50)) continue;
            p.x += random.between(-30'000, 30'000);
            p.y += random.between(-30'000, 30'000);
            ++edited;
          }
    if (edited == 0) continue;
    const City after = fused_again(std::move(in), before);
    EXPECT_GE(static_cast<double>(common(codes_of(before), codes_of(after))),
              0.95 * static_cast<double>(before.grids.size()))
        << seed << ": " << edited << " of " << points << " vertices edited";
  }
}

// --- fixed ground ---

double area_of(const City& city, const std::string& name) {
  for (const Grid& g : city.grids)
    if (g.name.en == name) return g.area_m2;
  return 0;
}

TEST(FixedGrids, SpecialGroundIsExactlyAsDrawn) {
  FuseInput in = draw::town();
  // A market across no department's line, by 1 mm odd, in community a.
  in.special.push_back(
      {"M1", {"Market", "Market"}, GridKind::special, true, "", "", draw::rectangle(101.001, 451.003, 177.5, 533)});
  const City city = fused(in);
  EXPECT_NEAR(area_of(city, "Market"), (177.5 - 101.001) * (533 - 451.003), 1e-6);
  const auto market = std::find_if(city.grids.begin(), city.grids.end(), [](const Grid& g) {
    return g.name == Text{"Market", "Market"};
  });
  ASSERT_NE(market, city.grids.end());
  EXPECT_EQ(market->kind, GridKind::special);
  const City again = fused_again(in, city);
  EXPECT_EQ(digest(again), digest(city));
}

TEST(FixedGrids, ALockedGridStaysThoughItsLayersAreRedrawn) {
  City before = fused(draw::town());
  before.grids[1].locked = true;
  const std::string code = before.grids[1].code;
  const double area = before.grids[1].area_m2;
  FuseInput in = draw::town();
  for (DeliveredLayer& l : in.layers) l = draw::redrawn(l, 17'000, -23'000);
  const City after = fused_again(std::move(in), before);
  const auto kept = std::find_if(after.grids.begin(), after.grids.end(), [&](const Grid& g) { return g.code == code; });
  ASSERT_NE(kept, after.grids.end());
  EXPECT_TRUE(kept->locked);
  EXPECT_NEAR(kept->area_m2, area, 1e-6);
}

TEST(FixedGrids, HouseholdsMayBeDelivered) {
  FuseInput in = draw::town();
  for (double people : in.population.people) in.population.households.push_back(people / 4);
  const City city = fused(std::move(in));
  double households = 0, people = 0;
  for (const Grid& g : city.grids) {
    households += g.households;
    people += g.population;
  }
  EXPECT_NEAR(households, people / 4, 1e-6 * people);
}

}  // namespace
}  // namespace gridloom
