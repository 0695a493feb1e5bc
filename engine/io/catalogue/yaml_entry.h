// SPDX-License-Identifier: Apache-2.0
// A YAML value that knows its place in the file and says so when it is not what was expected. Private to engine/io.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/words.h"
#include "engine/io/catalogue/catalogue.h"

namespace gridloom {

class YamlEntry {
 public:
  // Throws DataError where the file cannot be read, is no text or is not YAML.
  static YamlEntry load(const std::filesystem::path& file);

  // The value must be a map with none but these keys.
  void expect_keys(std::initializer_list<std::string_view> known) const;
  bool has(const char* key) const;
  YamlEntry at(const char* key) const;  // throws where it is missing
  std::optional<YamlEntry> find(const char* key) const;
  std::vector<YamlEntry> items() const;                          // of a list
  std::vector<std::pair<std::string, YamlEntry>> pairs() const;  // of a map, in order

  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  bool is_scalar() const { return node_.IsScalar(); }

  std::string text() const;  // a scalar that is not empty
  double number(double min, double max) const;
  long long integer(long long min, long long max) const;
  bool flag() const;  // true or false
  std::string word(const std::vector<std::string>& known) const;
  template <class Value>
  Value value() const {
    return *value_of<Value>(word(word_list<Value>()));
  }

  CataloguePlace place() const;
  const std::string& path() const { return path_; }  // "layers[3].key"
  [[noreturn]] void fail(Reason) const;              // throws DataError: within "city.yaml:12:5", "layers[3].key"

 private:
  YamlEntry(YAML::Node node, std::string path, std::shared_ptr<const std::string> file, YAML::Mark mark);
  YamlEntry child(const YAML::Node& node, const std::string& key) const;

  YAML::Node node_;
  std::string path_;
  std::shared_ptr<const std::string> file_;
  YAML::Mark mark_;
};

// The known word with the smallest edit distance, if it is near enough to be what was meant.
std::optional<std::string> nearest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace gridloom
