// SPDX-License-Identifier: Apache-2.0
// The main job from end to end on a small town: what goes in comes out, and the proof holds.
#include "engine/fusion/fuse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "engine/proof/verify_city.h"
#include "support/town.h"

namespace gridloom {
namespace {

using ::testing::HasSubstr;

Fused fused(FuseInput in, unsigned threads = 1) {
  SilentProgress quiet;
  Fused out = fuse(std::move(in), {threads, "2026-01-01"}, quiet);
  const auto faults = verify(out.city);
  EXPECT_TRUE(faults.empty()) << draw::said(faults);
  return out;
}

// Layers over a random network: everything overlaps, gapes and crosses by metres.
FuseInput random_town(std::uint64_t seed) {
  draw::CityOptions o;
  o.columns = o.rows = 8;
  o.layers = 5;
  o.slack = 2'000;
  o.ragged = seed % 2 == 0;
  o.odd_rings = 10;
  o.empty_squares = 14;
  const draw::Stack stack = draw::random_city(seed, o);
  FuseInput in = draw::town();
  in.admin.pop_back();
  in.layers.clear();
  const auto layer = [&](std::size_t k, const std::string& id) {
    std::vector<std::string> ids;
    for (std::size_t c = 0; c < stack[k].size(); ++c) ids.push_back(id + std::to_string(c));
    return draw::delivered(id, stack[k], ids);
  };
  in.admin[1].units = layer(0, "d");
  in.admin[1].names.assign(stack[0].size(), {"Unit", "单元"});
  in.admin[1].parents.assign(stack[0].size(), "");
  for (std::size_t k = 1; k < 4; ++k) {
    in.layers.push_back(layer(k, std::string(1, static_cast<char>('o' + k))));
    in.layers.back().rank = static_cast<int>(k);
  }
  in.population.areas = layer(4, "t");
  in.population.people.clear();
  for (std::size_t c = 0; c < stack[4].size(); ++c)
    in.population.people.push_back(200.0 + 13.0 * static_cast<double>(c % 11));
  return in;
}

// --- conservation ---

// What the aligned layers hold, straight from the labels.
struct Sums {
  std::vector<std::vector<double>> area, people;  // [layer][cell]
};

Sums aligned_sums(const City& city) {
  Sums out;
  for (const Layer& l : city.layers) {
    out.area.emplace_back(l.cells.size(), 0);
    out.people.emplace_back(l.cells.size(), 0);
    for (FaceId f = 1; f < city.arrangement.face_count; ++f)
      for (Label c : draw::cover(l.labels, f)) {
        out.area.back()[c] += city.area_m2[f];
        out.people.back()[c] += city.population[f];
      }
  }
  return out;
}

// By people, by area where nobody lives.
double share_of(const CrosswalkRow& part, double people, double area_m2) {
  return people > 0 ? part.population / people : part.area_m2 / area_m2;
}

void expect_crosswalk_sums(const City& city) {
  Sums sums = aligned_sums(city);
  const Sums whole = sums;
  for (const CrosswalkRow& r : city.crosswalk) {
    sums.area[r.layer][r.cell] -= r.area_m2;
    sums.people[r.layer][r.cell] -= r.population;
    const Grid& grid = city.grids[r.grid];
    EXPECT_NEAR(r.share_of_feature, share_of(r, whole.people[r.layer][r.cell], whole.area[r.layer][r.cell]), 1e-9);
    EXPECT_NEAR(r.share_of_grid, share_of(r, grid.population, grid.area_m2), 1e-9);
  }
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    for (std::size_t c = 0; c < city.layers[l].cells.size(); ++c) {
      EXPECT_NEAR(sums.area[l][c], 0, 1e-9 * std::max(1.0, whole.area[l][c]));
      EXPECT_NEAR(sums.people[l][c], 0, 1e-9 * std::max(1.0, whole.people[l][c]));
    }
}

double ground_area(const Conflict& c) {
  Int128 sum = 0;
  for (const auto& polygon : c.ground)
    for (const auto& ring : polygon) sum += doubled_area(ring);
  return square_metres(sum);
}

// Delivered less aligned ground of every cell is what the conflicts list, and the listed ground is as large as it says.
void expect_balance(const FuseInput& in, const City& city) {
  // Delivered ground as an arrangement of its own: the same stack without alignment.
  draw::Stack stack;
  for (const DeliveredAdminLevel& level : in.admin)
    if (!level.units.cells.empty()) stack.push_back(draw::rings_of(level.units));
  const std::size_t levels = stack.size();
  for (const DeliveredLayer& l : in.layers) stack.push_back(draw::rings_of(l));
  const Subdivision raw = draw::build_stack(stack);
  const auto area = doubled_areas(raw.arrangement);
  const Sums aligned = aligned_sums(city);
  for (std::size_t l = 0; l < in.layers.size(); ++l) {
    std::map<std::string, double> balance;
    for (FaceId f = 1; f < raw.arrangement.face_count; ++f)
      for (Label c : draw::cover(raw.labelings[levels + l], f))
        balance[in.layers[l].cells[static_cast<std::size_t>(c)].cell.id] += square_metres(area[f]);
    for (std::size_t c = 0; c < city.layers[l].cells.size(); ++c)
      balance[city.layers[l].cells[c].id] -= aligned.area[l][c];
    for (const Conflict& c : city.conflicts) {
      if (c.layer != static_cast<std::int32_t>(l) || c.kind == ConflictKind::split_duty) continue;
      for (const std::string& id : c.before) balance[id] -= c.area_m2;
      for (const std::string& id : c.after) balance[id] += c.area_m2;
      EXPECT_NEAR(ground_area(c), c.area_m2, 1e-6) << ids_text(city, c);
    }
    for (const auto& [id, rest] : balance) EXPECT_NEAR(rest, 0, 1e-6) << in.layers[l].id << " " << id;
  }
}

TEST(Fuse, ProvesTheTown) {
  const Fused f = fused(draw::town());
  EXPECT_GT(f.city.arrangement.face_count, 10u);
  EXPECT_GT(f.statistics.raw_faces, f.city.arrangement.face_count - 1u);
  EXPECT_EQ(f.city.admin.size(), 3u);
  EXPECT_EQ(f.city.admin[0].units[0].code, "9");
  EXPECT_EQ(f.city.grids.front().valid_from, "2026-01-01");
}

TEST(Fuse, ProvesRandomTowns) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    const FuseInput in = random_town(seed);
    const Fused f = fused(in);
    expect_crosswalk_sums(f.city);
    expect_balance(in, f.city);
  }
}

