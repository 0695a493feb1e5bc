// SPDX-License-Identifier: Apache-2.0
// The proof of a whole city names what a mutation broke.
#include "engine/proof/verify_city.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/fusion/fuse.h"
#include "support/town.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsSubsetOf;

const City& town() {
  static const City city = [] {
    SilentProgress quiet;
    return fuse(draw::town(), {1, "2026-01-01"}, quiet).city;
  }();
  return city;
}

std::set<std::string> caught(const City& city) { return draw::kinds(verify(city)); }

template <class Change>
std::set<std::string> caught_after(Change&& change) {
  City city = town();
  change(city);
  return caught(city);
}

TEST(VerifyCity, FindsNothingInAFusedCity) {
  const auto faults = verify(town());
  EXPECT_TRUE(faults.empty()) << draw::said(faults);
}

// It is drawn by hand, without plans and without what grids cost.
TEST(VerifyCity, FindsNothingInTheToyCity) {
  const auto faults = verify(toy::city());
  EXPECT_THAT(draw::kinds(faults), IsSubsetOf({"conflicts", "grids", "plans"})) << draw::said(faults);
}

TEST(VerifyCity, CatchesEveryMovedVertex) {
  const City& clean = town();
  std::size_t moved = 0;
  for (ArcId a = 0; a < clean.arrangement.arcs.size(); ++a) {
    const Arc& arc = clean.arrangement.arcs[a];
    for (std::uint32_t i = arc.first; i < arc.first + arc.count; ++i) {
      City city = clean;
      Point& p = city.arrangement.points[i];
      const bool inner = i > arc.first && i + 1 < arc.first + arc.count;
      // Across the line between its neighbours: along it, no area changes.
      if (inner) {
        const Point before = city.arrangement.points[i - 1], after = city.arrangement.points[i + 1];
        (std::abs(after.x - before.x) < std::abs(after.y - before.y) ? p.x : p.y) += 1;
      } else {
        p.x += 1;
      }
      const auto kinds = caught(city);
      EXPECT_TRUE(kinds.contains("moved vertex") || kinds.contains("crossing")) << "point " << i << " of arc " << a;
      ++moved;
    }
  }
  EXPECT_GT(moved, 100u);
}

TEST(VerifyCity, NamesAMovedVertex) {
  // A bend in a long line, moved by a metre: nothing crosses, only the areas tell.
  City city = toy::city();
  for (ArcId a = 0; a < city.arrangement.arcs.size(); ++a) {
    const Arc& arc = city.arrangement.arcs[a];
    if (arc.count < 3) continue;
    City changed = city;
    changed.arrangement.points[arc.first + 1].x += 1000;
    EXPECT_THAT(caught(changed), Contains("moved vertex"));
  }
}

TEST(VerifyCity, CatchesSwappedLabels) {
  const City& clean = town();
  draw::Random random(1);
  int by_name = 0, tried = 0;
  for (std::size_t l = 0; l < clean.layers.size(); ++l)
    for (int i = 0; i < 40; ++i) {
      City city = clean;
      Labeling& labels = city.layers[l].labels;
      const auto f = static_cast<FaceId>(random.between(1, clean.arrangement.face_count - 1));
      const auto g = static_cast<FaceId>(random.between(1, clean.arrangement.face_count - 1));
      if (labels.of_face[f] == labels.of_face[g]) continue;
      std::swap(labels.of_face[f], labels.of_face[g]);
      const auto kinds = caught(city);
      ++tried;
      by_name += kinds.contains("swapped label");
      // Two cells of one atom each may change places without any line noticing; the crosswalk does.
      EXPECT_TRUE(kinds.contains("swapped label") || kinds.contains("crosswalk"));
    }
  EXPECT_GT(tried, 60);
  EXPECT_GT(by_name, tried * 3 / 4);
}

TEST(VerifyCity, CatchesSwappedCellsThatNoLineNotices) {
  // Every cell of the toy's police changes places with another as a whole: all lines are where they were.
  City city = toy::city();
  for (Label& l : city.layers[0].labels.of_face)
    if (l == 0 || l == 1) l = 1 - l;
  EXPECT_THAT(caught(city), Contains("crosswalk"));
}

TEST(VerifyCity, CatchesADroppedArc) {
  const City& clean = town();
  for (ArcId a = 0; a < clean.arrangement.arcs.size(); ++a) {
    City city = clean;
    city.arrangement.arcs.erase(city.arrangement.arcs.begin() + a);
    city.support.erase(city.support.begin() + a);
    EXPECT_THAT(caught(city), Contains("dropped arc")) << "arc " << a;
  }
}

