// SPDX-License-Identifier: Apache-2.0
#include "engine/districting/districting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>

#include "engine/districting/district_bound.h"
#include "support/metis_graph.h"
#include "support/repository.h"

namespace gridloom {
namespace {

std::string instance(const std::string& name) {
  return repository() / "tests/data/districting" / (std::string(name) + ".graph");
}

DistrictGraph grid_graph(std::uint32_t columns, std::uint32_t rows, std::int64_t weight) {
  DistrictGraph g;
  g.weight.assign(std::size_t{columns} * rows, weight);
  for (std::uint32_t r = 0; r < rows; ++r)
    for (std::uint32_t c = 0; c < columns; ++c) {
      const std::uint32_t v = r * columns + c;
      if (c + 1 < columns) g.edges.push_back({v, v + 1, 1});
      if (r + 1 < rows) g.edges.push_back({v, v + columns, 1});
    }
  return g;
}

// A few vertices with some edges, now and then in several components; light, weightless and overweight vertices.
DistrictGraph random_graph(std::mt19937_64& random, std::uint32_t n) {
  const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random() % limit); };
  DistrictGraph g;
  for (std::uint32_t v = 0; v < n; ++v) g.weight.push_back(below(8) == 0 ? 0 : below(12) == 0 ? 60 : 3 + below(12));
  const std::int64_t density = 3 + below(4);
  for (std::uint32_t a = 0; a < n; ++a)
    for (std::uint32_t b = a + 1; b < n; ++b)
      if (b == a + 1 ? below(8) != 0 : below(10) < density / 2) g.edges.push_back({a, b, below(9)});
  return g;
}

std::size_t pieces(const DistrictGraph& g, const std::vector<std::uint32_t>& part) {
  std::vector<std::uint32_t> parent(part.size());
  std::iota(parent.begin(), parent.end(), 0u);
  const std::function<std::uint32_t(std::uint32_t)> find = [&](std::uint32_t v) {
    return parent[v] == v ? v : parent[v] = find(parent[v]);
  };
  for (const DistrictEdge& e : g.edges)
    if (part[e.a] == part[e.b]) parent[find(e.a)] = find(e.b);
  std::set<std::uint32_t> roots;
  for (std::uint32_t v = 0; v < part.size(); ++v) roots.insert(find(v));
  return roots.size();
}

struct Measured {
  std::size_t parts = 0;
  std::int64_t cut = 0, violation = 0;
};

Measured measure(const DistrictGraph& g, WeightLimits limits, const std::vector<std::uint32_t>& part) {
  std::map<std::uint32_t, std::int64_t> weight;
  for (std::size_t v = 0; v < part.size(); ++v) weight[part[v]] += g.weight[v];
  Measured m;
  m.parts = weight.size();
  for (const auto& [p, w] : weight) m.violation += std::max({std::int64_t{0}, limits.min - w, w - limits.max});
  for (const DistrictEdge& e : g.edges)
    if (part[e.a] != part[e.b]) m.cut += e.cost;
  return m;
}

void expect_sound(const DistrictGraph& g, WeightLimits limits, const Districting& d) {
  ASSERT_EQ(d.part_of.size(), g.weight.size());
  const Measured m = measure(g, limits, d.part_of);
  EXPECT_EQ(d.cut, m.cut);
  EXPECT_EQ(d.violation, m.violation);
  EXPECT_EQ(d.parts, m.parts);
  EXPECT_EQ(pieces(g, d.part_of), m.parts) << "a part is not connected";
  if (d.violation == 0) {
    EXPECT_LE(d.lower_bound, d.cut + d.moved);
  }
}

// Tries every partition.
Measured best_by_trying(const DistrictGraph& g, WeightLimits limits, std::size_t parts) {
  Measured best{0, INT64_MAX, INT64_MAX};
  std::vector<std::uint32_t> part(g.weight.size(), 0);
  const std::function<void(std::size_t, std::uint32_t)> assign = [&](std::size_t v, std::uint32_t used) {
    if (v == part.size()) {
      if ((parts != 0 && used != parts) || pieces(g, part) != used) return;
      const Measured m = measure(g, limits, part);
      if (std::tie(m.violation, m.cut) < std::tie(best.violation, best.cut)) best = m;
      return;
    }
    for (std::uint32_t p = 0; p <= used; ++p) {
      part[v] = p;
      assign(v + 1, std::max(used, p + 1));
    }
  };
  assign(0, 0);
  return best;
}