TEST(Fuse, CrosswalkSumsToTheAlignedLayers) { expect_crosswalk_sums(fused(draw::town()).city); }

TEST(Fuse, ConflictsBalanceDeliveredAndAligned) {
  const FuseInput in = draw::town();
  expect_balance(in, fused(in).city);
}

TEST(Fuse, KeepsThePopulation) {
  const FuseInput in = draw::town();
  const City city = fused(in).city;
  const double people = std::accumulate(in.population.people.begin(), in.population.people.end(), 0.0);
  EXPECT_NEAR(std::accumulate(city.population.begin(), city.population.end(), 0.0), people, 1e-9 * people);
  double grids = 0, zones = 0, area = 0;
  for (const Grid& g : city.grids) {
    grids += g.population;
    area += g.area_m2;
    EXPECT_NEAR(g.households, g.population / 2, 1e-9);
    EXPECT_GT(g.compactness, 0);
    EXPECT_LE(g.compactness, 1);
  }
  EXPECT_NEAR(grids, people, 1e-9 * people);
  EXPECT_NEAR(area, 1200 * 800, 1e-6);
  for (const Zone& z : city.zones) zones += z.layer == 0 ? z.population : 0;
  EXPECT_NEAR(zones, people, 1e-6) << "every grid has its police";
}

TEST(Fuse, AlignsThePoliceWithTheHardLines) {
  const City city = fused(draw::town()).city;
  // Drawn 3 m off, within the accuracy of 5 m: the line between p and r now runs along the communities' line.
  const Layer& police = city.layers[0];
  std::map<Label, double> area;
  for (FaceId f = 1; f < city.arrangement.face_count; ++f)
    for (Label c : draw::cover(police.labels, f)) area[c] += city.area_m2[f];
  EXPECT_NEAR(area[0] + area[1], 1200 * 400, 1e-6);
  EXPECT_NEAR(area[2] + area[3], 1200 * 400, 1e-6);
  for (FaceId f = 1; f < city.arrangement.face_count; ++f) EXPECT_NE(police.labels.of_face[f], kGap);
}

