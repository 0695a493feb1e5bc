// SPDX-License-Identifier: Apache-2.0
// Results of analyses as tables with geometry.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/field.h"
#include "engine/statistics/label_cells.h"

namespace gridloom {

// No value; a number that is not finite counts as none.
using FeatureValue = std::variant<std::monostate, std::int64_t, double, std::string>;

struct FeatureTable {
  std::string name;         // of the table
  std::string description;  // one line: how it came about
  std::string record;       // the same in full, as JSON
  std::string style{};      // for QGIS, in a GeoPackage (qgis_tables.h); empty: none
  Lattice lattice;
  std::vector<Field> fields;
  std::vector<std::vector<FeatureValue>> rows;  // parallel to the fields
  // Parallel to the rows, or one of them or both empty.
  std::vector<std::vector<PolygonRings>> polygons;
  std::vector<std::vector<Point>> lines;
};

// True for no value.
bool is_null(const FeatureValue&);

// A GeoPackage with this one table, in the working CRS: multipolygons, lines, or attributes alone. The description is
// the table's; the record is its metadata item PROVENANCE (gpkg_metadata). Throws DataError with GDAL's reason.
std::string geopackage_bytes(const FeatureTable&);

}  // namespace gridloom
