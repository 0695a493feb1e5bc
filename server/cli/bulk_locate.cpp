// SPDX-License-Identifier: Apache-2.0
#include "server/cli/bulk_locate.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/row_places.h"
#include "engine/zoning/duty.h"
#include "server/api/duty_json.h"
#include "server/words/csv.h"
#include "server/words/error_text.h"

namespace gridloom::cli {
namespace {

// The name of the column that is called one of these in any case of letters; empty: none is.
std::string column(const TextTable& table, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    for (const std::string& there : table.header)
      if (lower_case(there) == name) return there;
  return {};
}

CataloguePlaces places_in(const TextTable& table, const std::string& crs) {
  CataloguePlaces places{{}, column(table, {"lon", "longitude", "x"}), column(table, {"lat", "latitude", "y"})};
  places.source.place.file = table.file;
  if (!table.points.empty() && (places.x.empty() || places.y.empty())) {
    places.x = places.y = "";
    return places;
  }
  if (places.x.empty()) throw DataError("points_without_column", {{"column", "lon"}});
  if (places.y.empty()) throw DataError("points_without_column", {{"column", "lat"}});
  places.source.crs = lower_case(crs);
  return places;
}

void append_header(const City& city, CsvRow& row) {
  for (const char* name : {"found", "reason", "on_boundary", "grid_code", "grid_name", "grid_name_zh"})
    row.emplace_back(name);
  for (const AdminLevel& level : city.admin) row.push_back(level.id + "_code");
  for (const Layer& layer : city.layers) {
    row.push_back(layer.id);
    row.push_back(layer.id + "_status");
    row.push_back(layer.id + "_here");
  }
}

void append_answer(const City& city, const std::optional<Duty>& duty, const std::string& reason, CsvRow& row) {
  if (!duty) {
    row.insert(row.end(), {"0", reason});
    row.resize(row.size() + 4 + city.admin.size() + 3 * city.layers.size());
    return;
  }
  const Grid& grid = city.grids[duty->grid];
  row.insert(row.end(), {"1", "", duty->on_boundary ? "1" : "0", grid.code, grid.name.en, grid.name.zh});
  for (std::size_t l = 0; l < city.admin.size(); ++l)
    row.push_back(duty->admin[l] == kGap ? "" : city.admin[l].units[static_cast<std::size_t>(duty->admin[l])].code);
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    const LayerDuty& answer = duty->layers[l];
    const auto id_of = [&](Label cell) {
      return cell == kGap ? std::string() : city.layers[l].cells[static_cast<std::size_t>(cell)].id;
    };
    row.push_back(id_of(answer.responsible));
    row.emplace_back(word_of(answer.status));
    row.push_back(id_of(answer.here.empty() ? kGap : answer.here.front()));
  }
}

}  // namespace

TextTable read_points(const std::filesystem::path& file) {
  if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)) {
    std::ifstream pipe(file, std::ios::binary);
    return read_csv_bytes({std::istreambuf_iterator<char>(pipe), {}}, file.string());
  }
  CatalogueSource source;
  source.file = file;
  source.place.file = file.string();
  return read_table_file(source);
}

LocatedRows locate_rows(const City& city, const PointLocator& locator, const std::string& crs, const TextTable& points,
                        std::ostream& out, const Console& console) {
  const RowPlaces places(points, places_in(points, crs), city.arrangement.lattice);
  CsvRow header = points.header;
  append_header(city, header);
  write_csv_row(out, header);
  const std::string outside = console.say(outside_message(city));
  LocatedRows count;
  for (std::size_t row = 0; row < points.rows(); ++row) {
    CsvRow cells;
    for (std::size_t c = 0; c < points.header.size(); ++c) cells.emplace_back(points.cell(row, c));
    auto why_not = RowPlaces::WhyNot::none;
    const auto at = places.at(row, why_not);
    const auto duty = at ? locate_duty(city, locator, *at) : std::nullopt;
    const bool far = why_not == RowPlaces::WhyNot::far;
    ++(duty ? count.found : at || far ? count.outside : count.no_place);
    append_answer(city, duty, at ? outside : console.say(text_of(reason_of(why_not))), cells);
    write_csv_row(out, cells);
  }
  return count;
}

}  // namespace gridloom::cli
