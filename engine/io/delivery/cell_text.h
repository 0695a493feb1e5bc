// SPDX-License-Identifier: Apache-2.0
// What a cell of a table or field says: one rule for ids, names, parents, `where`, places and times. Private to
// engine/io.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

// Without blanks at its ends (U+3000 too); empty for what programs write where there is nothing: NULL, <Null>, (null),
// \N, NaN, #N/A.
std::string_view plain_cell(std::string_view);

// How the ids of one column are written. A program that takes a column of codes for numbers writes 370202001000.0:
// where all of a column look so, the zeros behind the point are none of the ids'. Zeros before them are.
class IdColumn {
 public:
  explicit IdColumn(std::string name) : name_(std::move(name)) {}
  void look_at(std::string_view cell);
  // Empty: there is none. Throws DataError for 3.70202E+11, whose digits a spreadsheet has lost.
  std::string_view id(std::string_view cell) const;

 private:
  std::string name_;
  bool any_ = false, whole_reals_ = true;
};

// Of those known the one that was perhaps meant: it differs in the zeros before it, else by a letter or two; empty:
// none.
std::string near_id(std::string_view id, const std::vector<std::string>& known);

}  // namespace gridloom
