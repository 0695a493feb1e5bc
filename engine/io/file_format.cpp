// SPDX-License-Identifier: Apache-2.0
#include "engine/io/file_format.h"

#include <ogrsf_frmts.h>

#include <algorithm>

namespace gridloom {
namespace {

namespace fs = std::filesystem;

const std::vector<FileFormat>& formats() {
  using enum TextBytes;
  static const std::vector<FileFormat> all{
      {"GeoJSON, TopoJSON",
       {".geojson", ".json", ".topojson", ".geojsonl", ".geojsons", ".ndjson", ".jsonl"},
       {{"GeoJSON", RegisterOGRGeoJSON},
        {"TopoJSON", RegisterOGRTopoJSON},
        {"ESRIJSON", RegisterOGRESRIJSON},
        {"GeoJSONSeq", RegisterOGRGeoJSONSeq}},
       {},
       as_they_lie},
      // An empty encoding: no recoding, the bytes as they lie.
      {"shapefile", {".shp"}, {{"ESRI Shapefile", RegisterOGRShape}}, {"ENCODING="}, as_they_lie},
      {"GeoPackage",
       {".gpkg"},
       {{"GPKG", RegisterOGRGeoPackage}},
       // Views may call nothing but harmless functions.
       {"PRELUDE_STATEMENTS=PRAGMA trusted_schema=OFF"},
       as_they_lie},
      {"FlatGeobuf", {".fgb"}, {{"FlatGeobuf", RegisterOGRFlatGeobuf}}, {}, as_they_lie},
      {"file geodatabase", {".gdb"}, {{"OpenFileGDB", RegisterOGROpenFileGDB}}, {}},
      {"KML", {".kml"}, {{"LIBKML", RegisterOGRLIBKML}, {"KML", RegisterOGRKML}}, {}},
      // Neither fetches a schema nor leaves a file beside the source.
      {"GML", {".gml"}, {{"GML", RegisterOGRGML}}, {"DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO"}},
      {"DXF", {".dxf"}, {{"DXF", RegisterOGRDXF}}, {}},
      {"MapInfo", {".tab", ".mif"}, {{"MapInfo File", RegisterOGRTAB}}, {}, as_they_lie},
      {"CSV", {".csv", ".tsv", ".txt"}, {{"CSV", RegisterOGRCSV}}, {}, as_they_lie, true},
      {"dBASE", {".dbf"}, {{"ESRI Shapefile", RegisterOGRShape}}, {"ENCODING="}, as_they_lie, true},
      {"Excel", {".xlsx", ".xls"}, {{"XLSX", RegisterOGRXLSX}, {"XLS", RegisterOGRXLS}}, {}, decoded, true},
      {"OpenDocument", {".ods"}, {{"ODS", RegisterOGRODS}}, {}, decoded, true},
  };
  return all;
}

bool among(const std::string& ending, std::initializer_list<std::string_view> endings) {
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

std::string ending_of(const fs::path& file) {
  // A folder's name may end in a slash.
  std::string ending = (file.has_filename() ? file : file.parent_path()).extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return ending;
}

const FileFormat* format_of(const fs::path& file) {
  const std::string ending = ending_of(file);
  for (const FileFormat& format : formats())
    if (std::find(format.endings.begin(), format.endings.end(), ending) != format.endings.end()) return &format;
  return nullptr;
}

bool is_gzip(const fs::path& file) { return ending_of(file) == ".gz"; }
bool is_zip(const fs::path& file) { return among(ending_of(file), {".zip", ".kmz", ".shz"}); }
bool is_csv(const fs::path& file) {
  return among(ending_of(is_gzip(file) ? file.stem() : file), {".csv", ".tsv", ".txt"});
}

std::vector<std::string> known_formats() {
  std::vector<std::string> known;
  for (const FileFormat& format : formats()) {
    std::string& text = known.emplace_back(format.name).append(" (");
    for (const std::string_view ending : format.endings) text.append(ending).append(" ");
    text.back() = ')';
  }
  return known;
}

void enrol_drivers() {
  for (const FileFormat& format : formats())
    for (const FormatDriver& driver : format.drivers) driver.enrol();
}

}  // namespace gridloom