TEST(VerifyCity, CatchesADoubledFace) {
  const City& clean = town();
  for (FaceId f = 2; f < clean.arrangement.face_count; ++f) {
    City city = clean;
    for (Arc& arc : city.arrangement.arcs) {
      if (arc.left == f) arc.left = f - 1;
      if (arc.right == f) arc.right = f - 1;
    }
    EXPECT_THAT(caught(city), Contains("doubled face")) << "face " << f;
  }
}

TEST(VerifyCity, CatchesADoubledArc) {
  EXPECT_THAT(caught_after([](City& c) {
                c.arrangement.arcs.push_back(c.arrangement.arcs[3]);
                c.support.push_back(c.support[3]);
              }),
              Contains("doubled arc"));
}

TEST(VerifyCity, CatchesGroundWithoutAnOwner) {
  EXPECT_THAT(caught_after([](City& c) { c.grid_of_face[1] = kGap; }), Contains("not total"));
  for (std::size_t k = 0; k < town().admin.size(); ++k)
    EXPECT_THAT(caught_after([k](City& c) { c.admin[k].of_face[2] = kGap; }), Contains("not total")) << "level " << k;
}

TEST(VerifyCity, CatchesAGridThatLeavesItsUnitOrComesInPieces) {
  const City& clean = town();
  int apart = 0;
  for (FaceId f = 1; f < clean.arrangement.face_count; ++f)
    for (Label g = 0; g < static_cast<Label>(clean.grids.size()); ++g) {
      if (clean.grid_of_face[f] == g) continue;
      const auto kinds = caught_after([&](City& c) { c.grid_of_face[f] = g; });
      const bool other_unit = clean.grids[static_cast<std::size_t>(g)].parent != clean.admin.back().of_face[f];
      EXPECT_EQ(kinds.contains("not nested"), other_unit);
      EXPECT_THAT(kinds, AnyOf(Contains("not nested"), Contains("not contiguous"), Contains("area")));
      apart += kinds.contains("not contiguous");
    }
  EXPECT_GT(apart, 0);
}

TEST(VerifyCity, CatchesUnitsThatDoNotNest) {
  EXPECT_THAT(caught_after([](City& c) { c.admin[1].of_face[1] = 1 - c.admin[1].of_face[1]; }), Contains("not nested"));
  EXPECT_THAT(caught_after([](City& c) { c.admin[2].units[0].parent = 1 - c.admin[2].units[0].parent; }),
              Contains("not nested"));
}

TEST(VerifyCity, CatchesFalseMeasures) {
  EXPECT_THAT(caught_after([](City& c) { c.area_m2[1] += 1e-3; }), Contains("moved vertex"));
  EXPECT_THAT(caught_after([](City& c) { c.grids[0].area_m2 *= 1 + 1e-7; }), Contains("area"));
  EXPECT_THAT(caught_after([](City& c) { c.grids[0].population += 0.1; }), Contains("area"));
  EXPECT_THAT(caught_after([](City& c) { c.population[1] += 0.1; }), Contains("area"));
  EXPECT_THAT(caught_after([](City& c) { c.crosswalk[0].area_m2 *= 1 + 1e-7; }), Contains("crosswalk"));
  EXPECT_THAT(caught_after([](City& c) { c.crosswalk[0].population += 0.1; }), Contains("crosswalk"));
  EXPECT_THAT(caught_after([](City& c) { c.crosswalk.pop_back(); }), Contains("crosswalk"));
}

TEST(VerifyCity, CatchesFalseSupport) {
  for (ArcId a = 0; a < town().arrangement.arcs.size(); a += 5)
    EXPECT_THAT(caught_after([a](City& c) { c.support[a] ^= 2; }), Contains("swapped label"));
}

TEST(VerifyCity, CatchesFalseOverlaps) {
  const auto schools = [](City& c) -> Labeling& { return c.layers[1].labels; };
  ASSERT_FALSE(town().layers[1].labels.overlaps.empty());
  EXPECT_THAT(caught_after([&](City& c) { schools(c).overlaps.pop_back(); }),
              AnyOf(Contains("swapped label"), Contains("crosswalk")));
  EXPECT_THAT(caught_after([&](City& c) {
                OverlapLabel& o = schools(c).overlaps.front();
                std::swap(o.label, schools(c).of_face[o.face]);
              }),
              Contains("swapped label"))
      << "the lower index leads";
}

