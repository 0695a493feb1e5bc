// SPDX-License-Identifier: Apache-2.0
#include "bench/geos_faces.h"

#include <geos/geom/CoordinateArraySequence.h>
#include <geos/geom/GeometryFactory.h>
#include <geos/geom/LineString.h>
#include <geos/geom/Polygon.h>
#include <geos/geom/PrecisionModel.h>
#include <geos/noding/NodedSegmentString.h>
#include <geos/noding/snapround/SnapRoundingNoder.h>
#include <geos/operation/polygonize/Polygonizer.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "engine/geometry/predicates.h"

namespace gridloom::bench {
namespace {

using namespace geos::geom;
using geos::noding::NodedSegmentString;
using geos::noding::SegmentString;

std::unique_ptr<CoordinateArraySequence> sequence(std::span<const Point> line) {
  std::vector<Coordinate> c;
  for (Point p : line) c.emplace_back(p.x, p.y);
  return std::make_unique<CoordinateArraySequence>(std::move(c));
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Point point(const Coordinate& c) { return {static_cast<std::int32_t>(c.x), static_cast<std::int32_t>(c.y)}; }

}  // namespace

GeosFaces geos_faces(const std::vector<std::vector<Point>>& lines) {
  GeosFaces out;
  std::vector<std::unique_ptr<SegmentString>> owned;
  std::vector<SegmentString*> strings;
  for (const auto& line : lines) {
    owned.push_back(std::make_unique<NodedSegmentString>(sequence(line).release(), nullptr));
    strings.push_back(owned.back().get());
  }
  auto start = std::chrono::steady_clock::now();
  const PrecisionModel lattice(1.0);
  geos::noding::snapround::SnapRoundingNoder noder(&lattice);
  noder.computeNodes(&strings);
  const std::unique_ptr<std::vector<SegmentString*>> noded(noder.getNodedSubstrings());
  out.noding_seconds = seconds_since(start);

  start = std::chrono::steady_clock::now();
  std::vector<Segment> segments;
  for (SegmentString* s : *noded) {
    for (std::size_t i = 0; i + 1 < s->size(); ++i) {
      const Point a = point(s->getCoordinate(i)), b = point(s->getCoordinate(i + 1));
      if (a != b) segments.push_back(a < b ? Segment{a, b} : Segment{b, a});
    }
    delete s;
  }
  std::sort(segments.begin(), segments.end());
  segments.erase(std::unique(segments.begin(), segments.end()), segments.end());
  const auto factory = GeometryFactory::create();
  std::vector<std::unique_ptr<LineString>> edges;
  geos::operation::polygonize::Polygonizer polygonizer;
  for (const Segment& s : segments) {
    const Point ends[] = {s.a, s.b};
    edges.push_back(factory->createLineString(sequence(ends)));
    polygonizer.add(static_cast<const Geometry*>(edges.back().get()));
  }
  out.faces = polygonizer.getPolygons().size();
  out.faces_seconds = seconds_since(start);
  return out;
}

}  // namespace gridloom::bench
