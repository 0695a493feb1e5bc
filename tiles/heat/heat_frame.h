// SPDX-License-Identifier: Apache-2.0
// What the two ways of summing a heat tile share, and nobody else needs; heat_surface.h says what is summed.
//
// Sums are integers: what an event, or a cell of events, gives to a place is rounded once, to 2^-bits of the kernel's
// peak, in a way that depends on that place and the events alone. Then no order of events, number of threads or cut
// into windows changes a bit.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace gridloom {

// How pixels lie on the world: in EPSG:3857, a square; or in degrees of longitude and latitude, twice as wide as high
// (the upper half of a square).
enum class WorldRaster { mercator, geographic };

// Part of the world raster of 2^level pixels from west to east: pixel (x, y) has its centre at (x + 1/2, y + 1/2), y to
// the south.
struct PixelWindow {
  unsigned level = 8;  // WebMercatorQuad: zoom + 8 for tiles of 256 pixels, WorldCRS84Quad: zoom + 9; at most 31
  std::int64_t x0 = 0;
  std::int64_t y0 = 0;
  std::uint32_t nx = 0;
  std::uint32_t ny = 0;
  WorldRaster raster = WorldRaster::mercator;
};

// 2^-32 of the world from its north-west corner.
struct EventPosition {
  std::uint32_t x = 0, y = 0;
};

namespace heat {

// The metric of a row of pixels: |q - e|²/b² = across dx² + down dy², dx and dy in pixels.
struct RowMetric {
  double across = 0, down = 0;
};

struct Frame {
  PixelWindow window;
  double radius_m = 0;
  int bits = 0;  // of the sums' fraction

  unsigned shift() const { return 32 - window.level; }
  double part(std::uint32_t world) const {  // of a pixel, exactly
    return static_cast<double>(world & ((std::uint64_t{1} << shift()) - 1)) *
           std::bit_cast<double>(std::uint64_t{1023 - shift()} << 52);
  }
  std::int64_t pixel(std::uint32_t world) const { return static_cast<std::int64_t>(std::uint64_t{world} >> shift()); }
  RowMetric metric(std::int64_t row) const;  // of row's middle
  // Pixels of radius to the east, in that of the rows [first, last] where it is longest. To the south it is up to 0.7 %
  // longer.
  double reach(std::int64_t first, std::int64_t last) const;
};

// Bits that leave room for all of so many events in one place.
int fraction_bits(std::size_t events);

// Events in the order of stripes of 2^log2_rows rows of pixels, in a stripe by column.
class Stripes {
 public:
  // All events lie in rows [first_row, first_row + rows). Inside a stripe they come by column to the pixel where
  // `every_column`, else roughly.
  Stripes(const Frame&, std::vector<EventPosition> events, std::int64_t first_row, std::int64_t rows,
          unsigned log2_rows, bool every_column, unsigned threads);

  std::size_t size() const { return start_.size() - 1; }
  std::span<const EventPosition> stripe(std::size_t s) const { return between(s, s + 1); }
  std::int64_t row_of(std::size_t s) const { return first_row_ + (static_cast<std::int64_t>(s) << log2_rows_); }
  // Those of the rows [first, last], and what is in their stripes besides.
  std::span<const EventPosition> rows(std::int64_t first, std::int64_t last) const;

 private:
  std::span<const EventPosition> between(std::size_t from, std::size_t to) const {
    return std::span(events_).subspan(start_[from], start_[to] - start_[from]);
  }
  void sort_by_column(const Frame&, std::size_t stripe, bool every_column, std::vector<EventPosition>& buffer,
                      std::vector<std::uint32_t>& next);

  std::int64_t first_row_ = 0;
  unsigned log2_rows_ = 0;
  std::vector<std::size_t> start_;
  std::vector<EventPosition> events_;
};

// The sums of every pixel, in events per peak: row by row from the north. Both want `events` complete in all rows and
// columns that reach the window, and a pixel more.
std::vector<double> sum_cells(const Frame&, const Stripes& single_rows, unsigned threads);  // radius of few pixels
std::vector<double> sum_runs(const Frame&, const Stripes&, unsigned threads);               // of many

}  // namespace heat
}  // namespace gridloom
