// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/answer_file.h"

#include "engine/base/errors.h"
#include "server/analysis/feature_text.h"

namespace gridloom {

AnswerFile file_of(const FeatureTable& table, AnswerFormat format) {
  switch (format) {
    case AnswerFormat::geojson:
      return {geojson_of(table), "application/geo+json"};
    case AnswerFormat::csv:
      return {csv_of(table), "text/csv; charset=utf-8"};
    case AnswerFormat::gpkg:
      return {geopackage_bytes(table), "application/geopackage+sqlite3"};
    default:
      return {table.record + "\n", "application/json"};
  }
}

AnswerFormat format_of_name(const std::string& file, Words<AnswerFormat> allowed) {
  std::vector<std::string> known;
  for (const auto& [ending, format] : allowed) {
    if (file.size() > ending.size() + 1 && file.ends_with("." + std::string(ending))) return format;
    known.push_back("." + std::string(ending));
  }
  throw DataError("ending_unknown", {{"file", file}, {"known", std::move(known)}});
}

}  // namespace gridloom