TEST(Districting, FindsAndProvesWhatTryingEveryPlanFinds) {
  std::mt19937_64 random(11);
  int feasible = 0, infeasible = 0;
  for (int trial = 0; trial < 150; ++trial) {
    SCOPED_TRACE(trial);
    const DistrictGraph g = random_graph(random, 4 + static_cast<std::uint32_t>(random() % 5));
    const WeightLimits limits{10 + static_cast<std::int64_t>(random() % 10),
                              22 + static_cast<std::int64_t>(random() % 20)};
    DistrictingOptions o;
    o.seed = static_cast<std::uint64_t>(trial);
    o.effort = 20'000;
    const Districting d = district(g, limits, o);
    expect_sound(g, limits, d);
    const Measured best = best_by_trying(g, limits, 0);
    EXPECT_EQ(d.violation, best.violation);
    EXPECT_TRUE(d.proven);
    EXPECT_GE(d.cut, best.cut);
    if (best.violation == 0) {
      EXPECT_EQ(d.cut, best.cut);
      EXPECT_EQ(d.lower_bound, best.cut);
    }
    ++(best.violation == 0 ? feasible : infeasible);
  }
  EXPECT_GT(feasible, 20);
  EXPECT_GT(infeasible, 20);
}

TEST(Districting, KeepsTheNumberOfParts) {
  std::mt19937_64 random(5);
  for (int trial = 0; trial < 60; ++trial) {
    SCOPED_TRACE(trial);
    DistrictGraph g = random_graph(random, 8);
    const std::size_t parts = 2 + random() % 3;
    if (pieces(g, std::vector<std::uint32_t>(8, 0)) > parts) continue;  // more components than parts
    const WeightLimits limits{12, 40};
    DistrictingOptions o;
    o.parts = parts;
    o.effort = 20'000;
    const Districting d = district(g, limits, o);
    expect_sound(g, limits, d);
    EXPECT_EQ(d.parts, parts);
    const Measured best = best_by_trying(g, limits, parts);
    EXPECT_EQ(d.violation, best.violation);
    EXPECT_EQ(d.cut, best.cut);
    EXPECT_TRUE(d.proven);
  }
}

TEST(Districting, ProvesTwentyFiveVertices) {
  DistrictingOptions o;
  o.effort = 50'000;
  const DistrictGraph g = grid_graph(5, 5, 10);
  const Districting d = district(g, {40, 60}, o);
  expect_sound(g, {40, 60}, d);
  EXPECT_EQ(d.violation, 0);
  EXPECT_TRUE(d.proven);
  EXPECT_EQ(d.lower_bound, d.cut);
}

TEST(Districting, SaysWhereThereIsNoPlan) {
  // 620 households admit two grids of 300 to 500, 550 admit none.
  const DistrictGraph path{{155, 155, 155, 155}, {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}}};
  const Districting two = district(path, {300, 500}, {});
  EXPECT_EQ(two.violation, 0);
  EXPECT_EQ(two.parts, 2u);
  const DistrictGraph short_path{{275, 275}, {{0, 1, 1}}};
  const Districting none = district(short_path, {300, 500}, {});
  EXPECT_EQ(none.violation, 50);
  EXPECT_TRUE(none.proven);
}

TEST(DistrictBound, NeverExceedsTheBestPlanAndIsSeldomNothing) {
  int positive = 0, judged = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 random(seed);
    const DistrictGraph g = random_graph(random, 6 + static_cast<std::uint32_t>(random() % 10));
    const std::int64_t total = std::accumulate(g.weight.begin(), g.weight.end(), std::int64_t{0});
    const WeightLimits limits{total / 6, total / 2};
    DistrictingOptions options;
    options.effort = 20'000;
    const Districting best = district(g, limits, options);
    if (!best.proven || best.violation > 0) continue;
    const std::int64_t bound = bound_by_flows(g, DistrictAdjacency(g), limits);
    EXPECT_LE(bound, best.cut) << seed;
    ++judged;
    positive += bound > 0;
  }
  EXPECT_GE(judged, 20);
  EXPECT_GE(positive, judged / 2);
  for (const auto& [name, parts, optimum] : {std::tuple{"AL_county", 7, 55}, {"UT_tract", 4, 79}}) {
    const DistrictGraph g = testing::read_metis_graph(instance(name));
    const std::int64_t bound =
        bound_by_flows(g, DistrictAdjacency(g), testing::half_per_cent(g, static_cast<std::size_t>(parts)));
    EXPECT_GT(bound, 0) << name;
    EXPECT_LE(bound, optimum) << name;
  }
}

