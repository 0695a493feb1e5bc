// SPDX-License-Identifier: Apache-2.0
// A delivered file from bytes, read as departments' files are: for the fuzzer, and for the tests that replay what it
// found.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/table_file.h"
#include "engine/io/delivery/vector_file.h"

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
inline fs::path write_layer_file(std::span<const std::uint8_t> data, const fs::path& folder) {
  const char* name = kLayerFiles[data[0] % kLayerFiles.size()];
  std::string_view bytes(reinterpret_cast<const char*>(data.data()) + 1, data.size() - 1);
  if (std::string_view(name) == "a.shp") {
    const std::size_t shape = std::min<std::size_t>(bytes.size() - 2, data[1] | data[2] << 8);
    write_bytes(folder / "a.dbf", bytes.substr(2 + shape));
    bytes = bytes.substr(2, shape);
  }
  return write_bytes(folder / name, bytes);
}

// The first text that is not UTF-8; empty: all are, or the file was refused by a DataError, as it may be.
inline std::string check_layer(const CatalogueSource& source) try {
  const RawLayer layer = read_vector_file(source);
  for (const Field& field : layer.fields)
    if (!is_utf8(field.name)) return legible(field.name);
  for (const RawFeature& feature : layer.features)
    for (const auto& value : feature.values)
      if (value && !is_utf8(*value)) return legible(*value);
  return {};
} catch (const DataError&) {
  return {};
}

inline std::string check_table(const CatalogueSource& source) try {
  const TextTable table = read_table_file(source);
  for (const std::string& name : table.header)
    if (!is_utf8(name)) return legible(name);
  for (const std::string_view cell : table.cells)
    if (!is_utf8(cell)) return legible(cell);
  return {};
} catch (const DataError&) {
  return {};
}

// Leaves the folder empty.
inline std::string check_layer_file(std::span<const std::uint8_t> data, const fs::path& folder) {
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
