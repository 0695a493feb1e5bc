// SPDX-License-Identifier: Apache-2.0
#include "tiles/vector/clip.h"

#include <geos_c.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

#include "engine/geometry/ring.h"

namespace gridloom {
namespace {

// GEOS with its own context per call: no state is shared between threads.
class Geos {
 public:
  Geos() : handle_(GEOS_init_r()) {
    GEOSContext_setErrorMessageHandler_r(
        handle_, [](const char* text, void* to) { *static_cast<std::string*>(to) = text; }, &error_);
  }
  ~Geos() { GEOS_finish_r(handle_); }
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;

  struct Destroy {
    GEOSContextHandle_t handle;
    void operator()(GEOSGeometry* g) const { GEOSGeom_destroy_r(handle, g); }
  };
  using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;

  Geometry own(GEOSGeometry* g) const {
    if (!g) throw std::runtime_error("clipping a polygon to its tile: " + error_);
    return {g, Destroy{handle_}};
  }

  Geometry polygon(const PolygonRings& rings) const {
    std::vector<GEOSGeometry*> holes;
    for (std::size_t i = 1; i < rings.size(); ++i) holes.push_back(ring(rings[i]));
    return own(GEOSGeom_createPolygon_r(handle_, ring(rings[0]), holes.data(), static_cast<unsigned>(holes.size())));
  }

  Geometry box(const Box& b) const { return polygon({{b.min, {b.max.x, b.min.y}, b.max, {b.min.x, b.max.y}, b.min}}); }

  // On the integer grid, by snap rounding: valid whatever the rounding does.
  Geometry intersection(const Geometry& a, const Geometry& b) const {
    return own(GEOSIntersectionPrec_r(handle_, a.get(), b.get(), 1.0));
  }

  void collect(const GEOSGeometry* g, std::vector<PolygonRings>& out) const {
    if (GEOSGeomTypeId_r(handle_, g) == GEOS_POLYGON) {
      if (GEOSisEmpty_r(handle_, g) == 0) out.push_back(rings(g));
      return;
    }
    if (GEOSGeomTypeId_r(handle_, g) < GEOS_MULTIPOINT) return;  // lines and points have no ground
    for (int i = 0; i < GEOSGetNumGeometries_r(handle_, g); ++i) collect(GEOSGetGeometryN_r(handle_, g, i), out);
  }

 private:
  GEOSGeometry* ring(const std::vector<Point>& points) const {
    GEOSCoordSequence* s = GEOSCoordSeq_create_r(handle_, static_cast<unsigned>(points.size()), 2);
    for (unsigned i = 0; i < points.size(); ++i) GEOSCoordSeq_setXY_r(handle_, s, i, points[i].x, points[i].y);
    return GEOSGeom_createLinearRing_r(handle_, s);
  }

  std::vector<Point> points(const GEOSGeometry* ring, bool shell) const {
    const GEOSCoordSequence* s = GEOSGeom_getCoordSeq_r(handle_, ring);
    unsigned size = 0;
    GEOSCoordSeq_getSize_r(handle_, s, &size);
    std::vector<Point> out;
    for (unsigned i = 0; i < size; ++i) {
      double x = 0, y = 0;
      GEOSCoordSeq_getXY_r(handle_, s, i, &x, &y);
      out.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
    }
    if ((doubled_area(out) > 0) != shell) std::reverse(out.begin(), out.end());
    return out;
  }

  PolygonRings rings(const GEOSGeometry* polygon) const {
    PolygonRings out{points(GEOSGetExteriorRing_r(handle_, polygon), true)};
    for (int i = 0; i < GEOSGetNumInteriorRings_r(handle_, polygon); ++i)
      out.push_back(points(GEOSGetInteriorRingN_r(handle_, polygon, i), false));
    return out;
  }

  GEOSContextHandle_t handle_;
  std::string error_;
};

}  // namespace

std::vector<PolygonRings> clip(const PolygonRings& polygon, const Box& box) {
  const Geos geos;
  const Geos::Geometry part = geos.intersection(geos.polygon(polygon), geos.box(box));
  std::vector<PolygonRings> out;
  geos.collect(part.get(), out);
  return out;
}

}  // namespace gridloom
