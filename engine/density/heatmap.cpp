// SPDX-License-Identifier: Apache-2.0
#include "engine/density/heatmap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/base/errors.h"
#include "engine/density/adaptive_density.h"
#include "engine/density/edge_correction.h"
#include "engine/density/pixel_faces.h"

namespace gridloom {
namespace {

constexpr double kMaxPixels = 400e6;  // 3.2 GB of values
constexpr double kMinMetres = 0.001, kMaxMetres = 500'000;

std::int64_t floor_to(std::int64_t v, std::int64_t step) { return v - ((v % step) + step) % step; }

void check_cell(double cell_m) {
  if (!(cell_m >= kMinMetres && cell_m <= kMaxMetres))
    throw DataError("heatmap_cell_out_of_range", {{"metres", cell_m}, {"least", kMinMetres}, {"most", kMaxMetres}});
}

void check(const DensityOptions& options) {
  if (!(options.bandwidth_m >= kMinMetres && options.bandwidth_m <= kMaxMetres))
    throw DataError("heatmap_bandwidth_out_of_range",
                    {{"metres", options.bandwidth_m}, {"least", kMinMetres}, {"most", kMaxMetres}});
  check_cell(options.cell_m);
  if (options.adaptive && options.edge != EdgeCorrection::none)
    throw DataError("edge_correction_of_adaptive_bandwidths");
}

RasterGrid grid_over(const Box& box, const Lattice& lattice, double cell_m) {
  const std::int64_t cell = std::llround(cell_m * Lattice::kPerMetre);
  const std::int64_t east = std::llround(lattice.origin_x * Lattice::kPerMetre);
  const std::int64_t north = std::llround(lattice.origin_y * Lattice::kPerMetre);
  const std::int64_t x0 = floor_to(east + box.min.x, cell), x1 = floor_to(east + box.max.x, cell) + cell;
  const std::int64_t y0 = floor_to(north + box.min.y, cell), y1 = floor_to(north + box.max.y, cell) + cell;
  const double nx = static_cast<double>((x1 - x0) / cell), ny = static_cast<double>((y1 - y0) / cell);
  if (nx * ny > kMaxPixels)
    throw DataError("too_many_pixels", {{"millions", std::llround(nx * ny / 1e6)},
                                        {"larger", std::ceil(cell_m * std::sqrt(nx * ny / kMaxPixels))}});
  return {x0 - east, y1 - north, cell, static_cast<std::uint32_t>(nx), static_cast<std::uint32_t>(ny)};
}

Box common(const Box& a, const Box& b) {
  return {{std::max(a.min.x, b.min.x), std::max(a.min.y, b.min.y)},
          {std::min(a.max.x, b.max.x), std::min(a.max.y, b.max.y)}};
}

// Adaptive: the pilot covers the whole city whatever the window, with cells well below its bandwidth.
std::vector<double> values_of(const City& city, std::span<const Point> points, std::span<const double> weights,
                              const RasterGrid& grid, const DensityOptions& o) {
  const KernelOptions kernel{o.kernel, o.bandwidth_m, o.threads, o.exact};
  if (!o.adaptive) return corrected_density(points, limit_of_city(city.arrangement), grid, kernel, o.edge, weights);
  const RasterGrid pilot = city_raster(city, std::min(o.cell_m, o.bandwidth_m / 4));
  return adaptive_density(points, abramson_bandwidths(points, pilot, kernel), grid, o.kernel, o.threads, weights);
}

void mask_outside(const Arrangement& map, DensityRaster& raster) {
  for_pixel_faces(map, raster.grid, [&](std::uint32_t row, std::span<const FaceId> faces) {
    for (std::size_t i = 0; i < faces.size(); ++i)
      if (faces[i] == kOutside)
        raster.values[std::size_t{row} * raster.grid.nx + i] = std::numeric_limits<double>::quiet_NaN();
  });
}

}  // namespace

RasterGrid city_raster(const City& city, double cell_m, const Box& window) {
  check_cell(cell_m);
  const Box ground = box_of(city.arrangement.points);
  if (ground.empty()) throw DataError("city_without_ground");
  if (!window.empty() && !window.intersects(ground)) throw DataError("window_outside_city");
  return grid_over(window.empty() ? ground : common(ground, window), city.arrangement.lattice, cell_m);
}

std::vector<LimitEdge> limit_of_city(const Arrangement& map) {
  std::vector<LimitEdge> limit;
  for (ArcId id = 0; id < map.arcs.size(); ++id) {
    const Arc& arc = map.arcs[id];
    if ((arc.left == kOutside) == (arc.right == kOutside)) continue;
    const auto points = map.points_of(id);
    for (std::size_t i = 1; i < points.size(); ++i)
      limit.push_back(arc.right == kOutside ? LimitEdge{points[i - 1], points[i]}
                                            : LimitEdge{points[i], points[i - 1]});
  }
  return limit;
}

DensityRaster heatmap(const City& city, std::span<const Point> points, std::span<const double> weights,
                      const DensityOptions& options) {
  check(options);
  DensityRaster raster{
      city.arrangement.lattice, city_raster(city, options.cell_m, options.window), {}, options, {}, points.size()};
  raster.values = values_of(city, points, weights, raster.grid, options);
  if (options.mask_outside) mask_outside(city.arrangement, raster);
  return raster;
}

DensityRaster heatmap(const City& city, const EventFilter& filter, const DensityOptions& options) {
  std::vector<Point> points;
  for (const std::uint32_t row : select_events(city.events, filter, city.face_of_event))
    points.push_back(city.events.at[row]);
  DensityRaster raster = heatmap(city, points, {}, options);
  raster.filter = filter;
  return raster;
}

}  // namespace gridloom
