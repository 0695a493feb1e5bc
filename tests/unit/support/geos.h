// SPDX-License-Identifier: Apache-2.0
// GEOS as an oracle: what another engine makes of the same lattice coordinates.
#pragma once

#include <geos_c.h>

#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "engine/geometry/predicates.h"

namespace gridloom::geos {

struct Done {
  void operator()(GEOSGeometry* g) const { GEOSGeom_destroy(g); }
};
using Geometry = std::unique_ptr<GEOSGeometry, Done>;

// GEOS's functions without a handle want to be told once where complaints go: nowhere, results are checked.
inline void ignore(const char*, ...) {}
inline void start() {
  static const bool started = (initGEOS(ignore, ignore), true);
  static_cast<void>(started);
}

inline GEOSCoordSequence* sequence(std::span<const Point> points) {
  GEOSCoordSequence* s = GEOSCoordSeq_create(static_cast<unsigned>(points.size()), 2);
  for (unsigned i = 0; i < points.size(); ++i) GEOSCoordSeq_setXY(s, i, points[i].x, points[i].y);
  return s;
}

inline Geometry line(const Segment& s) {
  const Point ends[] = {s.a, s.b};
  return Geometry(GEOSGeom_createLineString(sequence(ends)));
}

// A polygon from closed rings, shell first.
inline Geometry polygon(std::span<const std::vector<Point>> rings) {
  std::vector<GEOSGeometry*> holes;
  for (std::size_t i = 1; i < rings.size(); ++i) holes.push_back(GEOSGeom_createLinearRing(sequence(rings[i])));
  return Geometry(GEOSGeom_createPolygon(GEOSGeom_createLinearRing(sequence(rings[0])), holes.data(),
                                         static_cast<unsigned>(holes.size())));
}

inline Geometry collection(int type, std::vector<Geometry> parts) {
  std::vector<GEOSGeometry*> raw;
  for (Geometry& g : parts) raw.push_back(g.release());
  return Geometry(GEOSGeom_createCollection(type, raw.data(), static_cast<unsigned>(raw.size())));
}

inline Geometry lines(std::span<const Segment> segments) {
  std::vector<Geometry> all;
  for (const Segment& s : segments) all.push_back(line(s));
  return collection(GEOS_MULTILINESTRING, std::move(all));
}

// The segments cut where they meet, by GEOS's snap rounding on the lattice of whole numbers.
inline Geometry noded(std::span<const Segment> segments) {
  return Geometry(GEOSUnaryUnionPrec(lines(segments).get(), 1.0));
}

inline std::vector<const GEOSGeometry*> parts(const GEOSGeometry* g) {
  std::vector<const GEOSGeometry*> out;
  if (g == nullptr) return out;
  for (int i = 0; i < GEOSGetNumGeometries(g); ++i) out.push_back(GEOSGetGeometryN(g, i));
  return out;
}

// Of a line or a ring; coordinates are whole numbers.
inline std::vector<Point> points(const GEOSGeometry* g) {
  const GEOSCoordSequence* s = GEOSGeom_getCoordSeq(g);
  unsigned n = 0;
  GEOSCoordSeq_getSize(s, &n);
  std::vector<Point> out;
  for (unsigned i = 0; i < n; ++i) {
    double x = 0, y = 0;
    GEOSCoordSeq_getXY(s, i, &x, &y);
    out.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
  }
  return out;
}

inline double area(const GEOSGeometry* g) {
  double a = -1;
  GEOSArea(g, &a);
  return a;
}

// What GEOS makes of noded lines.
struct Faces {
  Geometry polygons;
  Geometry cuts;                                // lines with the same face on both sides
  Geometry dangles;                             // lines that end nowhere
  std::vector<std::pair<double, Point>> inner;  // area of each polygon, and the lattice point nearest to a point inside
};

inline Faces polygonized(const Geometry& lines) {
  GEOSGeometry *cuts = nullptr, *dangles = nullptr, *invalid = nullptr;
  Faces out;
  out.polygons.reset(GEOSPolygonize_full(lines.get(), &cuts, &dangles, &invalid));
  out.cuts.reset(cuts);
  out.dangles.reset(dangles);
  Geometry(invalid).reset();
  for (const GEOSGeometry* g : parts(out.polygons.get())) {
    const Geometry inside(GEOSPointOnSurface(g));
    double x = 0, y = 0;
    GEOSGeomGetX(inside.get(), &x);
    GEOSGeomGetY(inside.get(), &y);
    out.inner.emplace_back(area(g),
                           Point{static_cast<std::int32_t>(std::lround(x)), static_cast<std::int32_t>(std::lround(y))});
  }
  return out;
}

}  // namespace gridloom::geos
