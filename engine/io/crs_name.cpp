// SPDX-License-Identifier: Apache-2.0
#include "engine/io/crs_name.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/strings.h"

namespace gridloom {
namespace {

constexpr std::string_view kParameters = "+towgs84=", kGrid = "+nadgrids=", kBallpark = "+ballpark";

std::vector<double> numbers_of(std::string_view text, const std::string& whole) {
  std::vector<double> numbers;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    const auto number = number_of<double>(trimmed(text.substr(start, comma - start)));
    if (!number) throw DataError("crs_parameters_malformed", {{"crs", whole}});
    numbers.push_back(*number);
    start = comma + 1;
  }
  if (numbers.size() != 3 && numbers.size() != 7) throw DataError("crs_parameters_malformed", {{"crs", whole}});
  return numbers;
}

// A name in PROJ's folders: a question from outside must not open other files.
std::string grid_of(std::string_view name, const std::string& whole) {
  if (name.empty() || name.front() == '.' || name.find_first_of("/\\,@") != name.npos)
    throw DataError("crs_grid_malformed", {{"crs", whole}});
  return std::string(name);
}

// Takes the last word off `text` where it is a declaration.
bool take_last(CrsName& name, const std::string& whole) {
  const std::size_t blank = name.crs.find_last_of(" \t");
  if (blank == name.crs.npos) return false;
  const std::string_view word = std::string_view(name.crs).substr(blank + 1);
  const bool proj_string = name.crs.front() == '+';
  if (word == kBallpark)
    name.ballpark = true;
  else if (!proj_string && word.starts_with(kParameters))
    name.to_wgs84 = numbers_of(word.substr(kParameters.size()), whole);
  else if (!proj_string && word.starts_with(kGrid))
    name.grid = grid_of(word.substr(kGrid.size()), whole);
  else
    return false;
  name.crs = std::string(trimmed(std::string_view(name.crs).substr(0, blank)));
  return true;
}

}  // namespace

CrsName parse_crs_name(const std::string& text) {
  CrsName name{std::string(trimmed(text))};
  while (!name.crs.empty() && take_last(name, text)) {
  }
  return name;
}

std::string text_of(const CrsName& name) {
  std::string text = name.crs;
  for (std::size_t i = 0; i < name.to_wgs84.size(); ++i)
    text += (i ? "," : " " + std::string(kParameters)) + number_text(name.to_wgs84[i]);
  if (!name.grid.empty()) text += " " + std::string(kGrid) + name.grid;
  if (name.ballpark) text += " " + std::string(kBallpark);
  return text;
}

}  // namespace gridloom
