// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/cell_text.h"

#include <algorithm>
#include <array>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"

namespace gridloom {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_of(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// The length of N in "N.000"; 0 for anything else.
std::size_t whole_of_real(std::string_view text) {
  const std::size_t whole = digits_of(text);
  if (whole == 0 || whole + 1 >= text.size() || text[whole] != '.') return 0;
  return text.find_first_not_of('0', whole + 1) == text.npos ? whole : 0;
}

// "3.70202E+11", as spreadsheets write it: two digits at least, of powers that are no small numbers.
bool is_scientific(std::string_view text) {
  const std::size_t e = text.find("E+");
  if (e == text.npos || e == 0 || text.size() < e + 4 || digits_of(text.substr(e + 2)) != text.size() - e - 2)
    return false;
  const std::size_t whole = digits_of(text);
  return whole == 1 && (whole == e || (text[whole] == '.' && digits_of(text.substr(whole + 1)) == e - whole - 1));
}

std::string_view without_zeros(std::string_view id) {
  return id.substr(std::min(id.find_first_not_of('0'), id.size()));
}

}  // namespace

std::string_view plain_cell(std::string_view cell) {
  constexpr std::array<std::string_view, 8> kNothing{"NULL",   "null", "<Null>", "<NULL>",
                                                     "(null)", "\\N",  "NaN",    "#N/A"};
  const std::string_view text = trimmed(cell);
  return std::find(kNothing.begin(), kNothing.end(), text) == kNothing.end() ? text : std::string_view();
}

void IdColumn::look_at(std::string_view cell) {
  const std::string_view text = plain_cell(cell);
  if (text.empty()) return;
  any_ = true;
  whole_reals_ = whole_reals_ && whole_of_real(text) > 0;
}

std::string_view IdColumn::id(std::string_view cell) const {
  const std::string_view text = plain_cell(cell);
  if (is_scientific(text)) throw DataError("id_in_powers_of_ten", {{"name", name_}, {"given", text}});
  return any_ && whole_reals_ ? text.substr(0, whole_of_real(text)) : text;
}

std::string near_id(std::string_view id, const std::vector<std::string>& known) {
  for (const std::string& other : known)
    if (without_zeros(other) == without_zeros(id)) return other;
  return nearest_word(id, known).value_or("");
}

}  // namespace gridloom
