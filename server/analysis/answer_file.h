// SPDX-License-Identifier: Apache-2.0
// A finished answer as bytes, for a file or a response.
#pragma once

#include <map>
#include <string>

#include "engine/io/results/feature_file.h"

namespace gridloom {

enum class AnswerFormat { geojson, csv, gpkg, json, tif, png };

inline const std::map<std::string, AnswerFormat> kAnswerFormats{
    {"geojson", AnswerFormat::geojson}, {"csv", AnswerFormat::csv}, {"gpkg", AnswerFormat::gpkg},
    {"json", AnswerFormat::json},       {"tif", AnswerFormat::tif}, {"png", AnswerFormat::png}};

struct AnswerFile {
  std::string bytes;
  std::string content_type;
};

// json: the table's record alone. Precondition: neither tif nor png.
AnswerFile file_of(const FeatureTable&, AnswerFormat);

// The format of a file by its name's ending; throws DataError naming those of `allowed`.
AnswerFormat format_of_name(const std::string& file, const std::map<std::string, AnswerFormat>& allowed);

}  // namespace gridloom
