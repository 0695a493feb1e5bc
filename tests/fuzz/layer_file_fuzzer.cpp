// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: delivered files from bytes, through our readers and GDAL's drivers. Build and run (Debian: clang,
// libclang-rt-14-dev):
//   cmake --preset fuzz && cmake --build build-fuzz --target layer_file_fuzzer
//   build-fuzz/tests/fuzz/layer_file_fuzzer -max_total_time=3600 -max_len=65536 -rss_limit_mb=4096 new-corpus
//     tests/fuzz/layer_files
// The first byte says the format; the rest is the file, or both parts of a shapefile. Whatever is read must be UTF-8,
// and whatever is refused a DataError. What is found in GDAL's own drivers is told to GDAL; a driver that nobody needs
// goes.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "engine/io/table_file.h"
#include "engine/io/text.h"
#include "engine/io/vector_file.h"
#include "engine/progress.h"

namespace {

namespace fs = std::filesystem;
using namespace gridloom;

constexpr std::array<const char*, 14> kNames{"a.geojson", "a.shp", "a.dbf", "a.gpkg", "a.csv", "a.zip", "a.geojson.gz",
                                             "a.kml",     "a.gml", "a.tab", "a.mif",  "a.dxf", "a.fgb", "a.xlsx"};

// A folder of this process, in memory where the machine has such a place.
const fs::path& folder() {
  static const fs::path path = [] {
    const fs::path base = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    const fs::path own = base / ("gridloom-fuzz-" + std::to_string(getpid()));
    fs::create_directories(own);
    return own;
  }();
  return path;
}

fs::path write(const char* name, std::string_view bytes) {
  std::ofstream(folder() / name, std::ios::binary) << bytes;
  return folder() / name;
}

void require_utf8(std::string_view text) {
  if (is_utf8(text)) return;
  std::fprintf(stderr, "not UTF-8: %s\n", legible(text).c_str());
  std::abort();
}

void read_layer(const CatalogueSource& source) try {
  const RawLayer layer = read_vector_file(source);
  for (const Field& field : layer.fields) require_utf8(field.name);
  for (const RawFeature& feature : layer.features)
    for (const auto& value : feature.values)
      if (value) require_utf8(*value);
} catch (const DataError&) {
}

void read_table(const CatalogueSource& source) try {
  const TextTable table = read_table_file(source);
  for (const std::string& name : table.header) require_utf8(name);
  for (const std::string_view cell : table.cells) require_utf8(cell);
} catch (const DataError&) {
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const char* name = kNames[data[0] % kNames.size()];
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (std::string_view(name) == "a.shp") {  // two bytes say how much of it is the .shp; the rest is the .dbf
    const std::size_t shape = std::min<std::size_t>(bytes.size() - 2, data[1] | data[2] << 8);
    write("a.dbf", bytes.substr(2 + shape));
    bytes = bytes.substr(2, shape);
  }
  CatalogueSource source;
  source.file = write(name, bytes);
  source.place.file = "fuzz";
  read_layer(source);
  if (source.file.extension() == ".csv") read_table(source);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder())) fs::remove_all(entry);
  return 0;
}
