// SPDX-License-Identifier: Apache-2.0
// Coordinate reference systems by PROJ. Axis order is always east, north (longitude, latitude), whatever EPSG says.
//
// A CRS is named by anything PROJ knows: "EPSG:4549", "epsg:32618", a PROJ string, WKT. Where a position comes from a
// person or a client, "wgs84", "cgcs2000", "gcj02" and "bd09" (any case) name the geographic systems of web maps too.
//
// What a person or a file declares of its datum stands behind the name (crs_name.h): "EPSG:2327 +towgs84=12.5,-8,3.5".
// A transformation whose accuracy nobody knows, such as from Xian 1980 without parameters, is refused, not guessed.
//
// Objects are not to be shared between threads: copy one per thread, a copy is independent.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/io/datum.h"

namespace gridloom {

// Throws DataError unless PROJ knows `crs` and it is projected, in metres: a working CRS.
void require_working_crs(const std::string& crs);

// True where longitude and latitude in degrees are the coordinates. Throws DataError for a CRS that PROJ does not know.
bool is_geographic(const std::string& crs);

// Looks for grid files (NTv2, GeoTIFF) in this folder too, from now on and in the whole process.
void look_for_grids_in(const std::filesystem::path& folder);

// An operation that is exact to so many metres, as PROJ's database states it.
struct UsedOperation {
  std::string name;  // "NAD83 to WGS 84 (1)"
  double accuracy_m = 0;
  std::vector<std::string> better_grids;  // files that PROJ lacks for a better one there
};

// Bulk transformation between two CRSs, by the most accurate operation that PROJ has for each place. About 0.5 µs a
// point, twice that where the operations hold for parts of the earth only. Made once for each pair of CRSs in the
// process; another one of the pair is a copy.
class CrsTransform {
 public:
  // Throws DataError naming the CRS that PROJ does not know, the pair it cannot connect, or the pair that it connects
  // with unknown accuracy only.
  CrsTransform(const std::string& from, const std::string& to);
  ~CrsTransform();
  CrsTransform(const CrsTransform&);
  CrsTransform& operator=(const CrsTransform&);
  CrsTransform(CrsTransform&&) noexcept;
  CrsTransform& operator=(CrsTransform&&) noexcept;

  // In place. A position that has no image becomes infinite (both coordinates); returns whether all had one.
  // Throws DataError where no position has one for want of an operation of known accuracy.
  bool transform(std::span<double> x, std::span<double> y);

  // Of the operations used so far; empty where all are exact, or declared.
  std::optional<UsedOperation> least_accurate() const;

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

  std::optional<UsedOperation> least_accurate() const;  // as CrsTransform's
  bool degrees() const { return degrees_; }             // whether longitudes and latitudes are read

 private:
  Datum datum_;
  bool degrees_;
  CrsTransform first_;                    // source -> working, or source -> longitude/latitude where a shift is undone
  std::unique_ptr<CrsTransform> second_;  // longitude/latitude -> working

 public:
  PositionReader(const PositionReader&);
  PositionReader& operator=(const PositionReader&) = delete;
  PositionReader(PositionReader&&) noexcept = default;
  PositionReader& operator=(PositionReader&&) noexcept = default;
};

}  // namespace gridloom
