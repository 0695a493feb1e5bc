// SPDX-License-Identifier: Apache-2.0
#include "engine/io/antimeridian.h"

#include <ogr_geometry.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace gridloom {
namespace {

constexpr double kTurn = 360, kHalf = 180;

// By the shell's first corner, so that holes come along.
void unwrap(std::vector<LonLat>& line, double near) {
  double before = near;
  for (LonLat& p : line) {
    p.lon += kTurn * std::round((before - p.lon) / kTurn);
    before = p.lon;
  }
}

bool crosses(const std::vector<LonLat>& line) {
  return std::any_of(line.begin(), line.end(), [](LonLat p) { return std::abs(p.lon) > kHalf; });
}

OGRLinearRing* ogr_ring(const std::vector<LonLat>& ring) {
  auto* out = new OGRLinearRing;
  for (const LonLat p : ring) out->addPoint(p.lon, p.lat);
  return out;
}

// The strip of a turn around `middle`.
std::unique_ptr<OGRGeometry> strip(double middle) {
  auto box = std::make_unique<OGRPolygon>();
  const double west = middle - kHalf, east = middle + kHalf;
  box->addRingDirectly(ogr_ring({{west, -90}, {east, -90}, {east, 90}, {west, 90}, {west, -90}}));
  return box;
}

std::vector<LonLat> points_of(const OGRSimpleCurve& curve, double back) {
  std::vector<LonLat> out;
  for (int i = 0; i < curve.getNumPoints(); ++i) out.push_back({curve.getX(i) - back, curve.getY(i)});
  return out;
}

template <class Take>
void for_parts(const OGRGeometry& geometry, const Take& take) {
  if (const auto* collection = dynamic_cast<const OGRGeometryCollection*>(&geometry)) {
    for (const OGRGeometry* part : *collection) for_parts(*part, take);
  } else {
    take(geometry);
  }
}

// Calls `take(part, degrees to take off)` for what lies in each turn.
template <class Take>
void cut(const OGRGeometry& whole, const Take& take) {
  for (const double middle : {-kTurn, 0.0, kTurn}) {
    const std::unique_ptr<OGRGeometry> inside(whole.Intersection(strip(middle).get()));
    if (inside && !inside->IsEmpty()) for_parts(*inside, [&](const OGRGeometry& part) { take(part, middle); });
  }
}

}  // namespace

void unwrap_longitudes(std::span<double> lon) {
  for (std::size_t i = 1; i < lon.size(); ++i) lon[i] += kTurn * std::round((lon[i - 1] - lon[i]) / kTurn);
}

std::vector<DegreePolygon> cut_at_antimeridian(DegreePolygon polygon) {
  if (polygon.empty() || polygon.front().empty()) return {std::move(polygon)};
  const double near = polygon.front().front().lon;
  bool any = false;
  DegreePolygon unwrapped = polygon;
  for (std::vector<LonLat>& ring : unwrapped) {
    unwrap(ring, near);
    any = any || crosses(ring);
  }
  if (!any) return {std::move(polygon)};
  OGRPolygon whole;
  for (const std::vector<LonLat>& ring : unwrapped) whole.addRingDirectly(ogr_ring(ring));
  std::vector<DegreePolygon> parts;
  cut(whole, [&](const OGRGeometry& part, double back) {
    if (wkbFlatten(part.getGeometryType()) != wkbPolygon) return;  // touches the meridian and no more
    DegreePolygon& out = parts.emplace_back();
    for (const OGRLinearRing* ring : *part.toPolygon()) out.push_back(points_of(*ring, back));
  });
  return parts;
}

std::vector<std::vector<LonLat>> cut_at_antimeridian(std::vector<LonLat> line) {
  if (line.empty()) return {std::move(line)};
  std::vector<LonLat> unwrapped = line;
  unwrap(unwrapped, line.front().lon);
  if (!crosses(unwrapped)) return {std::move(line)};
  OGRLineString whole;
  for (const LonLat p : unwrapped) whole.addPoint(p.lon, p.lat);
  std::vector<std::vector<LonLat>> parts;
  cut(whole, [&](const OGRGeometry& part, double back) {
    if (wkbFlatten(part.getGeometryType()) == wkbLineString) parts.push_back(points_of(*part.toLineString(), back));
  });
  return parts;
}

}  // namespace gridloom
