// SPDX-License-Identifier: Apache-2.0
// Polygons of an arrangement from bytes, cut to a box: valid, inside, and with all of the ground.
#pragma once

#include <cmath>

#include "fuzz/stack.h"
#include "support/geos.h"
#include "tiles/vector/clip.h"

namespace gridloom::fuzz {

inline std::vector<PolygonRings> polygons_of(const Arrangement& m, const Labeling& labels, std::size_t cells) {
  std::vector<PolygonRings> out;
  for (const auto& ground : dissolve(m, labels, cells).of_label)
    for (const ArcPolygon& polygon : ground) {
      out.push_back({points_of(m, polygon.shell)});
      for (const ArcRing& hole : polygon.holes) out.back().push_back(points_of(m, hole));
    }
  return out;
}

inline std::string check_part(const PolygonRings& part, const Box& box) {
  for (std::size_t r = 0; r < part.size(); ++r) {
    const Box around = box_of(part[r]);
    if (around.min.x < box.min.x || around.min.y < box.min.y || around.max.x > box.max.x || around.max.y > box.max.y)
      return "a part lies beyond the box";
    if (part[r].front() != part[r].back()) return "a ring is open";
    if ((doubled_area(part[r]) > 0) != (r == 0)) return "a ring runs the wrong way";
  }
  return GEOSisValid(geos::polygon(part).get()) == 1 ? "" : "a part is not valid";
}

inline double area_of(const std::vector<PolygonRings>& parts) {
  Int128 doubled = 0;
  for (const PolygonRings& part : parts)
    for (const auto& ring : part) doubled += doubled_area(ring);
  return static_cast<double>(doubled) / 2;
}

inline double length_of(const PolygonRings& polygon) {
  double sum = 0;
  for (const auto& ring : polygon)
    for (std::size_t i = 1; i < ring.size(); ++i)
      sum += std::hypot(double{1} * ring[i].x - ring[i - 1].x, double{1} * ring[i].y - ring[i - 1].y);
  return sum;
}

// To both sides of a line, which together are the whole: but for what rounding moves, less than a unit along each line.
inline std::string check_halves(const PolygonRings& whole, std::int32_t x) {
  const Box all = box_of(whole[0]);
  const Box west{all.min, {x, all.max.y}}, east{{x, all.min.y}, all.max};
  double sum = 0;
  for (const Box& half : {west, east}) {
    if (half.min.x >= half.max.x) continue;
    const auto parts = clip(whole, half);
    for (const PolygonRings& part : parts)
      if (std::string wrong = check_part(part, half); !wrong.empty()) return wrong;
    sum += area_of(parts);
  }
  const double lost = std::abs(sum - area_of({whole})), height = double{1} * all.max.y - all.min.y;
  return lost <= length_of(whole) + 2 * height + 16 ? "" : "ground is lost: " + std::to_string(lost);
}

inline std::string check_clip(Bytes data) {
  geos::start();
  Numbers from(data);
  const auto share = from.take<std::uint8_t>();
  const Case c = case_from(from.rest());
  const Subdivision s = build(Lattice{"EPSG:32650", 0, 0}, view_of(c), 1);
  for (std::size_t l = 0; l < s.labelings.size(); ++l)
    for (const PolygonRings& polygon : polygons_of(s.arrangement, s.labelings[l], c.stack[l].size())) {
      const Box all = box_of(polygon[0]);
      const auto x = static_cast<std::int32_t>(all.min.x + (std::int64_t{all.max.x} - all.min.x) * share / 255);
      if (std::string wrong = check_halves(polygon, x); !wrong.empty()) return wrong;
    }
  return {};
}

}  // namespace gridloom::fuzz
