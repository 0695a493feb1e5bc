// SPDX-License-Identifier: Apache-2.0
// A delivered file from bytes, read as departments' files are, through our readers and GDAL's drivers: whatever is read
// must be UTF-8, and whatever is refused a DataError.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/table_file.h"
#include "engine/io/delivery/vector_file.h"
#include "fuzz/bytes.h"

namespace gridloom::fuzz {

namespace fs = std::filesystem;

inline constexpr std::array<const char*, 14> kLayerFiles{"a.geojson", "a.shp",        "a.dbf", "a.gpkg", "a.csv",
                                                         "a.zip",     "a.geojson.gz", "a.kml", "a.gml",  "a.tab",
                                                         "a.mif",     "a.dxf",        "a.fgb", "a.xlsx"};

inline fs::path write_bytes(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

// The first byte says the format; the rest is the file, or both parts of a shapefile: then two bytes say how much of it
// is the .shp.
inline fs::path write_layer_file(Bytes data, const fs::path& folder) {
  const char* name = kLayerFiles[data[0] % kLayerFiles.size()];
  std::string_view bytes = chars_of(data.subspan(1));
  if (std::string_view(name) == "a.shp") {
    const std::size_t shape = std::min<std::size_t>(bytes.size() - 2, data[1] | data[2] << 8);
    write_bytes(folder / "a.dbf", bytes.substr(2 + shape));
    bytes = bytes.substr(2, shape);
  }
  return write_bytes(folder / name, bytes);
}

inline std::string check_layer(const CatalogueSource& source) try {
  const RawLayer layer = read_vector_file(source);
  for (const Field& field : layer.fields)
    if (!is_utf8(field.name)) return "not UTF-8: " + legible(field.name);
  for (const RawFeature& feature : layer.features)
    for (const auto& value : feature.values)
      if (value && !is_utf8(*value)) return "not UTF-8: " + legible(*value);
  return {};
} catch (const DataError&) {
  return {};
}

inline std::string check_table(const CatalogueSource& source) try {
  const TextTable table = read_table_file(source);
  for (const std::string& name : table.header)
    if (!is_utf8(name)) return "not UTF-8: " + legible(name);
  for (const std::string_view cell : table.cells)
    if (!is_utf8(cell)) return "not UTF-8: " + legible(cell);
  return {};
} catch (const DataError&) {
  return {};
}

inline std::string check_layer_file(Bytes data) {
  const fs::path& folder = scratch_folder();
  if (data.size() < 3) return {};
  CatalogueSource source;
  source.file = write_layer_file(data, folder);
  source.place.file = "fuzz";
  std::string wrong = check_layer(source);
  if (wrong.empty()) wrong = check_table(source);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) fs::remove_all(entry);
  return wrong;
}

}  // namespace gridloom::fuzz
