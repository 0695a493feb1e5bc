// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/label_cells.h"

#include <cmath>

namespace gridloom {
namespace {

// Sums over rings, about the first point of the cell so that little is lost: twice the area, six times the moments.
struct Sums {
  double area = 0, x = 0, y = 0;

  void add(const std::vector<Point>& ring, Point about) {
    for (std::size_t i = 1; i < ring.size(); ++i) {
      const double ax = ring[i - 1].x - about.x, ay = ring[i - 1].y - about.y;
      const double bx = ring[i].x - about.x, by = ring[i].y - about.y;
      const double cross = ax * by - bx * ay;
      area += cross;
      x += cross * (ax + bx);
      y += cross * (ay + by);
    }
  }
};

PolygonRings rings_of(const Arrangement& map, const ArcPolygon& polygon) {
  PolygonRings rings{points_of(map, polygon.shell)};
  for (const ArcRing& hole : polygon.holes) rings.push_back(points_of(map, hole));
  return rings;
}

}  // namespace

LabelCells label_cells(const Arrangement& map, std::span<const Label> of_face, std::size_t cells) {
  const Dissolved dissolved = dissolve(map, of_face, cells);
  LabelCells out{std::vector<Point>(cells), std::vector<double>(cells, 0.0),
                 std::vector<std::vector<PolygonRings>>(cells)};
  for (std::size_t cell = 0; cell < cells; ++cell) {
    Sums sums;
    for (const ArcPolygon& polygon : dissolved.of_label[cell]) {
      out.ground[cell].push_back(rings_of(map, polygon));
      for (const auto& ring : out.ground[cell].back()) sums.add(ring, out.ground[cell].front().front().front());
    }
    if (!(sums.area > 0)) continue;
    const Point about = out.ground[cell].front().front().front();
    out.area_km2[cell] = sums.area / 2e12;
    out.centre[cell] = {about.x + static_cast<std::int32_t>(std::llround(sums.x / (3 * sums.area))),
                        about.y + static_cast<std::int32_t>(std::llround(sums.y / (3 * sums.area)))};
  }
  return out;
}

}  // namespace gridloom