TEST(Fuse, ListsTheKnownConflictsById) {
  const City city = fused(draw::town()).city;
  const auto find = [&](ConflictKind kind, const std::string& layer, const std::string& ids) -> const Conflict* {
    for (const Conflict& c : city.conflicts)
      if (c.kind == kind && ids_text(city, c) == ids && c.layer >= 0 &&
          city.layers[static_cast<std::size_t>(c.layer)].id == layer)
        return &c;
    return nullptr;
  };
  const Conflict* gap = find(ConflictKind::gap, "schools", ">");
  ASSERT_TRUE(gap);
  EXPECT_NEAR(gap->area_m2, 80'000, 1500);
  const Conflict* overlap = find(ConflictKind::overlap, "schools", "x,z>x,z");
  ASSERT_TRUE(overlap);
  EXPECT_NEAR(overlap->area_m2, 150 * 200, 1500);
  EXPECT_TRUE(find(ConflictKind::overlap, "schools", "w,w2>w,w2"));
  EXPECT_TRUE(find(ConflictKind::covered_cell, "schools", "w2>w2"));
  EXPECT_TRUE(find(ConflictKind::covered_cell, "fire", "h>h"));
  EXPECT_TRUE(find(ConflictKind::lost_cell, "fire", "g>")) << "reported, though there is nothing of it in town";
  const Conflict* outside = find(ConflictKind::outside_frame, "fire", "e>");
  ASSERT_TRUE(outside);
  EXPECT_NEAR(outside->area_m2, 40 * 800 + 560 * 2, 1e-3);
  EXPECT_FALSE(find(ConflictKind::gap, "police", ">"));
}

TEST(Fuse, ReportsRepairs) {
  const Fused f = fused(draw::town());
  const auto bow_tie = std::find_if(f.findings.begin(), f.findings.end(),
                                    [](const Finding& x) { return x.layer == "sanitation" && x.feature == "n"; });
  ASSERT_NE(bow_tie, f.findings.end());
  EXPECT_GT(std::get<CrossingRings>(bow_tie->facts).ground_m2, 0);
  // Both lobes are there.
  double area = 0;
  for (FaceId face = 1; face < f.city.arrangement.face_count; ++face)
    for (Label c : draw::cover(f.city.layers[2].labels, face)) area += c == 1 ? f.city.area_m2[face] : 0;
  EXPECT_NEAR(area, 160'000, 2000);
}

TEST(Fuse, LosesNoCellInSilence) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const FuseInput in = seed == 0 ? draw::town() : random_town(seed);
    const City city = fused(in).city;
    for (std::size_t l = 0; l < in.layers.size(); ++l) {
      ASSERT_EQ(city.layers[l].cells.size(), in.layers[l].cells.size());
      std::set<Label> present;
      for (FaceId f = 1; f < city.arrangement.face_count; ++f)
        for (Label c : draw::cover(city.layers[l].labels, f)) present.insert(c);
      for (std::size_t c = 0; c < in.layers[l].cells.size(); ++c) {
        if (present.contains(static_cast<Label>(c))) continue;
        const std::string& id = city.layers[l].cells[c].id;
        EXPECT_TRUE(std::any_of(city.conflicts.begin(), city.conflicts.end(), [&](const Conflict& x) {
          return x.kind == ConflictKind::lost_cell && x.layer == static_cast<std::int32_t>(l) &&
                 x.before == std::vector{id} && x.after.empty();
        })) << id;
      }
    }
  }
}

// Two halves with a lane of 4 m between them, and a bay of 4 m at its end.
FuseInput town_with_lane() {
  FuseInput in = draw::town();
  in.layers.push_back(draw::delivered(
      "housing",
      {draw::rectangle(0, 0, 602, 800), draw::rectangle(606, 0, 1200, 300), draw::rectangle(606, 304, 1200, 800)},
      {"l", "r", "s"}));
  return in;
}

double empty_ground(const City& city) {
  double out = 0;
  for (FaceId f = 1; f < city.arrangement.face_count; ++f)
    if (city.layers.back().labels.of_face[f] == kGap) out += city.area_m2[f];
  return out;
}

