// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/field_text.h"

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/table_file.h"

namespace gridloom {
namespace {

std::map<std::string, std::string, std::less<>> read_codes(const CatalogueKey& key, const CataloguePlace& place) {
  const TextTable table = read_csv(key.codes);
  if (table.rows() == 0) throw DataError("table_without_rows").within(table.file);
  if (key.fields.size() != 1) throw DataError("codes_of_several_fields").within(place.text());
  const std::size_t from = table.column(key.fields[0], place), to = table.column("code", place);
  std::map<std::string, std::string, std::less<>> codes;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!codes.emplace(trimmed(table.cell(row, from)), trimmed(table.cell(row, to))).second)
      throw DataError("code_twice", {{"id", table.cell(row, from)}}).within(table.file);
  return codes;
}

}  // namespace

FieldText::FieldText(const RawLayer& layer, const std::string& text, const CataloguePlace& place) {
  if (text.empty()) return;
  if (text.find('{') == std::string::npos) {
    parts_.push_back({"", layer.field(text, place)});
    return;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    if (open == std::string::npos) {
      parts_.push_back({text.substr(at), std::nullopt});
      break;
    }
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) throw DataError("brace_unclosed", {{"text", text}}).within(place.text());
    if (open > at) parts_.push_back({text.substr(at, open - at), std::nullopt});
    parts_.push_back({"", layer.field(text.substr(open + 1, close - open - 1), place)});
    at = close + 1;
  }
}

std::string FieldText::of(const RawFeature& feature) const {
  std::string text;
  for (const Part& part : parts_) text += part.field ? feature.values[*part.field].value_or("") : part.literal;
  return std::string(trimmed(text));
}

FieldKey::FieldKey(const RawLayer& layer, const CatalogueKey& key, const CataloguePlace& place)
    : file_(layer.file), place_(place), separator_(key.separator) {
  for (const std::string& field : key.fields) fields_.push_back(layer.field(field, place));
  if (!key.codes.empty()) codes_ = read_codes(key, place);
}

std::optional<std::string> FieldKey::of(const RawFeature& feature) const {
  std::string id;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto& value = feature.values[fields_[i]];
    const std::string_view part = value ? trimmed(*value) : std::string_view();
    if (part.empty()) return std::nullopt;
    id.append(i ? separator_ : "").append(part);
  }
  if (!codes_) return id;
  const auto code = codes_->find(id);
  if (code == codes_->end()) throw DataError("code_missing", {{"id", id}}).within(file_).within(place_.text());
  return code->second;
}

}  // namespace gridloom
