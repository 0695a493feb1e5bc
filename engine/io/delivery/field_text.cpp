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
  const IdColumn ids = table.ids(from), numbers = table.ids(to);
  std::map<std::string, std::string, std::less<>> codes;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (!codes.emplace(ids.id(table.cell(row, from)), numbers.id(table.cell(row, to))).second)
      throw DataError("code_twice", {{"id", table.cell(row, from)}}).within(table.file);
  return codes;
}

}  // namespace

IdColumn id_column(const RawLayer& layer, std::size_t field) {
  IdColumn column(layer.field_name(field));
  for (const RawFeature& feature : layer.features)
    if (const auto& value = feature.values[field]) column.look_at(*value);
  return column;
}

FieldText::FieldText(const RawLayer& layer, const std::string& text, const CataloguePlace& place) {
  if (text.empty()) return;
  const auto add_field = [&](const std::string& name) {
    const std::size_t field = layer.field(name, place);
    parts_.push_back({"", field, id_column(layer, field)});
  };
  const auto add_literal = [&](const std::string& literal) { parts_.push_back({literal, std::nullopt, IdColumn("")}); };
  if (text.find('{') == std::string::npos) {
    add_field(text);
    return;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find('{', at);
    if (open == std::string::npos) {
      add_literal(text.substr(at));
      break;
    }
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) throw DataError("brace_unclosed", {{"text", text}}).within(place.text());
    if (open > at) add_literal(text.substr(at, open - at));
    add_field(text.substr(open + 1, close - open - 1));
    at = close + 1;
  }
}

std::string FieldText::of(const RawFeature& feature) const {
  std::string text;
  for (const Part& part : parts_)
    text += part.field ? part.column.id(feature.values[*part.field].value_or("")) : std::string_view(part.literal);
  return std::string(trimmed(text));
}

FieldKey::FieldKey(const RawLayer& layer, const CatalogueKey& key, const CataloguePlace& place)
    : file_(layer.file), place_(place), separator_(key.separator) {
  for (const std::string& field : key.fields) {
    fields_.push_back(layer.field(field, place));
    columns_.push_back(id_column(layer, fields_.back()));
  }
  if (!key.codes.empty()) codes_ = read_codes(key, place);
  if (fields_.size() > 1) require_distinct(layer);
}

// "1" and "12" must not become the id of "11" and "2".
void FieldKey::require_distinct(const RawLayer& layer) const {
  std::map<std::string, std::vector<std::string>> parts_of;
  for (const RawFeature& feature : layer.features) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < fields_.size(); ++i)
      parts.emplace_back(columns_[i].id(feature.values[fields_[i]].value_or("")));
    std::string id;
    for (std::size_t i = 0; i < parts.size(); ++i) id.append(i ? separator_ : "").append(parts[i]);
    const auto& known = parts_of.try_emplace(id, parts).first->second;
    if (known != parts) fail(DataError("key_parts_run_together", {{"id", id}, {"one", known}, {"other", parts}}));
  }
}

void FieldKey::fail(DataError error) const { throw error.within(file_).within(place_.text()); }

std::optional<std::string> FieldKey::of(const RawFeature& feature) const try {
  std::string id;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto& value = feature.values[fields_[i]];
    const std::string_view part = value ? columns_[i].id(*value) : std::string_view();
    if (part.empty()) return std::nullopt;
    id.append(i ? separator_ : "").append(part);
  }
  if (!codes_) return id;
  const auto code = codes_->find(id);
  if (code == codes_->end()) {
    std::vector<std::string> known;
    for (const auto& [from, to] : *codes_) known.push_back(from);
    fail(DataError("code_missing", {{"id", id}, {"near", near_id(id, known)}}));
  }
  return code->second;
} catch (DataError& e) {
  if (e.reason().where.empty()) fail(e);
  throw;
}

}  // namespace gridloom