TEST(Fuse, FillsThinGapsButThoseThatAreLawful) {
  FuseInput in = town_with_lane();
  EXPECT_EQ(empty_ground(fused(in).city), 0);

  in.allowed_gaps.layers = {4};
  EXPECT_NEAR(empty_ground(fused(in).city), 4 * 800 + 4 * 594, 1e-6);

  // In areas: the whole piece that lies in them by half, and no other.
  in.allowed_gaps.anywhere = false;
  in.allowed_gaps.areas = draw::delivered("gaps", {draw::rectangle(590, -10, 620, 810)}, {"a"}).cells;
  const City city = fused(in).city;
  EXPECT_NEAR(empty_ground(city), 4 * 800 + 4 * 594, 1e-6);
  EXPECT_TRUE(verify(city).empty());

  in.allowed_gaps.areas = draw::delivered("gaps", {draw::rectangle(0, 0, 100, 100)}, {"a"}).cells;
  EXPECT_EQ(empty_ground(fused(in).city), 0);
  in.allowed_gaps.layers = {0};
  in.allowed_gaps.anywhere = true;
  EXPECT_EQ(empty_ground(fused(in).city), 0) << "another layer's gaps";
}

TEST(Fuse, ALayerThatLiesOffIsAConflictThatSaysWhatWasDone) {
  FuseInput in = draw::town();
  in.layers.push_back(draw::redrawn(in.layers[0], 37'000, -28'000));
  in.layers.back().id = "off";
  in.layers.back().rank = 9;
  for (ShiftWord word : {ShiftWord::apply, ShiftWord::keep}) {
    in.layers.back().shift = word;
    const City city = fused(in).city;
    const auto told = std::find_if(city.conflicts.begin(), city.conflicts.end(),
                                   [](const Conflict& c) { return c.kind == ConflictKind::shift && c.layer == 4; });
    ASSERT_NE(told, city.conflicts.end());
    EXPECT_EQ(std::get<LayerShift>(told->facts).outcome,
              word == ShiftWord::apply ? ShiftOutcome::moved : ShiftOutcome::kept);
    EXPECT_EQ(city.layers.back().delivered[0][0].points, in.layers.back().cells[0].rings[0].points)
        << "what was delivered is kept as it was";
    EXPECT_TRUE(verify(city).empty());
  }
}

TEST(Fuse, SaysWhichDeclaredParentIsDoubtful) {
  FuseInput in = draw::town();
  in.layers.push_back(draw::delivered("beats",
                                      {"aaaabbbbcccc", "aaaabbbbcccc", "aaaabbbbcccc", "aaaabbbbcccc", "dddddddddddd",
                                       "dddddddddddd", "eeeeeeeeeeee", "eeeeeeeeeeee"},
                                      "abcde"));
  in.layers.back().parent_layer = "police";
  in.layers.back().parents = {"p", "p", "q", "r", "s"};
  const auto doubts = [](const Fused& f) {
    std::vector<Finding> out;
    for (const Finding& finding : f.findings)
      if (std::holds_alternative<DoubtedParent>(finding.facts)) out.push_back(finding);
    return out;
  };
  EXPECT_THAT(doubts(fused(in)), ::testing::IsEmpty());
  in.layers.back().parents[1] = "q";  // b lies in p
  const Fused f = fused(in);
  ASSERT_EQ(doubts(f).size(), 1u);
  EXPECT_EQ(f.statistics.doubtful_parents, 1u);
  const Finding doubt = doubts(f)[0];
  EXPECT_EQ(doubt.layer + " " + doubt.feature, "beats b");
  const auto& parent = std::get<DoubtedParent>(doubt.facts);
  EXPECT_EQ(parent.parent_layer + " " + parent.named + " " + parent.most, "police q p");
  EXPECT_NEAR(parent.named_share, 0, 0.005);
  EXPECT_NEAR(parent.most_share, 1, 0.005);
  EXPECT_NEAR(parent.ground_m2, 160'000, 5'000);
  const auto told = std::find_if(f.city.conflicts.begin(), f.city.conflicts.end(), [](const Conflict& c) {
    return c.kind == ConflictKind::nesting && c.area_m2 > 10'000;
  });
  ASSERT_NE(told, f.city.conflicts.end());
  const auto& doubted = std::get<PassedToParent>(told->facts).doubted;
  ASSERT_TRUE(doubted);
  EXPECT_EQ(f.city.layers[static_cast<std::size_t>(doubted->layer)].id + " " + doubted->cell, "beats b");
  EXPECT_EQ(f.city.layers[static_cast<std::size_t>(doubted->parent_layer)].id + " " + doubted->parent, "police q");
}

