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

Heatmap of_events(const City& city, const RasterGrid& grid, const DensityOptions& options) {
  const StudyArea area = whole_ground(city.arrangement);
  return heatmap(city.events.at, {}, grid, &area, options);
}

TEST(CityRaster, PixelsLieOnWholeMultiplesOfTheCell) {
  const RasterGrid grid = city_raster(ell(), 50);
  EXPECT_EQ(grid.x0_mm, -30'000);  // 500 000 m
  EXPECT_EQ(grid.y0_mm, 300'000);  // where the ground ends on a pixel's edge, so does the raster
  EXPECT_EQ(grid.nx, 6u);
  EXPECT_EQ(grid.ny, 6u);
  EXPECT_EQ(city_raster(ell(), 1000).size(), 1u);
}

TEST(CityRaster, AWindowHasTheSamePixels) {
  const City city = ell();
  const RasterGrid whole = city_raster(city, 50);
  const Box box = box_of(city.arrangement.points);
  const Point middle{(box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2};
  const RasterGrid part = city_raster(city, 50, {box.min, middle});
  EXPECT_LT(part.size(), whole.size() / 2);
  const Heatmap all = of_events(city, whole, {}), some = of_events(city, part, {});
  const auto column = static_cast<std::size_t>((part.x0_mm - whole.x0_mm) / 50'000);
  const auto row = static_cast<std::size_t>((whole.y0_mm - part.y0_mm) / 50'000);
  for (std::size_t j = 0; j < part.ny; ++j)
    for (std::size_t i = 0; i < part.nx; ++i) {
      const double a = some.values[j * part.nx + i], b = all.values[(j + row) * whole.nx + i + column];
      ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << i << ' ' << j;
    }
}

TEST(RasterOver, APlaceHasOnePixelAndABoxEveryPixelOfItsGround) {
  const Lattice lattice{"", 1000, 2000};
  EXPECT_EQ(raster_over({{5'000, 5'000}, {5'000, 5'000}}, lattice, 10), (RasterGrid{0, 10'000, 10'000, 1, 1}));
  EXPECT_EQ(raster_over({{10'000, 10'000}, {10'000, 10'000}}, lattice, 10), (RasterGrid{10'000, 20'000, 10'000, 1, 1}));
  EXPECT_EQ(raster_over({{-1, 0}, {10'001, 10'000}}, lattice, 10), (RasterGrid{-10'000, 10'000, 10'000, 3, 1}));
  EXPECT_EQ(raster_over({{0, 0}, {600, 300}}, lattice, 0.3), (RasterGrid{-100, 400, 300, 3, 2}));
}

TEST(CityRaster, RefusesWhatCannotBeDrawn) {
  const City city = ell();
  for (const double cell : {-1.0, 0.0, 0.001, 600'000.0, std::nan("")})
    EXPECT_THROW(city_raster(city, cell), DataError);
  EXPECT_THROW(city_raster(City{}, 100), DataError);
  const Point beside{1'000'000, 1'000'000};
  EXPECT_THROW(city_raster(city, 100, {beside, beside}), DataError);
}

TEST(Heatmap, CorrectsTheEdgeAtTheStudyAreasLimit) {
  const City city = ell();
  const RasterGrid grid = city_raster(city, 10);
  const Heatmap plain = of_events(city, grid, {.bandwidth_m = 150});
  const Heatmap uniform = of_events(city, grid, {.bandwidth_m = 150, .edge = EdgeCorrection::uniform});
  const Heatmap diggle = of_events(city, grid, {.bandwidth_m = 150, .edge = EdgeCorrection::diggle});
  double events = 0;
  for (std::size_t q = 0; q < plain.values.size(); ++q) {
    if (std::isnan(plain.values[q])) continue;
    ASSERT_GE(uniform.values[q], plain.values[q]);  // masses are at most 1
    events += diggle.values[q] * 1e-4;
  }
  EXPECT_NEAR(events, 4, 0.15);  // the fourth lies outside, but near enough to weigh
}

TEST(Heatmap, BlanksWhatIsOutsideTheStudyArea) {
  const City city = ell();
  const RasterGrid grid = city_raster(city, 10);
  const Heatmap heat = of_events(city, grid, {});
  std::size_t inside = 0;
  for (std::uint32_t j = 0; j < grid.ny; ++j) {
    for (std::uint32_t i = 0; i < grid.nx; ++i) {
      const double x = static_cast<double>(grid.x0_mm) / 1000 + 10 * (i + 0.5);
      const double y = static_cast<double>(grid.y0_mm) / 1000 - 10 * (j + 0.5);
      const bool expected = (x > 0 && x < 250 && y > 0 && y < 100) || (x > 0 && x < 100 && y > 0 && y < 300);
      EXPECT_EQ(!std::isnan(heat.values[std::size_t{j} * grid.nx + i]), expected) << x << " " << y;
      inside += expected;
    }
  }
  EXPECT_EQ(inside, 450u);
  for (double v : heatmap(city.events.at, {}, grid, nullptr, {}).values) EXPECT_FALSE(std::isnan(v));
}

TEST(Heatmap, TakesTheBandwidthToTheMillimetre) {
  const City city = ell();
  const RasterGrid grid = city_raster(city, 10);
  const Heatmap heat = of_events(city, grid, {.bandwidth_m = 60.0004, .adaptive = true});
  EXPECT_EQ(heat.bandwidth_m, 60);
  EXPECT_EQ(heat.bandwidths_m, of_events(city, grid, {.bandwidth_m = 60, .adaptive = true}).bandwidths_m);
  EXPECT_EQ(heat.bandwidths_m.size(), city.events.size());
  EXPECT_TRUE(of_events(city, grid, {}).bandwidths_m.empty());
}

TEST(Heatmap, RefusesOptionsThatHaveNoMeaning) {
  const City city = ell();
  const RasterGrid grid = city_raster(city, 10);
  for (const double bandwidth : {0.0, -5.0, 600'000.0, std::nan("")})
    EXPECT_THROW(of_events(city, grid, {.bandwidth_m = bandwidth}), DataError);
  EXPECT_THROW(of_events(city, grid, {.edge = EdgeCorrection::diggle, .adaptive = true}), DataError);
  EXPECT_THROW(heatmap(city.events.at, {}, grid, nullptr, {.edge = EdgeCorrection::uniform}), std::invalid_argument);
}

// The ring road's inside is a face like any other, and not of the area: so with a mask that has a hole.
TEST(StudyArea, FacesLeftOutAreHoles) {
  const City city = ell();
  StudyArea area = whole_ground(city.arrangement);
  EXPECT_NEAR(area_km2(area), 0.045, 1e-12);
  area.inside[2] = false;
  EXPECT_NEAR(area_km2(area), 0.025, 1e-12);
  double length = 0, turned = 0;
  for (const auto& [from, to] : limit_of(area)) {
    length += std::hypot(from.x - to.x, from.y - to.y) / 1000;
    turned += (double(from.x) * to.y - double(to.x) * from.y) / 2e6;  // ground on the left
  }
  EXPECT_NEAR(length, 700, 1e-9);
  EXPECT_NEAR(turned, 25'000, 1e-6);
  std::vector<double> values(4, 1.0);
  blank_outside(area, {0, 200'000, 100'000, 2, 2}, values);
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[1]));
  EXPECT_EQ(values[2] + values[3], 2);
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

}  // namespace
}  // namespace gridloom
