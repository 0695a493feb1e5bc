// SPDX-License-Identifier: Apache-2.0
// A finished answer as bytes, for a file or a response.
#pragma once

#include <string>

#include "engine/base/words.h"
#include "engine/io/results/feature_file.h"

namespace gridloom {

enum class AnswerFormat { geojson, csv, gpkg, json, tif, png };
template <>
inline constexpr auto kWords<AnswerFormat> = words<AnswerFormat>({{"geojson", AnswerFormat::geojson},
                                                                  {"csv", AnswerFormat::csv},
                                                                  {"gpkg", AnswerFormat::gpkg},
                                                                  {"json", AnswerFormat::json},
                                                                  {"tif", AnswerFormat::tif},
                                                                  {"png", AnswerFormat::png}});

// Of tables: no pictures.
inline constexpr Words<AnswerFormat> kTableFormats = Words<AnswerFormat>(kWords<AnswerFormat>).first(4);

struct AnswerFile {
  std::string bytes;
  std::string content_type;
};

// json: the table's record alone. Precondition: neither tif nor png.
AnswerFile file_of(const FeatureTable&, AnswerFormat);

// The format of a file by its name's ending; throws DataError naming those of `allowed`.
AnswerFormat format_of_name(const std::string& file, Words<AnswerFormat> allowed = kWords<AnswerFormat>);

}  // namespace gridloom
