// SPDX-License-Identifier: Apache-2.0
// Coordinate reference systems by PROJ. Axis order is always east, north (longitude, latitude), whatever EPSG says.
//
// A CRS is named by anything PROJ knows: "EPSG:4549", "epsg:32618", a PROJ string, WKT. Where a position comes from a
// person or a client, "wgs84", "cgcs2000", "gcj02" and "bd09" (any case) name the geographic systems of web maps too.
//
// Objects are not to be shared between threads: copy one per thread, a copy is independent.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/geometry/lattice.h"
#include "engine/io/datum.h"

namespace gridloom {

// Throws DataError unless PROJ knows `crs` and it is projected, in metres: a working CRS.
void require_working_crs(const std::string& crs);

// True where longitude and latitude in degrees are the coordinates. Throws DataError for a CRS that PROJ does not know.
bool is_geographic(const std::string& crs);

// Bulk transformation between two CRSs. About 0.5 µs a point.
class CrsTransform {
 public:
  // Throws DataError naming the CRS that PROJ does not know, or the pair it cannot connect.
  CrsTransform(const std::string& from, const std::string& to);
  ~CrsTransform();
  CrsTransform(const CrsTransform&);
  CrsTransform& operator=(const CrsTransform&);
  CrsTransform(CrsTransform&&) noexcept;
  CrsTransform& operator=(CrsTransform&&) noexcept;

  // In place. A position that has no image becomes infinite (both coordinates); returns whether all had one.
  bool transform(std::span<double> x, std::span<double> y);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Longitude/latitude in WGS 84 to and from a projected CRS.
class Projection {
 public:
  explicit Projection(const std::string& crs);  // throws DataError as require_working_crs
  Projected project(LonLat wgs84);              // infinite where there is no image
  LonLat to_lonlat(Projected p);                // WGS 84
  const std::string& crs() const { return crs_; }

 private:
  std::string crs_;
  CrsTransform forward_;
  CrsTransform back_;
};

// One-off conversions; they set up a projection each time (about a millisecond): keep a Projection for many points.
Projected project(const std::string& crs, LonLat wgs84);
LonLat to_lonlat(const std::string& crs, Projected p);

// Positions as files and clients give them -> the working CRS, undoing Chinese web map shifts.
class PositionReader {
 public:
  // `source`: "wgs84", "cgcs2000", "gcj02", "bd09" or a CRS; `datum` gcj02 or bd09 says that geographic positions, or
  // what a projected source CRS takes for them, are shifted. Throws DataError.
  PositionReader(const std::string& source, Datum datum, const std::string& working_crs);
  PositionReader(const std::string& source, const std::string& working_crs)
      : PositionReader(source, Datum::wgs84, working_crs) {}

  // In place; as CrsTransform::transform.
  bool read(std::span<double> x, std::span<double> y);
  Projected read(double x, double y);

 private:
  Datum datum_;
  CrsTransform first_;                    // source -> working, or source -> longitude/latitude where a shift is undone
  std::unique_ptr<CrsTransform> second_;  // longitude/latitude -> working

 public:
  PositionReader(const PositionReader&);
  PositionReader& operator=(const PositionReader&) = delete;
  PositionReader(PositionReader&&) noexcept = default;
  PositionReader& operator=(PositionReader&&) noexcept = default;
};

}  // namespace gridloom