TEST(Fuse, LocatesEventsAndCountsThem) {
  const FuseInput in = draw::town();
  const City city = fused(in).city;
  ASSERT_EQ(city.face_of_event.size(), in.events.size());
  std::size_t inside = 0;
  for (std::size_t e = 0; e < in.events.size(); ++e) {
    EXPECT_THAT(draw::faces_at(city.arrangement, in.events.at[e]), ::testing::Contains(city.face_of_event[e]));
    inside += city.face_of_event[e] != kOutside;
  }
  EXPECT_LT(inside, in.events.size());
  std::uint64_t counted = 0;
  for (const Zone& z : city.zones) counted += z.layer == 0 ? z.incidents : 0;
  EXPECT_EQ(counted, inside);
}

TEST(Fuse, GivesEveryGridADutyPerLayer) {
  const City city = fused(draw::town()).city;
  ASSERT_EQ(city.responsibilities.size(), city.grids.size() * city.layers.size());
  std::size_t vacant = 0;
  for (std::uint32_t g = 0; g < city.grids.size(); ++g)
    for (std::uint32_t l = 0; l < city.layers.size(); ++l) {
      const Responsibility& duty = city.responsibility(g, l);
      EXPECT_EQ(duty.grid, g);
      EXPECT_EQ(duty.layer, l);
      EXPECT_EQ(duty.cell == kGap, duty.status == DutyStatus::vacant);
      vacant += duty.status == DutyStatus::vacant;
      double best = 0;
      for (const CrosswalkRow& r : city.crosswalk)
        if (r.grid == g && r.layer == l) best = std::max(best, r.share_of_grid);
      EXPECT_DOUBLE_EQ(duty.share, best);
    }
  EXPECT_GT(vacant, 0u) << "sanitation leaves the east alone";
}

TEST(Fuse, NumbersGridsInTheirUnits) {
  const City city = fused(draw::town()).city;
  std::set<std::string> codes;
  for (const Grid& g : city.grids) {
    const std::string unit = city.admin.back().units[static_cast<std::size_t>(g.parent)].code;
    EXPECT_EQ(g.code.substr(0, unit.size()), unit);
    EXPECT_EQ(g.code.size(), unit.size() + 3);
    EXPECT_TRUE(codes.insert(g.code).second);
  }
}

// --- independence ---

template <class T>
void shuffle_with(draw::Random& random, std::vector<DeliveredCell>& cells, std::vector<T>* beside) {
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.shuffle(order);
  std::vector<DeliveredCell> shuffled;
  std::vector<T> along;
  for (std::size_t i : order) {
    shuffled.push_back(cells[i]);
    if (beside) along.push_back((*beside)[i]);
  }
  cells = std::move(shuffled);
  if (beside) *beside = std::move(along);
}

FuseInput shuffled(FuseInput in, std::uint64_t seed) {
  draw::Random random(seed);
  for (DeliveredLayer& l : in.layers) shuffle_with<int>(random, l.cells, nullptr);
  shuffle_with(random, in.population.areas.cells, &in.population.people);
  for (DeliveredAdminLevel& level : in.admin) {
    std::vector<std::pair<Text, std::string>> beside;
    for (std::size_t u = 0; u < level.names.size(); ++u) beside.emplace_back(level.names[u], level.parents[u]);
    shuffle_with(random, level.units.cells, &beside);
    for (std::size_t u = 0; u < beside.size(); ++u) std::tie(level.names[u], level.parents[u]) = beside[u];
  }
  return in;
}

TEST(Digest, DoesNotDependOnThreads) {
  EXPECT_EQ(digest(fused(draw::town(), 1).city), digest(fused(draw::town(), 2).city));
  for (unsigned threads : {2u, 3u, 8u})
    EXPECT_EQ(digest(fused(random_town(1), 1).city), digest(fused(random_town(1), threads).city)) << threads;
}

TEST(Digest, DoesNotDependOnTheOrderOfFeatures) {
  const std::string town = digest(fused(draw::town()).city);
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    EXPECT_EQ(town, digest(fused(shuffled(draw::town(), seed)).city)) << seed;
  for (std::uint64_t seed = 0; seed < 6; ++seed)
    EXPECT_EQ(digest(fused(random_town(seed)).city), digest(fused(shuffled(random_town(seed), seed)).city)) << seed;
}

