// SPDX-License-Identifier: Apache-2.0
#include "engine/density/population_points.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "engine/density/heatmap.h"
#include "engine/density/pixel_faces.h"

namespace gridloom {
namespace {

std::vector<Point> lowest_corners(const Arrangement& map) {
  std::vector<Point> corner(map.face_count, Point{INT32_MAX, INT32_MAX});
  for (ArcId a = 0; a < map.arcs.size(); ++a)
    for (const FaceId face : {map.arcs[a].left, map.arcs[a].right})
      for (Point p : map.points_of(a)) corner[face] = std::min(corner[face], p);
  return corner;
}

}  // namespace

double WeightedPoints::sum() const {
  return weight.empty() ? static_cast<double>(at.size()) : std::accumulate(weight.begin(), weight.end(), 0.0);
}

WeightedPoints population_points(const City& city, const RasterGrid& grid) {
  std::vector<std::uint64_t> pixels(city.arrangement.face_count, 0);
  for_pixel_faces(city.arrangement, grid, [&](std::uint32_t, std::span<const FaceId> faces) {
    for (FaceId face : faces) ++pixels[face];
  });
  WeightedPoints points;
  const auto add = [&](Point at, double weight) {
    points.at.push_back(at);
    points.weight.push_back(weight);
  };
  for_pixel_faces(city.arrangement, grid, [&](std::uint32_t row, std::span<const FaceId> faces) {
    for (std::size_t i = 0; i < faces.size(); ++i)
      if (const FaceId face = faces[i]; face != kOutside && city.population[face] > 0)
        add(grid.centre(std::size_t{row} * grid.nx + i), city.population[face] / static_cast<double>(pixels[face]));
  });
  const std::vector<Point> corner = lowest_corners(city.arrangement);
  for (FaceId face = kOutside + 1; face < city.arrangement.face_count; ++face)
    if (pixels[face] == 0 && city.population[face] > 0) add(corner[face], city.population[face]);
  return points;
}

RasterGrid population_raster(const City& city, double cell_m, double bandwidth_m) {
  constexpr double kMostPixels = 25e6, kLeastCell_m = 0.1;
  const Box box = box_of(city.arrangement.points);
  const double width = (static_cast<double>(box.max.x) - box.min.x) / Lattice::kPerMetre;
  const double height = (static_cast<double>(box.max.y) - box.min.y) / Lattice::kPerMetre;
  const double coarse = std::sqrt(width * height / kMostPixels);
  return city_raster(city, std::max({std::min(cell_m, bandwidth_m / 4), coarse, kLeastCell_m}));
}

}  // namespace gridloom
