// SPDX-License-Identifier: Apache-2.0
// Ids, names and parents made from a feature's fields, without blanks at their ends. Private to engine/io.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/cell_text.h"
#include "engine/io/delivery/vector_file.h"

namespace gridloom {

// Of all features.
IdColumn id_column(const RawLayer& layer, std::size_t field);

// A text made from a feature's fields: one field's value, or a template with {fields}.
class FieldText {
 public:
  // `field_or_template` may be empty: then every text is. Throws DataError for a field that is not there.
  FieldText(const RawLayer& layer, const std::string& field_or_template, const CataloguePlace& place);
  bool empty() const { return parts_.empty(); }
  // NULL fields count as empty.
  std::string of(const RawFeature& feature) const;

 private:
  struct Part {
    std::string literal;
    std::optional<std::size_t> field;
    IdColumn column;  // of the field: names that are numbers are written as ids are
  };
  std::vector<Part> parts_;
};

// The id of a feature. A feature without one gets "unnamed-<number in the file, from 1>".
class FieldKey {
 public:
  FieldKey(const RawLayer& layer, const CatalogueKey& key, const CataloguePlace& place);
  // Empty: a field is NULL or blank. Throws DataError for an id that has no row among its codes, that a spreadsheet has
  // garbled, and for two features whose parts differ and whose ids do not.
  std::optional<std::string> of(const RawFeature& feature) const;

 private:
  std::string file_;
  CataloguePlace place_;
  void require_distinct(const RawLayer&) const;
  [[noreturn]] void fail(DataError) const;

  std::vector<std::size_t> fields_;
  std::vector<IdColumn> columns_;  // beside them
  std::string separator_;
  std::optional<std::map<std::string, std::string, std::less<>>> codes_;
};

}  // namespace gridloom
