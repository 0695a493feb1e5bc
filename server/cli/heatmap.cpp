// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/heatmap.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/project_file.h"
#include "engine/io/raster_file.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {
namespace {

struct Options {
  std::string project;
  std::string output;
  DensityOptions density;
  std::string kernel = "quartic";
  std::string from, to, hours;
  std::vector<std::string> categories;
};

// What a parser says of a text that it refuses.
template <class Parse>
CLI::Validator parsed_by(Parse parse) {
  return CLI::Validator(
      [parse](std::string& text) {
        try {
          parse(text);
          return std::string();
        } catch (const DataError& error) {
          return std::string(error.what());
        }
      },
      "");
}

EventFilter filter_of(const Options& options) {
  return {.from = parse_moment(options.from),
          .to = parse_moment(options.to),
          .categories = options.categories,
          .hours = parse_hours(options.hours)};
}

double highest(const DensityRaster& raster) {
  double value = 0;
  for (const double v : raster.values)
    if (!std::isnan(v)) value = std::max(value, v);
  return value;
}

void print_result(const DensityRaster& raster, const Options& options, const Console& console) {
  if (console.json) {
    const nlohmann::ordered_json json = {{"written", options.output},
                                         {"columns", raster.grid.nx},
                                         {"rows", raster.grid.ny},
                                         {"cell_m", raster.options.cell_m},
                                         {"bandwidth_m", raster.options.bandwidth_m},
                                         {"kernel", options.kernel},
                                         {"events", raster.events},
                                         {"highest_per_km2", highest(raster)}};
    std::cout << json.dump(2) << std::endl;
    return;
  }
  print_lines(std::cout, console,
              {{{"Incidents", "事件"}, with_commas(raster.events)},
               {{"Raster", "栅格"},
                with_commas(raster.grid.nx) + " × " + with_commas(raster.grid.ny) + " × " +
                    fixed(raster.options.cell_m, 0) + " m"},
               {{"Highest", "最高密度"}, fixed(highest(raster), 1) + " / km²"},
               {{"Written", "已写入"}, options.output}});
}

int run(Options& options, const Console& console) {
  const Interruption interruption;
  options.density.kernel = kernel_named(options.kernel);
  const DensityRaster raster = [&] {
    ConsoleProgress progress(console);
    progress.stage("open", 0);
    const City city = read_project(options.project);
    progress.stage("density", 0.5);
    DensityRaster made = heatmap(city, filter_of(options), options.density);
    if (progress.cancelled()) throw Cancelled();
    return made;
  }();
  write_raster(raster, options.output);
  print_result(raster, options, console);
  return kOk;
}

}  // namespace

Verb heatmap_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(root, console, "heatmap",
                            {"Draw the exact kernel density of the incidents as a GeoTIFF, in events per km²",
                             "计算事件的精确核密度，输出 GeoTIFF（每平方公里件数）"},
                            "gridloom heatmap nyc.gpkg -o nights.tif --bandwidth 500 --cell 100 --hours 22-4");
  add_project(*verb, console, options->project);
  verb->add_option("-o,--output", options->output, console.say({"GeoTIFF to write", "要写入的 GeoTIFF"}))
      ->required()
      ->type_name("heat.tif")
      ->check(ends_with(".tif") | ends_with(".tiff"));
  verb->add_option("--bandwidth", options->density.bandwidth_m,
                   console.say({"Radius of the kernel in metres", "核半径（米）"}))
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option("--cell", options->density.cell_m, console.say({"Pixel size in metres", "像元大小（米）"}))
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option("--kernel", options->kernel, console.say({"Shape of the kernel", "核函数"}))
      ->capture_default_str()
      ->check(CLI::IsMember({"uniform", "epanechnikov", "quartic", "triweight", "gaussian"}));
  verb->add_option("--from", options->from, console.say({"First local time that counts", "起始当地时间（含）"}))
      ->check(parsed_by(parse_moment));
  verb->add_option("--to", options->to,
                   console.say({"Local time from which on nothing counts", "截止当地时间（不含）"}))
      ->check(parsed_by(parse_moment));
  verb->add_option("--category", options->categories,
                   console.say({"Only this category; may be given several times", "只统计该类别，可多次给出"}))
      ->take_all();
  verb->add_option("--hours", options->hours,
                   console.say({"Only these hours of the day, such as 22-4; events without a clock time are left out",
                                "只统计这些钟点，如 22-4；没有钟点的事件不计"}))
      ->check(parsed_by(parse_hours));
  add_threads(*verb, console, options->density.threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
