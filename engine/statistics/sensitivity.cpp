// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kNoCell = UINT32_MAX;
constexpr std::size_t kMostCells = 4'000'000;

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t remainder = value % step;
  return value - (remainder < 0 ? remainder + step : remainder);
}

// The cells that cover the area, their edges on multiples of the cell in the CRS plus (shift_x, shift_y).
RasterGrid grid_over(const Lattice& lattice, const Box& area, std::int64_t cell, std::int64_t shift_x,
                     std::int64_t shift_y) {
  const std::int64_t east = std::llround(lattice.origin_x * Lattice::kPerMetre) - shift_x;
  const std::int64_t north = std::llround(lattice.origin_y * Lattice::kPerMetre) - shift_y;
  const std::int64_t west = floor_to(east + area.min.x, cell) - east;
  const std::int64_t south = floor_to(north + area.min.y, cell) - north;
  const std::int64_t nx = (area.max.x - west) / cell + 1;
  const std::int64_t ny = (area.max.y - south) / cell + 1;
  if (static_cast<double>(nx) * static_cast<double>(ny) > static_cast<double>(kMostCells))
    throw DataError("too_many_cells_of_sensitivity", {{"mm", cell}});
  return {west, south + ny * cell, cell, static_cast<std::uint32_t>(nx), static_cast<std::uint32_t>(ny)};
}

// The pixel that holds a point of the area; west and south edges belong to it.
std::size_t pixel_of(const RasterGrid& g, std::int64_t x, std::int64_t y) {
  const auto column = static_cast<std::size_t>((x - g.x0_mm) / g.cell_mm);
  const std::int64_t from_south = (y - (g.y0_mm - g.ny * g.cell_mm)) / g.cell_mm;
  return (g.ny - 1 - static_cast<std::size_t>(from_south)) * g.nx + column;
}

bool holds(const Box& box, Point p) { return box.intersects({p, p}); }

// Pixel -> cell, or kNoCell.
std::vector<std::uint32_t> cells_of(const RasterGrid& g, const std::function<bool(Point)>& inside) {
  std::vector<std::uint32_t> cell(g.size(), kNoCell);
  std::uint32_t next = 0;
  for (std::size_t pixel = 0; pixel < cell.size(); ++pixel)
    if (!inside || inside(g.centre(pixel))) cell[pixel] = next++;
  return cell;
}

SpatialWeights queen_of(const RasterGrid& g, const std::vector<std::uint32_t>& cell_of) {
  const SpatialWeights lattice = lattice_contiguity(g.nx, g.ny, Contiguity::queen);
  std::vector<std::vector<std::uint32_t>> lists;
  for (std::size_t pixel = 0; pixel < cell_of.size(); ++pixel) {
    if (cell_of[pixel] == kNoCell) continue;
    lists.emplace_back();
    for (std::uint32_t other : lattice.neighbours_of(pixel))
      if (cell_of[other] != kNoCell) lists.back().push_back(cell_of[other]);
  }
  return weights_from_lists(lists);
}

SpatialWeights band_of(const RasterGrid& g, const std::vector<std::uint32_t>& cell_of, double metres) {
  std::vector<Point> centres;
  for (std::size_t pixel = 0; pixel < cell_of.size(); ++pixel)
    if (cell_of[pixel] != kNoCell) centres.push_back(g.centre(pixel));
  return distance_band(centres, metres);
}

// How often a place was looked at, and what it was called.
struct Votes {
  std::vector<double> runs, hot, cold;
};

SensitivityRun run_on(const RasterGrid& grid, const std::vector<std::uint32_t>& cell_of, double bandwidth_m,
                      std::span<const Point> events, const Box& area, const SensitivityOptions& options,
                      const RasterGrid& places, Votes& votes) {
  const SpatialWeights w = bandwidth_m > 0 ? band_of(grid, cell_of, bandwidth_m) : queen_of(grid, cell_of);
  if (w.size() < 3) throw DataError("too_few_cells_of_sensitivity");
  SensitivityRun run;
  run.grid = grid;
  run.bandwidth_m = bandwidth_m;
  run.cells = w.size();
  std::vector<double> counts(w.size(), 0.0);
  for (Point p : events) {
    if (!holds(area, p)) continue;
    const std::uint32_t cell = cell_of[pixel_of(grid, p.x, p.y)];
    if (cell == kNoCell) continue;
    ++counts[cell];
    ++run.events;
  }
  Hotspots h = hotspots(counts, {}, w, options.hotspot);
  for (CellClass c : h.of_cell) {
    run.hot += c == CellClass::hot;
    run.cold += c == CellClass::cold;
  }
  for (std::size_t place = 0; place < places.size(); ++place) {
    const Point p = places.centre(place);
    if (!holds(area, p)) continue;
    const std::uint32_t cell = cell_of[pixel_of(grid, p.x, p.y)];
    if (cell == kNoCell) continue;
    ++votes.runs[place];
    votes.hot[place] += h.of_cell[cell] == CellClass::hot;
    votes.cold[place] += h.of_cell[cell] == CellClass::cold;
  }
  run.provenance = std::move(h.provenance);
  return run;
}

