// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/unify.h"

#include <gtest/gtest.h>

#include <numeric>

#include "delivered.h"
#include "engine/arrangement/verify.h"

namespace gridloom {
namespace {

using Parts = std::vector<std::uint32_t>;

Parts parts_of(const AtomGraph& g, PeopleBand band) { return regionalise(g, band, 1, 500).part_of; }

// columns x rows vertices, row by row; every edge is 100 m long and drawn by nobody.
AtomGraph lattice(std::uint32_t columns, std::uint32_t rows, const std::vector<double>& people) {
  AtomGraph g;
  g.people = people;
  for (std::uint32_t r = 0; r < rows; ++r)
    for (std::uint32_t c = 0; c < columns; ++c) {
      const std::uint32_t v = r * columns + c;
      if (c + 1 < columns) g.edges.push_back({v, v + 1, 100, 0});
      if (r + 1 < rows) g.edges.push_back({v, v + columns, 100, 0});
    }
  return g;
}

std::vector<double> people_of(const AtomGraph& g, const Parts& parts) {
  std::vector<double> sum(parts.empty() ? 0 : 1 + *std::max_element(parts.begin(), parts.end()), 0);
  for (std::size_t v = 0; v < parts.size(); ++v) sum[parts[v]] += g.people[v];
  return sum;
}

// One part for every vertex, parts connected and numbered by their lowest vertex.
void expect_partition(const AtomGraph& g, const Parts& parts) {
  ASSERT_EQ(parts.size(), g.people.size());
  Parts root(parts.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](std::uint32_t v) {
    while (root[v] != v) v = root[v];
    return v;
  };
  for (const AtomEdge& e : g.edges)
    if (parts[e.a] == parts[e.b]) root[find(e.a)] = find(e.b);
  std::map<std::uint32_t, std::set<std::uint32_t>> pieces;
  std::uint32_t next = 0;
  for (std::uint32_t v = 0; v < parts.size(); ++v) {
    pieces[parts[v]].insert(find(v));
    EXPECT_LE(parts[v], next) << "vertex " << v;
    if (parts[v] == next) ++next;
  }
  for (const auto& [part, roots] : pieces) EXPECT_EQ(roots.size(), 1u) << "part " << part << " is in pieces";
}

TEST(Regionalise, KeepsTheBandOnAnEvenLattice) {
  for (const auto& [columns, rows] : {std::pair{12u, 12u}, {7u, 31u}, {40u, 25u}}) {
    const AtomGraph g = lattice(columns, rows, std::vector<double>(columns * rows, 100));
    const Parts parts = parts_of(g, {800, 1600});
    expect_partition(g, parts);
    for (double people : people_of(g, parts)) {
      EXPECT_GE(people, 800);
      EXPECT_LE(people, 1600);
    }
  }
}

TEST(Regionalise, KeepsTheBandForAlmostAllPeopleOnUnevenLattices) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    draw::Random random(seed);
    std::vector<double> people;
    for (int v = 0; v < 400; ++v) people.push_back(random.one_in(4) ? 0 : random.between(1, 300));
    AtomGraph g = lattice(20, 20, people);
    for (AtomEdge& e : g.edges) {
      e.length_m = random.between(1, 200);
      e.support = random.real();
    }
    const Parts parts = parts_of(g, {1000, 2000});
    expect_partition(g, parts);
    double in = 0, all = 0;
    for (double p : people_of(g, parts)) {
      in += p >= 1000 && p <= 2000 ? p : 0;
      all += p;
      EXPECT_LE(p, 2000) << "no single vertex has so many, so no part may";
    }
    EXPECT_GE(in, 0.95 * all) << "seed " << seed;
    EXPECT_EQ(parts, parts_of(g, {1000, 2000}));
  }
}

TEST(Regionalise, CutsWhereTheDepartmentsCut) {
  // Eight columns; all departments draw the line between the fourth and the fifth.
  AtomGraph g = lattice(8, 4, std::vector<double>(32, 100));
  for (AtomEdge& e : g.edges)
    if (e.a % 8 == 3 && e.b == e.a + 1) e.support = 1;
  const Parts parts = parts_of(g, {1500, 1700});
  expect_partition(g, parts);
  for (std::uint32_t v = 0; v < 32; ++v) EXPECT_EQ(parts[v], v % 8 < 4 ? 0u : 1u) << v;
}

TEST(Regionalise, LeavesAnIslandAlone) {
  // 3 x 3 vertices, and one with 50 people that touches nothing.
  AtomGraph g = lattice(3, 3, std::vector<double>(9, 300));
  g.people.push_back(50);
  const Parts parts = parts_of(g, {1000, 3000});
  expect_partition(g, parts);
  EXPECT_EQ(people_of(g, parts), (std::vector<double>{2700, 50}));
}

