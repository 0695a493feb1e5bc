// SPDX-License-Identifier: Apache-2.0
// A vector file as it lies there: features with their attributes as UTF-8 text and their rings in the file's own
// coordinates. Private to engine/io.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/field.h"
#include "engine/io/catalogue/catalogue.h"

namespace gridloom {

struct RawRing {
  std::vector<double> x, y;  // as in the file, closing point included where it is there
  bool hole = false;
};

struct RawFeature {
  std::vector<std::optional<std::string>> values;  // parallel to the fields
  std::vector<RawRing> rings;                      // of all polygons; a hole follows its shell
  std::vector<RawRing> lines;                      // of all line strings
  std::optional<Projected> point;                  // of a point feature; the first of several
  std::size_t points = 0;                          // how many it has
  std::set<std::string> other_geometry;            // kinds that are none of these, as GDAL names them
};

struct RawLayer {
  std::string file;  // for messages
  std::vector<Field> fields;
  std::vector<RawFeature> features;
  std::string crs;              // as the file states it ("EPSG:n" or WKT); empty: it does not
  bool means_wgs84 = false;     // a format whose coordinates are WGS 84 when it states nothing
  std::vector<Reason> remarks;  // on its texts, for findings (text_encoding.h)
  // Name of the id that the file gives every feature beside its fields ("fid", "OBJECTID", GeoJSON's "id"): the last of
  // the features' values. Empty: there is none.
  std::string row_id{};
  bool numbered = false;  // these ids are but 0, 1, 2, ...: the order of the features

  // Index of a field; throws DataError naming the file, the fields there are and the nearest.
  std::size_t field(const std::string& name, const CataloguePlace& asked_by) const;
  // Those of the fields, without the row's id.
  std::vector<std::optional<std::string>> own_values(const RawFeature& feature) const {
    return {feature.values.begin(), feature.values.begin() + static_cast<std::ptrdiff_t>(fields.size())};
  }
  const std::string& field_name(std::size_t index) const { return index < fields.size() ? fields[index].name : row_id; }
};

// Reads the formats of file_format.h, gzip (.gz) and zip (.zip) included; all features, whatever `where` says.
// Throws DataError naming the catalogue's place and the file: not readable, damaged, no such table, several tables and
// none named, no features.
RawLayer read_vector_file(const CatalogueSource& source);

// The features that the source's `where` lets pass. Throws DataError for a field that is not there, and when none pass.
RawLayer select_features(const RawLayer& layer, const CatalogueSource& source);

}  // namespace gridloom