// The densities of the events in the area, compared at the places that the runs were asked about.
BandwidthAgreement agreement_of(std::span<const Point> events, const Box& area, const SensitivityOptions& options,
                                const RasterGrid& places) {
  std::vector<Point> inside;
  std::copy_if(events.begin(), events.end(), std::back_inserter(inside), [&](Point p) { return holds(area, p); });
  std::vector<std::uint8_t> counts(places.size());
  for (std::size_t place = 0; place < counts.size(); ++place) {
    const Point p = places.centre(place);
    counts[place] = holds(area, p) && (!options.inside || options.inside(p));
  }
  return bandwidth_agreement(inside, places, counts, options.bandwidths_m,
                             {.kernel = options.kernel, .threads = options.hotspot.threads});
}

bool is_length(double metres) { return metres >= 0.001 && metres <= 500'000; }

std::vector<std::int64_t> sizes_mm(const Box& area, const SensitivityOptions& options) {
  if (area.empty()) throw DataError("sensitivity_of_empty_area");
  if (options.hotspot.method != HotspotMethod::gi_star && options.hotspot.method != HotspotMethod::gi)
    throw DataError("sensitivity_of_other_methods");
  if (options.origins_per_axis == 0) throw DataError("sensitivity_without_origins");
  if (options.cell_sizes_m.empty()) throw DataError("sensitivity_without_cells");
  std::vector<std::int64_t> sizes;
  for (double metres : options.cell_sizes_m) {
    if (!is_length(metres)) throw DataError("sensitivity_cells_out_of_range");
    sizes.push_back(std::llround(metres * 1000));
    for (double bandwidth : options.neighbours_within_m)
      if (!(bandwidth >= metres)) throw DataError("sensitivity_bandwidth_below_cells");
  }
  if (!std::all_of(options.bandwidths_m.begin(), options.bandwidths_m.end(), is_length))
    throw DataError("sensitivity_bandwidths_out_of_range");
  return sizes;
}

}  // namespace

Sensitivity sensitivity(const Lattice& lattice, std::span<const Point> events, const Box& area,
                        const SensitivityOptions& options) {
  const std::vector<std::int64_t> sizes = sizes_mm(area, options);
  Sensitivity s;
  s.places = grid_over(lattice, area, *std::min_element(sizes.begin(), sizes.end()), 0, 0);
  const std::vector<double> none(s.places.size(), 0.0);
  Votes votes{none, none, none};
  const auto origins = static_cast<std::int64_t>(options.origins_per_axis);
  const std::vector<double> bandwidths =
      options.neighbours_within_m.empty() ? std::vector<double>{0} : options.neighbours_within_m;
  for (std::int64_t cell : sizes)
    for (std::int64_t oy = 0; oy < origins; ++oy)
      for (std::int64_t ox = 0; ox < origins; ++ox) {
        const RasterGrid grid = grid_over(lattice, area, cell, ox * cell / origins, oy * cell / origins);
        const std::vector<std::uint32_t> cell_of = cells_of(grid, options.inside);
        for (double bandwidth : bandwidths)
          s.runs.push_back(run_on(grid, cell_of, bandwidth, events, area, options, s.places, votes));
      }
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t place = 0; place < votes.runs.size(); ++place) {
    const double runs = votes.runs[place];
    s.hot_share.push_back(runs > 0 ? votes.hot[place] / runs : kNaN);
    s.cold_share.push_back(runs > 0 ? votes.cold[place] / runs : kNaN);
  }
  s.bandwidths = agreement_of(events, area, options, s.places);
  return s;
}

}  // namespace gridloom
