// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat/heat_surface.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "support/events.h"
#include "tiles/pyramid/mercator.h"

namespace gridloom {
namespace {

const Lattice kLattice{"EPSG:32618", 585000, 4507000};

// Numbered from `first` on, one a second.
EventTable events_at(const std::vector<Point>& at, std::size_t first = 0) {
  std::vector<EventRow> rows;
  for (std::size_t i = 0; i < at.size(); ++i)
    rows.push_back({.id = std::to_string(first + i),
                    .occurred_at = format_local_time({static_cast<std::int64_t>(i), true}),
                    .at = at[i]});
  return event_table(rows);
}

HeatSurface surface(const std::vector<Point>& at) {
  return HeatSurface(EventStore().appended(events_at(at), std::vector<FaceId>(at.size(), 1)), kLattice);
}

std::vector<Point> scattered(std::size_t n, std::int32_t side_mm, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Point> at(n);
  for (Point& p : at)
    p = {static_cast<std::int32_t>(random() % static_cast<unsigned>(side_mm)) - side_mm / 2,
         static_cast<std::int32_t>(random() % static_cast<unsigned>(side_mm)) - side_mm / 2};
  return at;
}

// The pixel of the lattice's origin.
PixelWindow around_origin(unsigned level, std::uint32_t nx, std::uint32_t ny) {
  const Point origin[] = {{0, 0}};
  const Mercator m = to_mercator(kLattice, origin)[0];
  const double n = std::exp2(level);
  return {level, static_cast<std::int64_t>((m.x / kMercatorHalf + 1) / 2 * n) - nx / 2,
          static_cast<std::int64_t>((1 - m.y / kMercatorHalf) / 2 * n) - ny / 2, nx, ny};
}

// The definition, from the projection itself, with the metric at the pixel.
double slow(const std::vector<Mercator>& events, double radius, const PixelWindow& w, std::uint32_t i,
            std::uint32_t j) {
  const double n = std::exp2(w.level), a = 6378137, e2 = 0.00669437999014;
  const double x = ((static_cast<double>(w.x0) + i + 0.5) / n * 2 - 1) * kMercatorHalf;
  const double y = (1 - (static_cast<double>(w.y0) + j + 0.5) / n * 2) * kMercatorHalf;
  const double lat = std::atan(std::sinh(y / a)), q = 1 - e2 * std::sin(lat) * std::sin(lat);
  double sum = 0;
  for (const Mercator& m : events) {
    const double dx = (x - m.x) * std::cos(lat) / std::sqrt(q);
    const double dy = (y - m.y) * std::cos(lat) * (1 - e2) / (q * std::sqrt(q));
    const double u2 = (dx * dx + dy * dy) / (radius * radius);
    if (u2 < 1) sum += 3 / std::numbers::pi * (1 - u2) * (1 - u2) / (radius * radius) * 1e6;
  }
  return sum;
}

// Where positions are taken to: 2^-32 of the world. Then nothing but the sums themselves is left to differ.
std::vector<Mercator> on_world_units(std::vector<Mercator> events) {
  const auto snapped = [](double share) { return std::floor(share * 4294967296.0 + 0.5) / 4294967296.0; };
  for (Mercator& m : events)
    m = {(snapped((m.x / kMercatorHalf + 1) / 2) * 2 - 1) * kMercatorHalf,
         (1 - snapped((1 - m.y / kMercatorHalf) / 2) * 2) * kMercatorHalf};
  return events;
}

// The same on the raster in degrees.
double slow_geographic(const std::vector<LonLat>& events, double radius, const PixelWindow& w, std::uint32_t i,
                       std::uint32_t j) {
  const double pixel = 360 / std::exp2(w.level), a = 6378137, e2 = 0.00669437999014, radian = std::numbers::pi / 180;
  const double lon = (static_cast<double>(w.x0) + i + 0.5) * pixel - 180;
  const double lat = 90 - (static_cast<double>(w.y0) + j + 0.5) * pixel;
  const double q = 1 - e2 * std::sin(lat * radian) * std::sin(lat * radian);
  double sum = 0;
  for (const LonLat& e : events) {
    const double dx = (lon - e.lon) * radian * std::cos(lat * radian) * a / std::sqrt(q);
    const double dy = (lat - e.lat) * radian * a * (1 - e2) / (q * std::sqrt(q));
    const double u2 = (dx * dx + dy * dy) / (radius * radius);
    if (u2 < 1) sum += 3 / std::numbers::pi * (1 - u2) * (1 - u2) / (radius * radius) * 1e6;
  }
  return sum;
}

PixelWindow geographic_around_origin(unsigned level, std::uint32_t nx, std::uint32_t ny) {
  const Point origin[] = {{0, 0}};
  const LonLat p = to_lon_lat(to_mercator(kLattice, origin)[0]);
  const double n = std::exp2(level);
  return {level,
          static_cast<std::int64_t>((p.lon + 180) / 360 * n) - nx / 2,
          static_cast<std::int64_t>((90 - p.lat) / 360 * n) - ny / 2,
          nx,
          ny,
          WorldRaster::geographic};
}

TEST(HeatSurface, EqualsItsDefinitionInDegrees) {
  const std::vector<Point> at = scattered(300, 4'000'000, 3);
  const HeatSurface heat = surface(at);
  std::vector<LonLat> events;
  for (const Mercator& m : to_mercator(kLattice, at)) events.push_back(to_lon_lat(m));
  for (unsigned level : {14u, 17u, 20u, 23u})
    for (double radius : {120.0, 1500.0}) {
      const PixelWindow w = geographic_around_origin(level, 90, 70);
      const std::vector<double> values = heat.density({}, radius, w, 1);
      ASSERT_TRUE(level > 20 || !values.empty());
      if (values.empty()) continue;
      const double highest = *std::max_element(values.begin(), values.end());
      const double off = 3 * 0.01 / radius * std::max(highest, 3e6 / std::numbers::pi / radius / radius);
      for (std::uint32_t j = 0; j < w.ny; j += 3)
        for (std::uint32_t i = 0; i < w.nx; i += 3)
          ASSERT_NEAR(values[j * w.nx + i], slow_geographic(events, radius, w, i, j), off) << level << ' ' << radius;
      // Part of the window, and from two threads: the same bits.
      const PixelWindow part{level, w.x0 + 31, w.y0 + 17, 20, 20, WorldRaster::geographic};
      const std::vector<double> cut = heat.density({}, radius, part, 2);
      for (std::uint32_t j = 0; j < 20 && !cut.empty(); ++j)
        for (std::uint32_t i = 0; i < 20; ++i) EXPECT_EQ(cut[j * 20 + i], values[(j + 17) * 90 + i + 31]);
    }
}

TEST(HeatSurface, EqualsItsDefinitionAtEveryZoom) {
  const std::vector<Point> at = scattered(300, 4'000'000, 3);
  const HeatSurface heat = surface(at);
  const std::vector<Mercator> events = to_mercator(kLattice, at);
  for (unsigned level : {14u, 17u, 20u, 23u})
    for (double radius : {120.0, 1500.0}) {
      const PixelWindow w = around_origin(level, 90, 70);
      const std::vector<double> values = heat.density({}, radius, w, 1);
      if (values.empty()) continue;
      const double highest = *std::max_element(values.begin(), values.end());
      // Positions are taken to half a world unit, 5 mm: so much of the radius a value may be off, twice for both axes.
      const double off = 3 * 0.01 / radius * std::max(highest, 3e6 / std::numbers::pi / radius / radius);
      for (std::uint32_t j = 0; j < w.ny; j += 3)
        for (std::uint32_t i = 0; i < w.nx; i += 3)
          ASSERT_NEAR(values[j * w.nx + i], slow(events, radius, w, i, j), off) << level << ' ' << radius;
    }
}

// Events alone and in heaps of up to thousands, in the corners of pixels and on their edges; radii from a fraction of a
// pixel to many; both ways of summing on both sides of where they change over.
TEST(HeatSurface, LosesNoMoreThanABillionth) {
  std::vector<Point> at = scattered(400, 4'000'000, 11);
  for (int heap = 0; heap < 12; ++heap)
    for (int e = 0; e < 1 << heap; ++e) at.push_back({heap * 31'007 - 150'000, (e % 5) * 900 - heap * 17'003});
  const HeatSurface heat = surface(at);
  const std::vector<Mercator> events = on_world_units(to_mercator(kLattice, at));
  for (unsigned level : {9u, 13u, 15u, 16u, 17u, 18u, 19u, 21u, 24u, 27u})
    for (double radius : {80.0, 700.0, 2500.0}) {
      const PixelWindow w = around_origin(level, 70, 37);
      const std::vector<double> values = heat.density({}, radius, w, 1);
      ASSERT_FALSE(values.empty()) << level;
      const double highest =
          std::max(*std::max_element(values.begin(), values.end()), 3e6 / std::numbers::pi / radius / radius);
      for (std::uint32_t j = 0; j < w.ny; j += 2)
        for (std::uint32_t i = 0; i < w.nx; i += 3)
          ASSERT_NEAR(values[j * w.nx + i], slow(events, radius, w, i, j), 1e-9 * highest) << level << ' ' << radius;
    }
}

TEST(HeatSurface, IsTheSameForAnyOrderAndAnyCutIntoChunks) {
  std::vector<Point> at = scattered(3000, 3'000'000, 17);
  for (int e = 0; e < 1000; ++e) at.push_back({(e % 7) * 40, 5});
  const HeatSurface whole = surface(at);
  std::vector<Point> turned(at.rbegin(), at.rend());
  EventStore store;
  for (std::size_t begin = 0, size = 1; begin < at.size(); begin += size, size = size * 3 % 701 + 1) {
    const std::size_t end = std::min(at.size(), begin + size);
    const EventTable batch = events_at(
        {turned.begin() + static_cast<std::ptrdiff_t>(begin), turned.begin() + static_cast<std::ptrdiff_t>(end)},
        begin);
    store = store.appended(batch, std::vector<FaceId>(batch.size(), 1));
  }
  const HeatSurface cut(store, kLattice);
  ASSERT_GT(store.parts().size(), 1u);
  for (unsigned level : {14u, 17u, 18u, 20u, 24u}) {
    const PixelWindow w = around_origin(level, 100, 50);
    EXPECT_EQ(whole.density({}, 600, w, 1), cut.density({}, 600, w, 2)) << level;
  }
}

TEST(HeatSurface, WhatALaterRecordReplacedLeavesNoTrace) {
  const std::vector<Point> first = scattered(800, 2'000'000, 31), second = scattered(800, 2'000'000, 37);
  const std::vector<FaceId> faces(800, 1);
  const EventStore corrected = EventStore().appended(events_at(first), faces).appended(events_at(second), faces);
  const HeatSurface heat(corrected, kLattice), anew = surface(second);
  EventFilter hours;
  hours.hours = hours_between(0, 1);
  for (unsigned level : {15u, 19u})
    for (const EventFilter& filter : {EventFilter{}, hours}) {
      const PixelWindow w = around_origin(level, 90, 40);
      EXPECT_EQ(heat.density(filter, 300, w, 1), anew.density(filter, 300, w, 1)) << level;
    }
}

// As many events in one place as there may be for the sums' bits, at every part of a block and a pixel.
TEST(HeatSums, AllEventsInOnePlaceFit) {
  constexpr std::size_t kHeap = 4095;  // with 44 bits what 16 777 215 are with 32
  for (unsigned level : {20u, 22u})
    for (double radius : {450.0, 820.0, 2000.0}) {  // from 16 pixels
      const PixelWindow w{level, std::int64_t{3} << (level - 3), std::int64_t{3} << (level - 3), 700, 40};
      for (std::uint32_t place = 0; place < 12; ++place) {
        const heat::Frame frame{w, radius, 44};
        const auto unit = [&](std::int64_t pixel, std::uint32_t part) {
          return static_cast<std::uint32_t>((pixel << frame.shift()) + (part << frame.shift()) / 12);
        };
        const EventPosition at{unit(w.x0 + 300 + place * 13, place), unit(w.y0 + 20, 11 - place)};
        const auto sums = [&](std::size_t events) {
          const heat::Stripes stripes(frame, std::vector<EventPosition>(events, at), w.y0 - 4000, 8192, 0, true, 1);
          return std::pair(heat::sum_runs(frame, stripes, 1), heat::sum_cells(frame, stripes, 1));
        };
        const auto one = sums(1), heap = sums(kHeap);
        for (std::size_t i = 0; i < one.first.size(); ++i) {
          ASSERT_NEAR(one.first[i], one.second[i], 1e-10) << level << ' ' << radius << ' ' << i;
          ASSERT_NEAR(heap.first[i], kHeap * one.first[i], 1e-9) << level << ' ' << radius << ' ' << i;
          ASSERT_NEAR(heap.second[i], kHeap * one.second[i], 1e-9) << level << ' ' << radius << ' ' << i;
        }
      }
    }
}

TEST(HeatSurface, WorksAtTheEdgesOfTheWorldAndFarFromTheEquator) {
  const Lattice polar{"EPSG:3413", 0, -600000};  // 84.5 degrees north, half a degree from where tiles end
  const std::vector<Point> at = scattered(500, 900'000, 23);
  const HeatSurface heat(EventStore().appended(events_at(at), std::vector<FaceId>(at.size(), 1)), polar);
  const std::vector<Mercator> events = on_world_units(to_mercator(polar, at));
  for (unsigned level : {8u, 14u, 16u, 19u}) {
    const double n = std::exp2(level);
    const auto x = static_cast<std::int64_t>((events[0].x / kMercatorHalf + 1) / 2 * n);
    const auto y = static_cast<std::int64_t>((1 - events[0].y / kMercatorHalf) / 2 * n);
    const PixelWindow w{level, std::max<std::int64_t>(0, x - 20), std::max<std::int64_t>(0, y - 20), 60, 40};
    const std::vector<double> values = heat.density({}, 400, w, 1);
    ASSERT_FALSE(values.empty());
    const double highest = std::max(*std::max_element(values.begin(), values.end()), 3e6 / std::numbers::pi / 160'000);
    for (std::uint32_t j = 0; j < w.ny; j += 3)
      for (std::uint32_t i = 0; i < w.nx; i += 3)
        ASSERT_NEAR(values[j * w.nx + i], slow(events, 400, w, i, j), 1e-9 * highest) << level;
  }
}

TEST(HeatSurface, APixelDoesNotDependOnTheWindowNorOnThreads) {
  const HeatSurface heat = surface(scattered(2000, 6'000'000, 5));
  for (unsigned level : {16u, 18u, 19u, 22u})
    for (double radius : {200.0, 900.0}) {
      PixelWindow whole = around_origin(level, 512, 512);
      const std::vector<double> all = heat.density({}, radius, whole, 1);
      ASSERT_FALSE(all.empty());
      EXPECT_EQ(all, heat.density({}, radius, whole, 3));
      for (int quarter = 0; quarter < 4; ++quarter) {
        // Four tiles make one raster; odd corners show that nothing hangs on whole blocks.
        const std::uint32_t dx = quarter % 2 ? 201 : 0, dy = quarter / 2 ? 311 : 0;
        const PixelWindow w{level, whole.x0 + dx, whole.y0 + dy, dx ? 311u : 201u, dy ? 201u : 311u};
        const std::vector<double> part = heat.density({}, radius, w, 1);
        for (std::uint32_t j = 0; j < w.ny; ++j)
          for (std::uint32_t i = 0; i < w.nx; ++i)
            ASSERT_EQ(part.empty() ? 0 : part[j * w.nx + i], all[(dy + j) * std::size_t{512} + dx + i]);
      }
    }
}

TEST(HeatSurface, TheRadiusIsGroundAtEveryZoomAndTheMassIsOne) {
  const HeatSurface heat = surface({{0, 0}});
  for (unsigned level : {20u, 21u, 22u}) {
    const PixelWindow w = around_origin(level, 480, 480);
    const std::vector<double> values = heat.density({}, 500, w, 1);
    ASSERT_EQ(values.size(), std::size_t{w.nx} * w.ny);
    double sum = 0;
    for (double v : values) sum += v;
    // Square kilometres of a pixel at 40.7 degrees north, from the two radii of curvature.
    const double lat = std::atan(std::sinh(to_mercator(kLattice, std::vector<Point>{{0, 0}})[0].y / 6378137));
    const double e2 = 0.00669437999014, q = 1 - e2 * std::sin(lat) * std::sin(lat);
    const double unit = 2 * kMercatorHalf / std::exp2(level) * std::cos(lat);
    const double km2 = unit * unit * (1 - e2) / (q * q) / 1e6;
    EXPECT_NEAR(sum * km2, 1, 1e-3) << level;
    EXPECT_NEAR(*std::max_element(values.begin(), values.end()), 3 / std::numbers::pi / 0.25, 0.02);
  }
}

TEST(HeatSurface, FiltersAndFarWindowsAndAppends) {
  const HeatSurface heat = surface({{0, 0}, {100'000, 0}});
  const PixelWindow w = around_origin(18, 256, 256);
  const auto highest = [&](const HeatSurface& h, const EventFilter& filter) {
    const std::vector<double> v = h.density(filter, 50, w, 1);
    return v.empty() ? 0 : *std::max_element(v.begin(), v.end());
  };
  const EventFilter none{.from = 2, .to = {}, .categories = {}, .hours = {}};
  EXPECT_GT(highest(heat, {}), 0);
  EXPECT_EQ(highest(heat, none), 0);
  EXPECT_TRUE(heat.density({}, 50, {18, 0, 0, 256, 256}, 1).empty());
  const EventTable more = events_at({{0, 0}, {0, 0}, {50'000, 0}});
  const EventStore store = heat.store().appended(more, std::vector<FaceId>(3, 1));  // ids 0 and 1 are replaced
  const HeatSurface next(store, kLattice, &heat), anew(store, kLattice);
  EXPECT_EQ(next.density({}, 50, w, 1), anew.density({}, 50, w, 1));
  EXPECT_GT(highest(next, none), 0);
  EXPECT_THROW(heat.density({}, 0, w, 1), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
