// SPDX-License-Identifier: Apache-2.0
#include "engine/io/catalogue/yaml_entry.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"

namespace gridloom {
namespace {

std::string place_text(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file;
  return file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

std::string read_text(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (in.fail()) throw DataError("file_unreadable").within(name);
  const bool utf16 = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");  // which YAML is converted from
  if (!utf16 && !is_utf8(text)) throw DataError("file_not_utf8").within(name);
  return text;
}

}  // namespace

std::string CataloguePlace::text() const {
  return line > 0 ? file + ":" + std::to_string(line) + ":" + std::to_string(column) : file;
}

YamlEntry::YamlEntry(YAML::Node node, std::string path, std::shared_ptr<Document> document, YAML::Mark mark)
    : node_(std::move(node)), path_(std::move(path)), document_(std::move(document)), mark_(mark) {}

YamlEntry YamlEntry::load(const std::filesystem::path& file) {
  const std::string name = file.string();
  if (!std::filesystem::is_regular_file(file)) throw DataError("catalogue_missing").within(name);
  try {
    const YAML::Node root = YAML::Load(read_text(name));
    return {root, "", std::make_shared<Document>(Document{name}), root.Mark()};
  } catch (const YAML::Exception& e) {
    throw DataError("yaml_malformed", {{"why", e.msg}}).within(place_text(name, e.mark));
  }
}

CataloguePlace YamlEntry::place() const {
  return mark_.is_null() ? CataloguePlace{document_->file, 0, 0}
                         : CataloguePlace{document_->file, mark_.line + 1, mark_.column + 1};
}

void YamlEntry::complain(Reason reason) const {
  if (missing_) return;  // which was told
  DataError error(std::move(reason));
  if (!path_.empty()) error.within(path_);
  document_->mistakes.add(error.within(place_text(document_->file, mark_)));
}

YamlEntry YamlEntry::child(const YAML::Node& node, const std::string& key) const {
  return {node, path_of(key), document_, node.Mark().is_null() ? mark_ : node.Mark()};
}

void YamlEntry::expect_keys(std::initializer_list<std::string_view> known_keys) const {
  const std::vector<std::string> known(known_keys.begin(), known_keys.end());
  std::set<std::string> seen;
  for (const auto& [key, value] : pairs()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string near = nearest_word(key, known).value_or("");
      if (!near.empty()) document_->misspelt.insert(path_of(near));
      value.complain({"key_unknown",
                      {{"key", key}, {"near", near}, {"known", near.empty() ? known : std::vector<std::string>()}}});
    }
    if (!seen.insert(key).second) value.complain({"key_twice", {{"key", key}}});
  }
}

bool YamlEntry::has(const char* key) const { return find(key).has_value(); }

YamlEntry YamlEntry::at(const char* key) const {
  if (auto entry = find(key)) return *entry;
  // A key that is probably there under a misspelt name was told as such.
  if (is_map() && !document_->misspelt.contains(path_of(key))) complain({"key_missing", {{"key", key}}});
  YamlEntry missing = *this;
  missing.path_ = path_of(key);
  missing.missing_ = true;
  return missing;
}

std::optional<YamlEntry> YamlEntry::find(const char* key) const {
  if (!is_map()) {
    complain({"not_a_map"});
    return std::nullopt;
  }
  const YAML::Node node = node_[key];
  if (!node.IsDefined()) return std::nullopt;
  return child(node, key);
}

std::vector<YamlEntry> YamlEntry::items() const {
  std::vector<YamlEntry> items;
  if (!is_list()) {
    complain({"not_a_list"});
    return items;
  }
  for (std::size_t i = 0; i < node_.size(); ++i) {
    const YAML::Node node = node_[i];
    items.push_back(
        {node, path_ + "[" + std::to_string(i) + "]", document_, node.Mark().is_null() ? mark_ : node.Mark()});
  }
  return items;
}

std::vector<std::pair<std::string, YamlEntry>> YamlEntry::pairs() const {
  std::vector<std::pair<std::string, YamlEntry>> pairs;
  if (!is_map()) {
    complain({"not_a_map"});
    return pairs;
  }
  for (const auto& pair : node_) {
    if (!pair.first.IsScalar()) {
      complain({"key_not_a_word"});
      continue;
    }
    YamlEntry value = child(pair.second, pair.first.Scalar());
    value.mark_ = pair.first.Mark();  // a complaint about a key points at the key
    pairs.emplace_back(pair.first.Scalar(), std::move(value));
  }
  return pairs;
}

std::string YamlEntry::text() const {
  if (!missing_ && node_.IsScalar() && !node_.Scalar().empty()) return node_.Scalar();
  complain({"not_a_text"});
  return {};
}

double YamlEntry::number(double min, double max) const {
  const std::string s = !missing_ && node_.IsScalar() ? node_.Scalar() : "";
  const auto value = number_of<double>(s);
  if (!value) {
    complain({"not_a_number", {{"given", s}}});
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (*value < min || *value > max) complain({"number_out_of_range", {{"least", min}, {"most", max}, {"given", s}}});
  return std::clamp(*value, min, max);
}

long long YamlEntry::integer(long long min, long long max) const {
  const double value = number(static_cast<double>(min), static_cast<double>(max));
  if (std::isnan(value)) return min;
  if (value != std::floor(value)) complain({"not_a_whole_number", {{"given", node_.Scalar()}}});
  return static_cast<long long>(value);
}

bool YamlEntry::flag() const { return word({"true", "false"}) == "true"; }

std::string YamlEntry::word(const std::vector<std::string>& known) const {
  const std::string value = text();
  if (std::find(known.begin(), known.end(), value) != known.end()) return value;
  if (!value.empty())
    complain({"word_unknown", {{"given", value}, {"known", known}, {"near", nearest_word(value, known).value_or("")}}});
  return known.front();
}

}  // namespace gridloom
