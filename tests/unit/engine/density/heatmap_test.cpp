// SPDX-License-Identifier: Apache-2.0
#include "engine/density/heatmap.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/zoning/counts.h"
#include "support/events.h"

namespace gridloom {
namespace {

// An L of two square atoms' worth of ground (250 m wide), one grid each:
//   300 m +----+
//         | 2  |
//   100 m +----+----+
//         | 1       |
//     0   +---------+
City ell() {
  City city;
  Arrangement& map = city.arrangement;
  map.lattice = {"EPSG:32618", 500'030, 4'500'000};
  map.nodes = {{0, 100'000}, {100'000, 100'000}};
  const std::vector<std::vector<Point>> lines{
      {{0, 100'000}, {100'000, 100'000}},
      {{0, 100'000}, {0, 0}, {250'000, 0}, {250'000, 100'000}, {100'000, 100'000}},
      {{100'000, 100'000}, {100'000, 300'000}, {0, 300'000}, {0, 100'000}}};
  const std::vector<Arc> arcs{{0, 1, 2, 1, 0, 0}, {0, 1, 1, 0, 0, 0}, {1, 0, 2, 0, 0, 0}};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Arc arc = arcs[i];
    arc.first = static_cast<std::uint32_t>(map.points.size());
    arc.count = static_cast<std::uint32_t>(lines[i].size());
    map.arcs.push_back(arc);
    map.points.insert(map.points.end(), lines[i].begin(), lines[i].end());
  }
  map.face_count = 3;
  city.grids.resize(2);
  city.grid_of_face = {kGap, 0, 1};
  city.events =
      event_table({{.id = "a", .occurred_at = "1970-01-01T00:00", .category = "noise", .at = {20'000, 20'000}},
                   {.id = "b", .occurred_at = "1970-01-01T01:00", .category = "noise", .at = {30'000, 30'000}},
                   {.id = "c", .occurred_at = "1970-01-01", .category = "heat", .at = {50'000, 200'000}},
                   {.id = "d", .occurred_at = "1970-01-01T02:00", .category = "heat", .at = {200'000, 250'000}}});
  city.face_of_event = {1, 1, 2, kOutside};
  return city;
}

TEST(Heatmap, PixelsLieOnWholeMultiplesOfTheCell) {
  const DensityRaster raster = heatmap(ell(), {}, {.cell_m = 50});
  EXPECT_EQ(raster.grid.x0_mm, -30'000);  // 500 000 m
  EXPECT_EQ(raster.grid.y0_mm, 350'000);  // the box ends on a pixel edge, which belongs to the next pixel
  EXPECT_EQ(raster.grid.nx, 6u);
  EXPECT_EQ(raster.grid.ny, 7u);
  EXPECT_EQ(raster.values.size(), 42u);
  EXPECT_EQ(raster.events, 4u);
}

TEST(Heatmap, CorrectsTheEdgeAtTheCitysLimit) {
  const DensityRaster plain = heatmap(ell(), {}, {.bandwidth_m = 150, .cell_m = 10});
  const DensityRaster uniform = heatmap(ell(), {}, {.bandwidth_m = 150, .cell_m = 10, .edge = EdgeCorrection::uniform});
  const DensityRaster diggle = heatmap(ell(), {}, {.bandwidth_m = 150, .cell_m = 10, .edge = EdgeCorrection::diggle});
  double events = 0;
  for (std::size_t q = 0; q < plain.values.size(); ++q) {
    if (std::isnan(plain.values[q])) continue;
    ASSERT_GE(uniform.values[q], plain.values[q]);  // masses are at most 1
    events += diggle.values[q] * 1e-4;
  }
  EXPECT_NEAR(events, 4, 0.15);  // the fourth lies outside, but near enough to weigh
}

TEST(Heatmap, MasksWhatIsOutsideTheCity) {
  const City city = ell();
  const DensityRaster raster = heatmap(city, {}, {.cell_m = 10});
  std::size_t inside = 0;
  for (std::uint32_t j = 0; j < raster.grid.ny; ++j) {
    for (std::uint32_t i = 0; i < raster.grid.nx; ++i) {
      const double x = static_cast<double>(raster.grid.x0_mm) / 1000 + 10 * (i + 0.5);
      const double y = static_cast<double>(raster.grid.y0_mm) / 1000 - 10 * (j + 0.5);
      const bool expected = (x > 0 && x < 250 && y > 0 && y < 100) || (x > 0 && x < 100 && y > 0 && y < 300);
      EXPECT_EQ(!std::isnan(raster.values[std::size_t{j} * raster.grid.nx + i]), expected) << x << " " << y;
      inside += expected;
    }
  }
  EXPECT_EQ(inside, 450u);
  for (double v : heatmap(city, {}, {.cell_m = 10, .mask_outside = false}).values) EXPECT_FALSE(std::isnan(v));
}

TEST(Heatmap, FiltersBeforeItCounts) {
  const City city = ell();
  EventFilter filter;
  filter.hours = hours_between(0, 1);
  EXPECT_EQ(heatmap(city, filter, {}).events, 1u);  // the date without a clock is no midnight
  filter = {};
  filter.categories = {"heat"};
  const DensityRaster heat = heatmap(city, filter, {.bandwidth_m = 30, .cell_m = 10});
  EXPECT_EQ(heat.events, 2u);
  const auto at = [&](double x, double y) {
    const auto i = static_cast<std::size_t>((x - static_cast<double>(heat.grid.x0_mm) / 1000) / 10);
    const auto j = static_cast<std::size_t>((static_cast<double>(heat.grid.y0_mm) / 1000 - y) / 10);
    return heat.values[j * heat.grid.nx + i];
  };
  EXPECT_EQ(at(25, 25), 0);
  EXPECT_GT(at(45, 195), 0);
}

TEST(Heatmap, RefusesWhatCannotBeDrawn) {
  const City city = ell();
  EXPECT_THROW(heatmap(city, {}, {.bandwidth_m = 0}), DataError);
  EXPECT_THROW(heatmap(city, {}, {.cell_m = -1}), DataError);
  EXPECT_THROW(heatmap(city, {}, {.cell_m = 0.001}), DataError);
  EXPECT_THROW(heatmap(City{}, {}, {}), DataError);
  EventFilter filter;
  filter.categories = {"hail"};
  EXPECT_THROW(heatmap(city, filter, {}), DataError);
}

TEST(Counts, EveryEventIsInAGridOrOutside) {
  const City city = ell();
  const EventCounts all = count_events(city);
  EXPECT_EQ(all.of_grid, (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(all.outside, 1u);
  const std::vector<std::uint32_t> rows{1, 3};
  EXPECT_EQ(count_events(city, rows).of_grid, (std::vector<std::uint64_t>{1, 0}));
  EXPECT_EQ(count_events(city, rows).outside, 1u);
}

TEST(Heatmap, AWindowHasTheSamePixels) {
  const DensityRaster whole = heatmap(ell(), {}, {.cell_m = 50});
  const Box box = box_of(ell().arrangement.points);
  const Point middle{(box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2};
  const DensityRaster part = heatmap(ell(), {}, {.cell_m = 50, .window = {box.min, middle}});
  EXPECT_LT(part.grid.size(), whole.grid.size() / 2);
  const auto column = static_cast<std::size_t>((part.grid.x0_mm - whole.grid.x0_mm) / 50'000);
  const auto row = static_cast<std::size_t>((whole.grid.y0_mm - part.grid.y0_mm) / 50'000);
  for (std::size_t j = 0; j < part.grid.ny; ++j)
    for (std::size_t i = 0; i < part.grid.nx; ++i) {
      const double a = part.values[j * part.grid.nx + i], b = whole.values[(j + row) * whole.grid.nx + i + column];
      ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << i << ' ' << j;
    }
  const Point far{box.max.x + 1000, box.max.y + 1000};
  EXPECT_THROW(heatmap(ell(), {}, {.window = {far, {far.x + 1, far.y + 1}}}), DataError);
}

TEST(Heatmap, AdaptiveBandwidthsSpreadOtherwiseAndRefuseTheEdge) {
  const DensityRaster raster =
      heatmap(ell(), {}, {.bandwidth_m = 60, .cell_m = 5, .mask_outside = false, .adaptive = true});
  const DensityRaster fixed = heatmap(ell(), {}, {.bandwidth_m = 60, .cell_m = 5, .mask_outside = false});
  EXPECT_EQ(raster.events, fixed.events);
  EXPECT_NE(raster.values, fixed.values);
  EXPECT_THROW(heatmap(ell(), {}, {.edge = EdgeCorrection::diggle, .adaptive = true}), DataError);
}

}  // namespace
}  // namespace gridloom
