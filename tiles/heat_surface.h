// SPDX-License-Identifier: Apache-2.0
// The density of resident events on the pixels of map tiles: any part of the world raster of any zoom, any filter.
//
//   f(q) = sum over events e of  3/pi (1 - |q - e|²/b²)² / b²   where |q - e| <= b,   in events per km²
//
// (the quartic kernel; Silverman 1986, equation 4.5). b is metres on the ground at every zoom.
//
// Metric: the ellipsoid's own metre at the event. With dx, dy the differences in EPSG:3857 as fractions of the world,
// |q - e|² = (2 pi N cos(lat) dx)² + (2 pi M cos(lat) dy)², N and M the WGS 84 radii of curvature in the prime vertical
// and the meridian at the event's latitude: both of the projection's scales, which differ by up to 0.7 %, not their
// mean. What is left is the change of scale inside the kernel: a distance b is wrong by at most b tan(lat) / 2R of
// itself, 4e-5 for 500 m at 45 degrees. The scales are interpolated in a table of 65 536 steps, which adds less than
// 1e-8. Positions are taken to 2^-32 of the world, at most 5 mm off.
//
// A pixel's value does not depend on the window that was asked for, to the last bit, nor on the threads: pixels are
// summed in blocks of 64 columns that begin at whole multiples of 64 of the world raster, and in a block the events are
// added in the store's order. Exact: against the definition above at most 1e-9 of the largest value is lost. No events
// are put together, whatever the zoom.
//
// Cost: the slice of time, then for each event near the window its rows (kernels of 16 pixels and more: running sums of
// the polynomial's coefficients) or its pixels (smaller kernels).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/incidents/event_store.h"

namespace gridloom {

// Part of the world raster of 2^level pixels a side: pixel (x, y) has its centre at (x + 1/2, y + 1/2), y to the south.
struct PixelWindow {
  unsigned level = 8;  // zoom + 8 for tiles of 256 pixels; at most 31
  std::int64_t x0 = 0;
  std::int64_t y0 = 0;
  std::uint32_t nx = 0;
  std::uint32_t ny = 0;
};

class HeatSurface {
 public:
  // Projects the events; chunks that `before` has too are taken from there. O(new events). Throws DataError where the
  // lattice's CRS cannot be projected.
  HeatSurface(EventStore, const Lattice&, const HeatSurface* before = nullptr, unsigned threads = 1);

  const EventStore& store() const { return store_; }

  // Row by row from the north, events per km²; empty where no event reaches the window (then all are 0). Throws as
  // select_events, and std::invalid_argument for a radius that is not in (0, 50 000] metres.
  std::vector<double> density(const EventFilter&, double radius_m, const PixelWindow&, unsigned threads) const;

 private:
  struct WorldPoint {
    std::uint32_t x = 0, y = 0;  // 2^-32 of the world from its north-west corner
  };
  using Column = std::shared_ptr<const std::vector<WorldPoint>>;
  std::vector<WorldPoint> points_near(const EventFilter&, double radius_m, const PixelWindow&) const;

  EventStore store_;
  std::vector<Column> columns_;  // parallel to the store's parts
};

}  // namespace gridloom