// Whatever a damaged file may bring, the proof answers instead of reading beyond its tables.
TEST(VerifyCity, CatchesBadIndices) {
  const std::vector<std::function<void(City&)>> changes{
      [](City& c) { c.support.pop_back(); },
      [](City& c) { c.area_m2.pop_back(); },
      [](City& c) { c.population.push_back(1); },
      [](City& c) { c.grid_of_face.pop_back(); },
      [](City& c) { c.grid_of_face[1] = static_cast<Label>(c.grids.size()); },
      [](City& c) { c.grid_of_face[1] = -2; },
      [](City& c) { c.layers[0].labels.of_face[1] = 1000; },
      [](City& c) { c.layers[0].labels.of_face.pop_back(); },
      [](City& c) { c.layers[1].labels.overlaps[0].face = c.arrangement.face_count; },
      [](City& c) { c.layers[1].labels.overlaps[0].label = 1000; },
      [](City& c) { c.admin.clear(); },
      [](City& c) { c.admin[2].of_face[1] = 1000; },
      [](City& c) { c.crosswalk[0].layer = 1000; },
      [](City& c) { c.crosswalk[0].cell = 1000; },
      [](City& c) { c.crosswalk[0].cell = kGap; },
      [](City& c) { c.crosswalk[0].grid = 1000; },
      [](City& c) { c.grids[0].parent = 1000; },
      [](City& c) { c.admin[2].units[0].parent = 1000; },
      [](City& c) { c.responsibilities.pop_back(); },
      [](City& c) { c.responsibilities[0].cell = 1000; },
      [](City& c) { c.face_of_event[0] = c.arrangement.face_count; },
      [](City& c) { c.face_of_event.pop_back(); },
      [](City& c) { c.zones[0].cell = 1000; },
      [](City& c) { c.zones[0].layer = 1000; },
      [](City& c) { c.conflicts[0].layer = 1000; },
      [](City& c) { c.conflicts[0].grid = 0; },
      [](City& c) { c.conflicts.back().grid = 1000; },
      [](City& c) { c.quality[0].layer = 1000; },
      [](City& c) { c.quality[0].other_layer = 0; },
      [](City& c) { c.layers[0].labels.of_face[kOutside] = 0; },
      [](City& c) { c.grid_of_face[kOutside] = 0; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    City city = town();
    changes[i](city);
    EXPECT_THAT(caught(city), Contains("bad index")) << "change " << i;
  }
}

TEST(VerifyCity, CatchesFalseQuality) {
  std::size_t rows = 0;
  for (std::size_t r = 0; r < town().quality.size(); ++r) {
    const QualityRow& row = town().quality[r];
    // These follow from the delivered lines.
    const std::set<QualityMetric> delivered{QualityMetric::changed_cells, QualityMetric::lost_cells};
    if (row.stage == QualityStage::raw || delivered.contains(row.metric)) continue;
    ++rows;
    EXPECT_THAT(caught_after([&](City& c) { c.quality[r].value += 1e-3 * std::max(1.0, row.value); }),
                Contains("quality"))
        << word_of(row.stage) << " " << row.layer << " " << word_of(row.metric);
  }
  EXPECT_GT(rows, 20u);
  EXPECT_THAT(caught_after([](City& c) { c.grids[0].perimeter_m += 1; }), Contains("quality"));
  EXPECT_THAT(caught_after([](City& c) { c.grids[0].compactness += 0.01; }), Contains("quality"));
  EXPECT_THAT(caught_after([](City& c) { c.responsibilities[0].share -= 0.01; }), Contains("quality"));
  EXPECT_THAT(caught_after([](City& c) {
                c.responsibilities[0].status =
                    c.responsibilities[0].status == DutyStatus::sole ? DutyStatus::split : DutyStatus::sole;
              }),
              Contains("quality"));
  EXPECT_THAT(caught_after([](City& c) { c.zones[0].incidents += 1; }), Contains("quality"));
  EXPECT_THAT(caught_after([](City& c) { c.zones[0].population += 1; }), Contains("quality"));
}

TEST(VerifyCity, ReportsNoMoreThanAsked) {
  City city = town();
  for (std::uint64_t& s : city.support) s ^= 1;
  EXPECT_EQ(verify(city, 7).size(), 7u);
}

}  // namespace
}  // namespace gridloom
