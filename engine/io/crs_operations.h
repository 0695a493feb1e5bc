// SPDX-License-Identifier: Apache-2.0
// The ways from one CRS to another that PROJ knows, with their accuracy and the ground they hold for. Private to
// engine/io.
#pragma once

#include <proj.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/geometry/lattice.h"

namespace gridloom {

struct PjDeleter {
  void operator()(PJ* p) const { proj_destroy(p); }
  void operator()(PJ_CONTEXT* c) const { proj_context_destroy(c); }
  void operator()(PJ_OBJ_LIST* l) const { proj_list_destroy(l); }
  void operator()(PJ_OPERATION_FACTORY_CONTEXT* c) const { proj_operation_factory_context_destroy(c); }
};
using Pj = std::unique_ptr<PJ, PjDeleter>;
using PjContext = std::unique_ptr<PJ_CONTEXT, PjDeleter>;

// A box of longitudes and latitudes; may cross the antimeridian (west > east).
struct AreaOfUse {
  double west = -180, south = -90, east = 180, north = 90;
  bool holds(LonLat) const;
  double size() const;  // square degrees
};

struct CrsOperation {
  Pj op;  // from easting and northing, or longitude and latitude in degrees, to the same
  std::string name;
  double accuracy_m = 0;    // as PROJ's database states it; 0: exact, or as declared
  bool everywhere = false;  // nothing but arithmetic, or declared: holds wherever it is asked
  AreaOfUse area;
};

// An operation that a missing grid keeps from being used.
struct MissingGrid {
  std::string grid;  // "us_noaa_conus.tif"
  double accuracy_m = 0;
  AreaOfUse area;
};

// What leads from one CRS to another. Operations of unknown accuracy (PROJ's ballpark) are none of them, unless they
// are declared as meant. CGCS 2000 is WGS 84 for every other datum (datum.h), which PROJ's database does not know.
struct CrsOperations {
  PjContext context;
  std::string from, to;                  // as named
  std::vector<CrsOperation> operations;  // the most accurate first
  std::vector<MissingGrid> missing;      // the most accurate first
  Pj to_degrees;                         // of the source's own datum; null where every operation holds everywhere

  // Throws DataError: a CRS that PROJ does not know, two that it cannot connect, or only by ballpark. Made once for
  // each pair in the process.
  static std::shared_ptr<const CrsOperations> between(const std::string& from, const std::string& to);
  // A copy for another thread. May be called at any time from any thread.
  struct Copy {
    PjContext context;
    std::vector<Pj> operations;
    Pj to_degrees;
  };
  Copy copy() const;

  // Names of grids that would do better than `accuracy_m` at the place.
  std::vector<std::string> grids_for(std::optional<LonLat> place, std::optional<double> accuracy_m) const;
  [[noreturn]] void fail_as_ballpark(std::optional<LonLat> place) const;
};

}  // namespace gridloom