TEST(Regionalise, NeverCutsAVertex) {
  AtomGraph g = lattice(5, 1, {400, 400, 9000, 400, 400});
  const Parts parts = parts_of(g, {700, 1000});
  expect_partition(g, parts);
  EXPECT_EQ(people_of(g, parts), (std::vector<double>{800, 9000, 800}));
}

TEST(Regionalise, GivesEmptyGroundToAGrid) {
  const AtomGraph g = lattice(4, 4, {0, 0, 0, 0, 0, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(parts_of(g, {500, 1000}), Parts(16, 0));
  const AtomGraph nobody = lattice(4, 4, std::vector<double>(16, 0));
  EXPECT_EQ(parts_of(nobody, {500, 1000}), Parts(16, 0));
}

TEST(Regionalise, OfNothingIsNothing) { EXPECT_TRUE(parts_of({}, {1, 2}).empty()); }

// --- unify ---

struct Plan {
  Subdivision built;
  std::vector<Label> unit_of_face;
  std::vector<double> people;
  std::vector<std::uint64_t> support;
};

// One face per letter of `plots`; digits of `units` say in which unit a plot lies; people by letter.
Plan plan(const draw::Rows& plots, std::string_view letters, const draw::Rows& units, std::string_view digits,
          const std::map<char, double>& people) {
  Plan out{draw::build_stack({draw::cells(plots, letters), draw::cells(units, digits)}), {}, {}, {}};
  out.unit_of_face = out.built.labelings[1].of_face;
  for (Label l : out.built.labelings[0].of_face) out.people.push_back(l == kGap ? 0 : people.at(letters[l]));
  const std::vector<const Labeling*> layers{&out.built.labelings[0]};
  out.support = arc_support(out.built.arrangement, layers);
  return out;
}

Regions regions_of(const Plan& p, std::size_t units, UnifyOptions options, unsigned threads = 1) {
  options.people_per_household = 1;
  return unify(p.built.arrangement, p.unit_of_face, units, p.people, p.support, 1, options, threads);
}

TEST(Unify, NeverCrossesAUnitsLineAndSaysWhyATargetIsMissed) {
  // Unit 1: a + b make a grid. Unit 2: c is crowded, and d and e are too few: they miss the band by less as
  // one grid. Unit 3: an islet, and empty ground apart.
  const draw::Rows plots{"ab.cd.f", "ab.ce..", "......g"}, units{"11.22.3", "11.22..", "......3"};
  const Plan p = plan(plots, "abcdefg", units, "123",
                      {{'a', 300}, {'b', 300}, {'c', 5000}, {'d', 100}, {'e', 50}, {'f', 40}, {'g', 0}});
  UnifyOptions options;
  options.households_min = 500;
  options.households_max = 1000;
  const Regions r = regions_of(p, 3, options);
  ASSERT_EQ(r.grid_of_face.size(), p.built.arrangement.face_count);
  ASSERT_EQ(r.verdicts.size(), r.count);
  EXPECT_EQ(r.count, 4u);
  const auto at = [&](std::size_t column, std::size_t row) {
    const Label g = r.grid_of_face[draw::faces_at(p.built.arrangement, draw::centre(plots, column, row)).front()];
    EXPECT_NE(g, kGap);
    return g;
  };
  EXPECT_EQ(at(0, 0), at(1, 1));
  EXPECT_EQ(at(4, 0), at(4, 1));
  EXPECT_EQ(at(3, 0), at(4, 0));
  EXPECT_EQ(r.verdicts[at(0, 0)], BandVerdict::in_band);
  EXPECT_EQ(r.verdicts[at(3, 0)], BandVerdict::indivisible);
  EXPECT_EQ(r.verdicts[at(6, 0)], BandVerdict::isolated);
  EXPECT_EQ(r.verdicts[at(6, 2)], BandVerdict::uninhabited);
  EXPECT_EQ(r.grid_of_face[kOutside], kGap);
}

TEST(Unify, DoesNotDependOnThreads) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    draw::CityOptions o;
    o.regions = 12;
    const Subdivision s = draw::build_stack(draw::random_city(seed, o));
    draw::Random random(seed);
    Plan p{s, s.labelings[0].of_face, {0}, {}};
    for (FaceId f = 1; f < s.arrangement.face_count; ++f) p.people.push_back(random.between(0, 400));
    const std::vector<const Labeling*> layers{&s.labelings[1]};
    p.support = arc_support(s.arrangement, layers);
    UnifyOptions options;
    const Regions one = regions_of(p, 12, options, 1), two = regions_of(p, 12, options, 2);
    EXPECT_EQ(one.grid_of_face, two.grid_of_face);
    EXPECT_EQ(one.verdicts, two.verdicts);
    std::map<Label, std::set<Label>> units;
    for (FaceId f = 1; f < s.arrangement.face_count; ++f) units[one.grid_of_face[f]].insert(p.unit_of_face[f]);
    for (const auto& [grid, in] : units) EXPECT_EQ(in.size(), 1u) << "grid " << grid;
  }
}

}  // namespace
}  // namespace gridloom