TEST(Districting, SameSeedSamePlan) {
  const DistrictGraph g = testing::read_metis_graph(instance("NH_tract"));
  DistrictingOptions o;
  o.parts = 5;
  o.effort = 100'000;
  const WeightLimits limits{200'000, 320'000};
  const Districting a = district(g, limits, o), b = district(g, limits, o);
  EXPECT_EQ(a.part_of, b.part_of);
  o.seed = 2;
  expect_sound(g, limits, district(g, limits, o));
}

// Proven optima: Validi and Buchanan, "Political districting to minimize cut edges" (2022).
TEST(Districting, ReachesPublishedOptima) {
  const struct {
    const char* name;
    std::size_t parts;
    std::int64_t cut;
    std::uint64_t effort;
  } known[] = {{"NM_county", 3, 17, 1'000'000},
               {"ID_county", 2, 10, 1'000'000},
               {"WV_county", 3, 23, 1'000'000},
               {"AR_county", 4, 33, 2'000'000},
               {"AL_county", 7, 55, 4'000'000}};
  for (const auto& k : known) {
    SCOPED_TRACE(k.name);
    const DistrictGraph g = testing::read_metis_graph(instance(k.name));
    DistrictingOptions o;
    o.parts = k.parts;
    o.effort = k.effort;
    const WeightLimits limits = testing::half_per_cent(g, k.parts);
    const Districting d = district(g, limits, o);
    expect_sound(g, limits, d);
    EXPECT_EQ(d.violation, 0);
    EXPECT_EQ(d.cut, k.cut);
    EXPECT_LE(d.lower_bound, k.cut);
  }
}

TEST(Districting, NeverWorseThanItsStart) {
  const DistrictGraph g = grid_graph(12, 10, 7);
  DistrictingOptions o;
  o.effort = 1000;
  const WeightLimits limits{60, 80};
  for (std::uint32_t v = 0; v < 120; ++v) o.start.push_back(v / 10);  // not all of a row: ten vertices each
  o.start.clear();
  for (std::uint32_t v = 0; v < 120; ++v) o.start.push_back(v % 12);  // columns of ten
  const Measured before = measure(g, limits, o.start);
  const Districting d = district(g, limits, o);
  expect_sound(g, limits, d);
  EXPECT_EQ(d.violation, 0);
  EXPECT_LE(d.cut, before.cut);
}

TEST(Districting, MovesAsFewAsItMust) {
  const DistrictGraph g = grid_graph(12, 10, 7);
  DistrictingOptions o;
  for (std::uint32_t v = 0; v < 120; ++v) o.start.push_back(v % 12);
  o.moved.assign(120, 1000);
  const Districting kept = district(g, {60, 80}, o);
  EXPECT_EQ(kept.moved, 0);
  // Two columns are too heavy now: each must give one vertex away.
  DistrictGraph heavy = g;
  heavy.weight[0] = heavy.weight[7] = 18;
  const Districting d = district(heavy, {60, 80}, o);
  expect_sound(heavy, {60, 80}, d);
  EXPECT_EQ(d.violation, 0);
  EXPECT_EQ(d.moved, 2000);
}

TEST(Districting, LargeGraphsAreCoarsened) {
  const DistrictGraph g = grid_graph(60, 50, 10);
  DistrictingOptions o;
  o.parts = 10;
  o.effort = 600'000;
  const WeightLimits limits{2950, 3050};
  const Districting d = district(g, limits, o);
  expect_sound(g, limits, d);
  EXPECT_EQ(d.violation, 0);
  EXPECT_LE(d.cut, 330);  // two rows of five squares, 25 by 12: 50·1 + 60·... = 290
}

TEST(Districting, RefusesWhatFitsNoGraph) {
  const DistrictGraph bad{{1, 2}, {{0, 2, 1}}};
  EXPECT_THROW(district(bad, {0, 5}, {}), std::invalid_argument);
  DistrictingOptions o;
  o.start = {0};
  EXPECT_THROW(district(grid_graph(2, 1, 1), {0, 5}, o), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
