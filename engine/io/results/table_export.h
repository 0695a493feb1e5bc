// SPDX-License-Identifier: Apache-2.0
// A project's tables in the formats that offices take: shapefiles, GeoJSON, FlatGeobuf, DXF, Excel, CSV.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/progress.h"
#include "engine/base/words.h"

namespace gridloom {

enum class ExportFormat { shp, geojson, fgb, dxf, xlsx, csv };
template <>
inline constexpr auto kWords<ExportFormat> = words<ExportFormat>({{"shp", ExportFormat::shp},
                                                                  {"geojson", ExportFormat::geojson},
                                                                  {"fgb", ExportFormat::fgb},
                                                                  {"dxf", ExportFormat::dxf},
                                                                  {"xlsx", ExportFormat::xlsx},
                                                                  {"csv", ExportFormat::csv}});
// Of texts in shapefiles and CSV. The others have one of their own. `utf8_sig`: with the mark that Excel looks for.
enum class ExportEncoding { utf8, utf8_sig, gbk };
template <>
inline constexpr auto kWords<ExportEncoding> = words<ExportEncoding>({{"utf-8", ExportEncoding::utf8},
                                                                      {"utf-8-sig", ExportEncoding::utf8_sig},
                                                                      {"gbk", ExportEncoding::gbk}});

struct ExportColumn {
  std::string name;   // in the project
  std::string title;  // in the file; of shapefiles at most ten bytes in their encoding
  int decimals = 6;   // that mean something
};

struct ExportTable {
  std::string name;   // in the project
  std::string title;  // of its sheet, or its layer of a drawing
  std::vector<ExportColumn> columns;
};

// What a format cannot hold is told, never silently dropped.
struct LostText {
  std::string table, feature, column, value;  // where it stands; the feature by its code or id, else its row
};
struct ExportLoss {
  static constexpr std::size_t kNamed = 100;
  std::size_t texts = 0;
  std::vector<LostText> named;  // the first so many of them
};

struct Exported {
  std::size_t rows = 0;
  ExportLoss cut;                    // texts longer than the 254 bytes of a shapefile's field
  ExportLoss unencoded;              // texts with characters that the encoding has not: these stand as question marks
  std::size_t without_geometry = 0;  // rows that a format of shapes alone leaves out
};

// The name of a shapefile's field has so many bytes at most.
inline constexpr std::size_t kShapefileName = 10;
// How many bytes a text takes in the encoding; nothing where it cannot be said in it.
std::optional<std::size_t> bytes_in(ExportEncoding, const std::string&);

// Formats of which one file holds several tables.
bool holds_several(ExportFormat);

// Writes these tables into one file; several where the format holds several. Beside it and renamed, so that the old one
// stays until the new one is whole (of a shapefile's parts one after the other). GeoJSON is in WGS 84 (RFC 7946), all
// others in the project's CRS. Columns that an older project has not are left out. Throws DataError with GDAL's reason,
// Cancelled.
Exported export_tables(const std::filesystem::path& project, std::span<const ExportTable>, ExportFormat, ExportEncoding,
                       const std::filesystem::path& file, Progress&);

}  // namespace gridloom
