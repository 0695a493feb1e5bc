// SPDX-License-Identifier: Apache-2.0
// What a file's ending declares it to be: the only formats that are opened, whatever lies inside. Private to engine/io.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

// How a format's texts come out of GDAL.
enum class TextBytes {
  as_they_lie,  // GDAL hands on the file's bytes
  decoded,      // the format says its encoding itself, and GDAL minds it
};

// Of GDAL: its name, and what puts it into the process.
struct FormatDriver {
  const char* name;
  void (*enrol)();
};

struct FileFormat {
  std::string_view name;
  std::vector<std::string_view> endings;  // lower case
  std::vector<FormatDriver> drivers;
  std::vector<const char*> options;  // for opening
  TextBytes texts = TextBytes::decoded;
  bool table = false;  // rows without geometry, as a rule
};

// By the ending, in any case; null for any other file.
const FileFormat* format_of(const std::filesystem::path&);

// ".geojson", in lower case.
std::string ending_of(const std::filesystem::path&);

bool is_gzip(const std::filesystem::path&);  // .gz: one file, named without the ending
bool is_zip(const std::filesystem::path&);   // .zip, .kmz, .shz: several
bool is_csv(const std::filesystem::path&);   // .csv, .tsv, .txt, also with .gz

// For messages: "GeoJSON (.geojson .json)", "shapefile (.shp)", ...
std::vector<std::string> known_formats();

// The drivers of all formats. Nothing else need be in a process: no virtual files, no databases, no network.
void enrol_drivers();

}  // namespace gridloom
