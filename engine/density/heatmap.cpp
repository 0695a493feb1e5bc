// SPDX-License-Identifier: Apache-2.0
#include "engine/density/heatmap.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/base/errors.h"
#include "engine/density/adaptive_density.h"

namespace gridloom {
namespace {

constexpr double kMaxPixels = 400e6;  // 3.2 GB of values
constexpr double kMinMetres = 0.001, kMaxMetres = 500'000;

std::int64_t floor_to(std::int64_t v, std::int64_t step) { return v - ((v % step) + step) % step; }

std::int64_t ceil_to(std::int64_t v, std::int64_t step) { return -floor_to(-v, step); }

void check(const DensityOptions& options, const StudyArea* area) {
  if (!(options.bandwidth_m >= kMinMetres && options.bandwidth_m <= kMaxMetres))
    throw DataError("heatmap_bandwidth_out_of_range",
                    {{"metres", options.bandwidth_m}, {"least", kMinMetres}, {"most", kMaxMetres}});
  if (options.edge == EdgeCorrection::none) return;
  if (options.adaptive) throw DataError("edge_correction_of_adaptive_bandwidths");
  if (area == nullptr) throw std::invalid_argument("an edge correction needs the study area whose limit it corrects");
}

void fill(std::span<const Point> events, std::span<const double> weights, const RasterGrid& grid, const StudyArea* area,
          const DensityOptions& o, Heatmap& heat) {
  const KernelOptions kernel{o.kernel, heat.bandwidth_m, o.threads, o.exact};
  if (o.adaptive) {
    heat.bandwidths_m = abramson_bandwidths(events, kernel);
    heat.values = adaptive_density(events, heat.bandwidths_m, grid, o.kernel, o.threads, weights);
  } else {
    const bool corrected = o.edge != EdgeCorrection::none;
    const std::vector<LimitEdge> limit = corrected ? limit_of(*area) : std::vector<LimitEdge>{};
    heat.values = corrected_density(events, limit, grid, kernel, o.edge, weights);
  }
}

Box common(const Box& a, const Box& b) {
  return {{std::max(a.min.x, b.min.x), std::max(a.min.y, b.min.y)},
          {std::min(a.max.x, b.max.x), std::min(a.max.y, b.max.y)}};
}

}  // namespace

Heatmap heatmap(std::span<const Point> events, std::span<const double> weights, const RasterGrid& grid,
                const StudyArea* area, const DensityOptions& options) {
  check(options, area);
  Heatmap heat;
  heat.bandwidth_m = whole_millimetres(options.bandwidth_m);
  fill(events, weights, grid, area, options, heat);
  if (area != nullptr) blank_outside(*area, grid, heat.values);
  return heat;
}

RasterGrid raster_over(const Box& box, const Lattice& lattice, double cell_m) {
  if (!(cell_m >= kMinMetres && cell_m <= kMaxMetres))
    throw DataError("heatmap_cell_out_of_range", {{"metres", cell_m}, {"least", kMinMetres}, {"most", kMaxMetres}});
  const std::int64_t cell = std::llround(cell_m * Lattice::kPerMetre);
  const std::int64_t east = std::llround(lattice.origin_x * Lattice::kPerMetre);
  const std::int64_t north = std::llround(lattice.origin_y * Lattice::kPerMetre);
  const std::int64_t x0 = floor_to(east + box.min.x, cell), y0 = floor_to(north + box.min.y, cell);
  const std::int64_t x1 = std::max(ceil_to(east + box.max.x, cell), x0 + cell);
  const std::int64_t y1 = std::max(ceil_to(north + box.max.y, cell), y0 + cell);
  const double nx = static_cast<double>((x1 - x0) / cell), ny = static_cast<double>((y1 - y0) / cell);
  if (nx * ny > kMaxPixels)
    throw DataError("too_many_pixels", {{"millions", std::llround(nx * ny / 1e6)},
                                        {"larger", std::ceil(cell_m * std::sqrt(nx * ny / kMaxPixels))}});
  return {x0 - east, y1 - north, cell, static_cast<std::uint32_t>(nx), static_cast<std::uint32_t>(ny)};
}

RasterGrid city_raster(const City& city, double cell_m, const Box& window) {
  const Box ground = box_of(city.arrangement.points);
  if (ground.empty()) throw DataError("city_without_ground");
  if (!window.empty() && !window.intersects(ground)) throw DataError("window_outside_city");
  return raster_over(window.empty() ? ground : common(ground, window), city.arrangement.lattice, cell_m);
}

}  // namespace gridloom
