// SPDX-License-Identifier: Apache-2.0
// The density of resident events on the pixels of map tiles: any part of a world raster of any zoom, any filter.
//
//   f(q) = sum over events e of  3/pi (1 - |q - e|²/b²)² / b²   where |q - e| <= b,   in events per km²
//
// (the quartic kernel; Silverman 1986, equation 4.5). b is metres on the ground at every zoom.
//
// Metric: the ellipsoid's own metre at the pixel. With dx, dy the differences in EPSG:3857 as fractions of the world,
// |q - e|² = (2 pi N cos(lat) dx)² + (2 pi M cos(lat) dy)², N and M the WGS 84 radii of curvature in the prime vertical
// and the meridian at the latitude of the pixel's middle: both of the projection's scales, which differ by up to 0.7 %,
// not their mean. In degrees (also those of CGCS2000, within centimetres) dy counts 2 pi M, up to 89 degrees. What is
// left is the change of scale inside the kernel: a distance b is wrong by at most b tan(lat) / 2R of itself, 4e-5 for
// 500 m at 45 degrees. Positions are taken to 2^-32 of the world, at most 5 mm off (of latitude 5 mm, too).
//
// Sums are integers, and how a pixel is summed depends on the pixel, the radius and the events alone: not on the window
// that was asked for, nor on the order of the events, their cut into chunks or the threads; to the last bit. Exact:
// against the definition above at most 1e-9 of the largest value is lost; no event is moved.
//
// Cost: the slice of time, then O(radius in pixels) for each event near the window, with small constants: kernels of
// few pixels are summed cell by cell (heat_cells.cpp), those of many run by run (heat_runs.cpp). Memory: 8 bytes an
// event, 8 more once the raster in degrees was asked for, and while a tile is made 16 for each event near it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/events/event_store.h"
#include "engine/geometry/lattice.h"
#include "tiles/heat/heat_frame.h"

namespace gridloom {

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
  // Where a chunk's events lie on both rasters.
  class Column {
   public:
    Column(std::shared_ptr<const EventChunk>, const Lattice&, unsigned threads);
    const std::vector<EventPosition>& on(WorldRaster) const;  // in degrees: made when first asked for

   private:
    std::shared_ptr<const EventChunk> chunk_;
    Lattice lattice_;
    std::vector<EventPosition> mercator_;
    mutable std::once_flag asked_;
    mutable std::vector<EventPosition> geographic_;
  };
  std::vector<EventPosition> points_in(const EventFilter&, const PixelWindow&) const;

  EventStore store_;
  std::vector<std::shared_ptr<const Column>> columns_;  // parallel to the store's parts
};

}  // namespace gridloom
