// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <memory>

#include "engine/fusion/grids.h"
#include "engine/io/project/atomic_file.h"
#include "engine/io/project/project_file.h"
#include "engine/zoning/counts.h"
#include "engine/zoning/duty.h"
#include "server/api/duty_json.h"
#include "server/api/position.h"
#include "server/cli/bulk_locate.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"
#include "server/words/error_text.h"
#include "server/words/titles.h"

namespace gridloom::cli {
namespace {

struct Options {
  std::string project;
  std::vector<double> place;  // lon, lat
  std::string crs = "wgs84";
  std::string points;
  std::string output;
};

std::string unit_text(const Layer& layer, const LayerDuty& duty) {
  if (duty.responsible == kGap) return "–";
  const Cell& cell = layer.cells[static_cast<std::size_t>(duty.responsible)];
  return cell.name.empty() || cell.name == cell.id ? cell.id : cell.id + "  " + cell.name;
}

std::string duty_text(const City& city, const Layer& layer, const LayerDuty& duty, const Console& console) {
  std::string text = unit_text(layer, duty) + "  [" + console.say(title_of(duty.status));
  if (duty.status == DutyStatus::split) text += ' ' + fixed(100 * duty.share, 0) + " %";
  if (duty.fallback != kGap)
    text += console.say({", falls to ", "，由属地兜底："}) +
            console.say(city.admin.back().units[static_cast<std::size_t>(duty.fallback)].name);
  return text + ']';
}

// The unit drawn at the place, where another is responsible for the grid.
std::string here_text(const Layer& layer, const LayerDuty& duty, const Console& console) {
  const Label here = duty.here.empty() ? kGap : duty.here.front();
  if (here == duty.responsible) return {};
  return console.say({"  drawn here: ", "  此处所画："}) +
         (here == kGap ? std::string("–") : layer.cells[static_cast<std::size_t>(here)].id);
}

std::string grid_text(const Grid& grid, std::uint64_t events, const Console& console) {
  return grid.code + "  " + console.say(grid.name) + "  (" + fixed(grid.area_m2 / 1e6, 3) + " km² · " +
         with_commas(static_cast<std::uint64_t>(grid.population + 0.5)) + console.say({" people · ", " 人 · "}) +
         with_commas(events) + console.say({" incidents)", " 件事件)"});
}

void print_duty(const City& city, const std::vector<std::uint64_t>& incidents, const Duty& duty,
                const Console& console) {
  Lines lines = {{{"Grid", "网格"}, grid_text(city.grids[duty.grid], incidents[duty.grid], console)}};
  for (std::size_t l = 0; l < city.admin.size(); ++l) {
    if (duty.admin[l] == kGap) continue;
    const AdminUnit& unit = city.admin[l].units[static_cast<std::size_t>(duty.admin[l])];
    lines.emplace_back(city.admin[l].title, unit.code + "  " + console.say(unit.name));
  }
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    lines.emplace_back(city.layers[l].title, duty_text(city, city.layers[l], duty.layers[l], console) +
                                                 here_text(city.layers[l], duty.layers[l], console));
  print_lines(std::cout, console, lines);
  if (duty.on_boundary)
    std::cout << console.say({"The place lies on a boundary: the lower grid code answers.",
                              "该位置位于边界上，由编码较小的网格负责。"})
              << '\n';
}

int locate_one(const City& city, const PointLocator& locator, const Options& options, const Console& console) {
  const Positions positions(city.arrangement.lattice);
  const Place place = positions.place(options.crs, options.place[0], options.place[1]);
  const auto duty = place.at ? locate_duty(city, locator, *place.at) : std::nullopt;
  const std::vector<std::uint64_t> incidents = count_events(city).of_grid;
  if (console.json)
    std::cout << duty_json(city, incidents, duty, place.lonlat) << '\n';
  else if (duty)
    print_duty(city, incidents, *duty, console);
  else
    std::cout << console.say(outside_message(city)) << '\n';
  return kOk;
}

int locate_many(const City& city, const PointLocator& locator, const Options& options, const Console& console) {
  Positions(city.arrangement.lattice).require(options.crs);
  const TextTable points = read_points(options.points);
  for (const Reason& remark : points.remarks) print_note(within(options.points, text_of(remark)), console);
  if (options.output.empty()) {
    locate_rows(city, locator, options.crs, points, std::cout, console);
    return kOk;
  }
  AtomicFile file(options.output);
  std::ofstream out(file.path(), std::ios::binary);
  const LocatedRows rows = locate_rows(city, locator, options.crs, points, out, console);
  if (!out.flush()) throw DataError("file_unwritten").within(options.output);
  file.commit();
  print_note({with_commas(rows.found) + " places found, " + with_commas(rows.outside) + " outside the city, " +
                  with_commas(rows.no_place) + " rows without a place; written " + options.output,
              "定位成功 " + with_commas(rows.found) + " 处，城外 " + with_commas(rows.outside) + " 处，无有效位置 " +
                  with_commas(rows.no_place) + " 行，已写入 " + options.output},
             console);
  return kOk;
}

int run(const Options& options, const Console& console) {
  const City city = read_project(options.project);
  const PointLocator locator(city.arrangement);
  return options.points.empty() ? locate_one(city, locator, options, console)
                                : locate_many(city, locator, options, console);
}

}  // namespace

Verb locate_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      root, console, "locate",
      {"Say which grid a place is in, which unit each layer has drawn there, and which one is responsible for the grid",
       "查询某处属于哪个网格、各图层在此处的单元，以及由哪个单元负责该网格"},
      "gridloom locate nyc.gpkg -73.9857 40.7484\n  gridloom locate nyc.gpkg --points places.csv -o answers.csv");
  add_project(*verb, console, options->project);
  CLI::Option* place =
      verb->add_option("place", options->place,
                       console.say({"Longitude and latitude in degrees (easting and northing with epsg:N)",
                                    "经度与纬度（epsg:N 时为东坐标与北坐标）"}))
          ->expected(2)
          ->type_name("LON LAT");
  CLI::Option* points =
      verb->add_option("--points", options->points,
                       console.say({"Many places: CSV or Excel with columns lon,lat or x,y, or a vector file of points",
                                    "批量定位：含 lon,lat 或 x,y 列的 CSV 或 Excel，或点矢量文件"}))
          ->type_name("places.csv")
          ->excludes(place);
  verb->add_option("-o,--output", options->output,
                   console.say({"CSV to write; default: standard output", "输出 CSV，默认标准输出"}))
      ->needs(points);
  verb->add_option("--crs", options->crs,
                   console.say({"wgs84, gcj02, bd09 or epsg:N", "坐标系：wgs84、gcj02、bd09 或 epsg:N"}))
      ->capture_default_str();
  add_json(*verb, console);
  verb->callback([place, points] {
    if (place->count() == 0 && points->count() == 0) throw CLI::RequiredError("LON LAT or --points");
  });
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
