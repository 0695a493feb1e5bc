// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/sensitivity.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/density/coincidence.h"
#include "support/draw.h"

namespace gridloom {
namespace {

const Lattice kLattice{"EPSG:32618", 500'000, 4'500'000};
constexpr Box kArea{{0, 0}, {9'999'999, 7'999'999}};  // 10 x 8 km

// Noise everywhere, and 600 events within a kilometre of (5 km, 4 km).
std::vector<Point> events() {
  draw::Random random(1);
  std::vector<Point> points;
  for (int i = 0; i < 1500; ++i) points.push_back({random.between(0, 9'999'999), random.between(0, 7'999'999)});
  for (int i = 0; i < 600; ++i)
    points.push_back({random.between(4'000'000, 6'000'000), random.between(3'000'000, 5'000'000)});
  return points;
}

std::size_t place_at(const RasterGrid& g, std::int64_t x, std::int64_t y) {
  return static_cast<std::size_t>((g.y0_mm - y) / g.cell_mm) * g.nx +
         static_cast<std::size_t>((x - g.x0_mm) / g.cell_mm);
}

TEST(Sensitivity, AClearHotSpotStandsInEveryRunAndNoiseInFew) {
  const std::vector<Point> points = events();
  const SensitivityOptions usual;
  const Sensitivity s = sensitivity(kLattice, points, kArea, usual);
  ASSERT_EQ(s.runs.size(), 12u);
  EXPECT_EQ(s.places.cell_mm, 250'000);
  EXPECT_EQ(s.places.size(), 40u * 32u);
  EXPECT_EQ(s.hot_share[place_at(s.places, 5'000'000, 4'000'000)], 1);
  EXPECT_EQ(s.hot_share[place_at(s.places, 900'000, 900'000)], 0);
  for (const SensitivityRun& run : s.runs) {
    EXPECT_EQ(run.events, points.size());
    EXPECT_GE(run.hot, 1u);
    EXPECT_EQ(run.provenance.cells, run.cells);
  }
  EXPECT_EQ(s.runs[0].cells, 40u * 32u);
  EXPECT_EQ(s.runs[3].cells, 41u * 33u);
}

TEST(Sensitivity, RunsEveryBandwidthOnEveryCutOfTheCells) {
  SensitivityOptions o;
  o.cell_sizes_m = {500, 1000};
  o.neighbours_within_m = {1000, 2000};
  const Sensitivity s = sensitivity(kLattice, events(), kArea, o);
  ASSERT_EQ(s.runs.size(), 2u * 4u * 2u);
  for (std::size_t r = 0; r < s.runs.size(); ++r) EXPECT_EQ(s.runs[r].bandwidth_m, r % 2 == 0 ? 1000 : 2000);
  EXPECT_GT(s.runs[1].provenance.links, 3 * s.runs[0].provenance.links);
  EXPECT_EQ(s.hot_share[place_at(s.places, 5'000'000, 4'000'000)], 1);
  o.neighbours_within_m = {800};  // smaller than the cells of 1000 m
  EXPECT_THROW(sensitivity(kLattice, events(), kArea, o), DataError);
}

TEST(Sensitivity, LeavesOutWhatLiesOutside) {
  SensitivityOptions o;
  o.cell_sizes_m = {500};
  o.origins_per_axis = 1;
  o.inside = [](Point p) { return p.x < 7'000'000; };
  const Sensitivity s = sensitivity(kLattice, events(), kArea, o);
  EXPECT_EQ(s.runs[0].cells, 14u * 16u);
  EXPECT_LT(s.runs[0].events, 2100u);
  EXPECT_TRUE(std::isnan(s.hot_share[place_at(s.places, 8'000'000, 4'000'000)]));
  EXPECT_EQ(s.hot_share[place_at(s.places, 5'000'000, 4'000'000)], 1);
}

TEST(Sensitivity, TheDensePlaceStandsUnderEveryBandwidth) {
  SensitivityOptions o;
  o.cell_sizes_m = {250};
  o.origins_per_axis = 1;
  o.inside = [](Point p) { return p.x < 7'000'000; };
  std::vector<Point> points = events();
  const Sensitivity s = sensitivity(kLattice, points, kArea, o);
  ASSERT_EQ(s.bandwidths.pairs.size(), 3u);
  for (const BandwidthPair& pair : s.bandwidths.pairs) EXPECT_LT(pair.first_m, pair.second_m);
  EXPECT_EQ(s.bandwidths.dense_share[place_at(s.places, 5'000'000, 4'000'000)], 1);
  EXPECT_TRUE(std::isnan(s.bandwidths.dense_share[place_at(s.places, 8'000'000, 4'000'000)]));
  points.insert(points.end(), 5000, Point{-1'000'000, 0});  // beyond the area, within a bandwidth
  EXPECT_EQ(sensitivity(kLattice, points, kArea, o).bandwidths.pairs[2].rank_correlation,
            s.bandwidths.pairs[2].rank_correlation);
  o.bandwidths_m = {};
  EXPECT_TRUE(sensitivity(kLattice, points, kArea, o).bandwidths.pairs.empty());
}

TEST(Sensitivity, IsTheSameWhereverTheAreaLies) {
  SensitivityOptions o;
  o.cell_sizes_m = {500, 800};
  const Sensitivity here = sensitivity(kLattice, events(), kArea, o);
  std::vector<Point> moved = events();
  constexpr std::int32_t kBack = -16'000'000;  // a multiple of both cells
  for (Point& p : moved) p = {p.x + kBack, p.y + kBack};
  const Sensitivity there = sensitivity(
      kLattice, moved, {{kArea.min.x + kBack, kArea.min.y + kBack}, {kArea.max.x + kBack, kArea.max.y + kBack}}, o);
  EXPECT_EQ(here.hot_share, there.hot_share);
  EXPECT_EQ(here.cold_share, there.cold_share);
  for (std::size_t p = 0; p < here.places.size(); ++p)
    EXPECT_DOUBLE_EQ(here.bandwidths.dense_share[p], there.bandwidths.dense_share[p]) << p;
}

// As the squares of regular_cells do, so that the first run's cells are cells that can be asked for.
TEST(Sensitivity, CellsLieOnWholeMultiplesInTheCrsWhereverTheLatticeBegins) {
  SensitivityOptions o;
  o.cell_sizes_m = {700};
  const Sensitivity here = sensitivity({"", 500'000, 4'500'000}, events(), kArea, o);
  std::vector<Point> moved = events();
  for (Point& p : moved) p = {p.x + 123'000, p.y - 456'000};
  const Box area{{123'000, -456'000}, {kArea.max.x + 123'000, kArea.max.y - 456'000}};
  const Sensitivity there = sensitivity({"", 500'000 - 123, 4'500'000 + 456}, moved, area, o);
  EXPECT_EQ((here.runs[0].grid.x0_mm + 500'000'000) % 700'000, 0);
  EXPECT_EQ((here.runs[1].grid.x0_mm + 500'000'000) % 700'000, 350'000);
  EXPECT_EQ((here.runs[0].grid.y0_mm + 4'500'000'000) % 700'000, 0);
  EXPECT_EQ(there.places.x0_mm, here.places.x0_mm + 123'000);
  ASSERT_EQ(there.hot_share.size(), here.hot_share.size());
  for (std::size_t p = 0; p < here.hot_share.size(); ++p) {
    if (std::isnan(here.hot_share[p])) continue;  // its centre is beyond the area
    EXPECT_EQ(there.hot_share[p], here.hot_share[p]) << p;
    EXPECT_EQ(there.cold_share[p], here.cold_share[p]) << p;
  }
}

TEST(Sensitivity, RefusesWhatCannotBe) {
  const SensitivityOptions usual;
  SensitivityOptions o;
  EXPECT_THROW(sensitivity(kLattice, events(), Box{}, o), DataError);
  o.cell_sizes_m = {-1};
  EXPECT_THROW(sensitivity(kLattice, events(), kArea, o), DataError);
  o.cell_sizes_m = {0.5};
  EXPECT_THROW(sensitivity(kLattice, events(), kArea, o), DataError);
  o.cell_sizes_m = {50'000};
  EXPECT_THROW(sensitivity(kLattice, events(), kArea, o), DataError);
  o = usual;
  o.bandwidths_m = {500, 0};
  EXPECT_THROW(sensitivity(kLattice, events(), kArea, o), DataError);
  o = usual;
  o.hotspot.method = HotspotMethod::local_moran;
  EXPECT_THROW(sensitivity(kLattice, events(), kArea, o), DataError);
}

TEST(Coincidence, CountsPointsThatShareTheirPlace) {
  const std::vector<Point> points{{1, 1}, {2, 2}, {1, 1}, {3, 3}, {2, 2}, {1, 1}};
  const Coincidence c = coincidence(points);
  EXPECT_EQ(c.coincident, 5u);
  EXPECT_EQ(c.places, 3u);
  EXPECT_EQ(c.most, 3u);
  EXPECT_EQ(c.fullest, (Point{1, 1}));
  EXPECT_DOUBLE_EQ(c.share(), 5.0 / 6);
  EXPECT_EQ(coincidence({}).share(), 0);
}

}  // namespace
}  // namespace gridloom
