// SPDX-License-Identifier: Apache-2.0
#include "server/cli/bulk_locate.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/zoning/duty.h"
#include "server/api/duty_json.h"
#include "server/words/csv.h"

namespace gridloom::cli {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::size_t column(const CsvRow& header, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    for (std::size_t i = 0; i < header.size(); ++i)
      if (lower(header[i]) == name) return i;
  throw DataError("points_without_column", {{"column", *names.begin()}});
}

std::optional<double> number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_header(const City& city, CsvRow& row) {
  for (const char* name : {"found", "on_boundary", "grid_code", "grid_name", "grid_name_zh"}) row.emplace_back(name);
  for (const AdminLevel& level : city.admin) row.push_back(level.id + "_code");
  for (const Layer& layer : city.layers) {
    row.push_back(layer.id);
    row.push_back(layer.id + "_status");
  }
}

void append_answer(const City& city, const std::optional<Duty>& duty, CsvRow& row) {
  if (!duty) {
    row.emplace_back("0");
    row.resize(row.size() + 4 + city.admin.size() + 2 * city.layers.size());
    return;
  }
  const Grid& grid = city.grids[duty->grid];
  row.insert(row.end(), {"1", duty->on_boundary ? "1" : "0", grid.code, grid.name.en, grid.name.zh});
  for (std::size_t l = 0; l < city.admin.size(); ++l)
    row.push_back(duty->admin[l] == kGap ? "" : city.admin[l].units[static_cast<std::size_t>(duty->admin[l])].code);
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    const LayerDuty& answer = duty->layers[l];
    row.push_back(answer.responsible == kGap ? ""
                                             : city.layers[l].cells[static_cast<std::size_t>(answer.responsible)].id);
    row.emplace_back(word_of(answer.status));
  }
}

std::optional<Point> place(const Positions& positions, const std::string& crs, const std::string& x,
                           const std::string& y) {
  const auto lon = number(x), lat = number(y);
  if (!lon || !lat) return std::nullopt;
  try {
    return positions.place(crs, *lon, *lat).at;
  } catch (const DataError&) {
    return std::nullopt;  // this row is no place; the CRS itself was checked before the first row
  }
}

}  // namespace

std::size_t locate_rows(const City& city, const PointLocator& locator, const Positions& positions,
                        const std::string& crs, std::istream& in, std::ostream& out) {
  CsvRow row;
  if (!read_csv_row(in, row)) throw DataError("points_empty");
  const std::size_t width = row.size();
  const std::size_t x = column(row, {"lon", "longitude", "x"}), y = column(row, {"lat", "latitude", "y"});
  positions.require(crs);
  append_header(city, row);
  write_csv_row(out, row);
  std::size_t found = 0;
  for (std::size_t line = 2; read_csv_row(in, row); ++line) {
    if (row.size() == 1 && row.front().empty()) continue;
    if (row.size() != width)
      throw DataError("points_row_of_other_width", {{"row", line}, {"fields", row.size()}, {"header", width}});
    const auto at = place(positions, crs, row[x], row[y]);
    const auto duty = at ? locate_duty(city, locator, *at) : std::nullopt;
    found += duty.has_value();
    append_answer(city, duty, row);
    write_csv_row(out, row);
  }
  return found;
}

}  // namespace gridloom::cli
