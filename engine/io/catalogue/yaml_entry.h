// SPDX-License-Identifier: Apache-2.0
// A YAML value that knows its place in the file and says so when it is not what was expected. Private to engine/io.
//
// A mistake is noted with the file, and reading goes on, so that one run tells all of them: what is missing or of the
// wrong kind reads as an empty text, list or map, 0 or the first word. raise() throws what was noted; until then
// nothing that was read may be believed.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/mistakes.h"
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
  YamlEntry at(const char* key) const;  // to be there
  std::optional<YamlEntry> find(const char* key) const;
  std::vector<YamlEntry> items() const;                          // of a list
  std::vector<std::pair<std::string, YamlEntry>> pairs() const;  // of a map, in order

  bool is_missing() const { return missing_; }  // of at(): that was told
  bool is_map() const { return !missing_ && node_.IsMap(); }
  bool is_list() const { return !missing_ && node_.IsSequence(); }
  bool is_scalar() const { return missing_ || node_.IsScalar(); }

  std::string text() const;                     // a scalar that is not empty
  double number(double min, double max) const;  // NaN where it is none
  long long integer(long long min, long long max) const;
  bool flag() const;  // true or false
  std::string word(const std::vector<std::string>& known) const;
  template <class Value>
  Value value() const {
    return *value_of<Value>(word(word_list<Value>()));
  }

  CataloguePlace place() const;
  const std::string& path() const { return path_; }  // "layers[3].key"
  void complain(Reason) const;                       // a mistake: within "city.yaml:12:5", "layers[3].key"

  const Mistakes& mistakes() const { return document_->mistakes; }  // in the whole file, so far

 private:
  struct Document {
    std::string file;
    Mistakes mistakes{};
    std::set<std::string> misspelt{};  // paths of keys that were probably meant
  };
  YamlEntry(YAML::Node node, std::string path, std::shared_ptr<Document> document, YAML::Mark mark);
  YamlEntry child(const YAML::Node& node, const std::string& key) const;
  std::string path_of(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  YAML::Node node_;
  std::string path_;
  std::shared_ptr<Document> document_;
  YAML::Mark mark_;
  bool missing_ = false;
};

}  // namespace gridloom