TEST(Digest, DoesNotDependOnThePlaceOfTheOrigin) {
  const auto moved = [](Point& p) { p = {p.x + 1'234'000, p.y - 777'000}; };
  const auto move_layer = [&](DeliveredLayer& l) {
    for (DeliveredCell& c : l.cells)
      for (Ring& r : c.rings) std::for_each(r.points.begin(), r.points.end(), moved);
  };
  FuseInput in = draw::town();
  for (DeliveredAdminLevel& level : in.admin) move_layer(level.units);
  for (DeliveredLayer& l : in.layers) move_layer(l);
  move_layer(in.population.areas);
  std::for_each(in.events.at.begin(), in.events.at.end(), moved);
  in.lattice.origin_x -= 1234;
  in.lattice.origin_y += 777;
  EXPECT_EQ(digest(fused(in).city), digest(fused(draw::town()).city));
}

TEST(Digest, ChangesWithTheContent) {
  const City city = fused(draw::town()).city;
  const std::string before = digest(city);
  EXPECT_EQ(before.size(), 32u);
  const auto with = [&](auto&& change) {
    City other = city;
    change(other);
    return digest(other);
  };
  EXPECT_NE(before, with([](City& c) { c.arrangement.points[1].x += 1; }));
  EXPECT_NE(before, with([](City& c) { c.grids[0].code += "x"; }));
  EXPECT_NE(before, with([](City& c) { c.crosswalk[0].area_m2 += 1; }));
  EXPECT_NE(before, with([](City& c) { c.layers[0].cells[0].id += "x"; }));
  EXPECT_NE(before, with([](City& c) { c.population[1] += 1; }));
  EXPECT_NE(before, with([](City& c) { c.conflicts.pop_back(); }));
  EXPECT_NE(before, with([](City& c) { c.admin[1].units[0].code += "x"; }));
  EXPECT_NE(before, with([](City& c) { c.responsibilities[0].share += 0.25; }));
  EXPECT_EQ(before, with([](City& c) { c.history.clear(); })) << "no timestamps";
  EXPECT_EQ(before, with([](City& c) { c.grids[0].valid_from = "2030-01-01"; }));
}

// --- refusals ---

std::string refusal(FuseInput in) {
  SilentProgress quiet;
  try {
    fuse(std::move(in), {}, quiet);
  } catch (const DataError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Fuse, RefusesWhatItCannotDo) {
  FuseInput in = draw::town();
  in.layers.clear();
  EXPECT_EQ(refusal(in), "catalogue_without_layers");

  in = draw::town();
  while (in.layers.size() <= 64) in.layers.push_back(in.layers.front());
  EXPECT_EQ(refusal(in), "too_many_layers layers=65");

  in = draw::town();
  in.admin = {draw::top_level()};
  EXPECT_EQ(refusal(in), "no_level_with_source");

  in = draw::town();
  for (DeliveredAdminLevel& level : in.admin)
    for (DeliveredCell& c : level.units.cells) c.rings.clear();
  EXPECT_EQ(refusal(in), "frame_without_ground");

  in = draw::town();
  in.layers[0].nests_in["schools"] = NestingWord::confirm;
  EXPECT_THAT(refusal(in), HasSubstr("layer_does_not_nest layer=\"police\" other=\"schools\""));

  in = draw::town();
  in.layers[3].nests_in["sanitation"] = in.layers[2].nests_in["fire"] = NestingWord::declare;
  EXPECT_THAT(refusal(in), HasSubstr("layers_nest_in_each_other"));

  in = draw::town();
  in.unify.serial_digits = 0;
  EXPECT_THAT(refusal(in), HasSubstr("serial_numbers_used_up"));
}

TEST(Fuse, StopsWhenAsked) {
  struct Impatient final : Progress {
    void stage(std::string_view, double share) override { last = share; }
    bool cancelled() const override { return last > 0.2; }
    double last = 0;
  } impatient;
  EXPECT_THROW(fuse(draw::town(), {}, impatient), Cancelled);
}

TEST(Fuse, TellsHowFarItIs) {
  struct Recorder final : Progress {
    void stage(std::string_view name, double share) override {
      EXPECT_FALSE(name.empty());
      EXPECT_GE(share, last);
      EXPECT_LE(share, 1);
      last = share;
      ++stages;
    }
    double last = 0;
    int stages = 0;
  } recorder;
  fuse(draw::town(), {}, recorder);
  EXPECT_GT(recorder.stages, 5);
}

}  // namespace
}  // namespace gridloom
