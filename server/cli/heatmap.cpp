// SPDX-License-Identifier: Apache-2.0
// gridloom heatmap
#include <iostream>
#include <memory>

#include "engine/io/delivery/street_reader.h"
#include "engine/io/project/atomic_file.h"
#include "server/analysis/analysis_parameters.h"
#include "server/analysis/density_analysis.h"
#include "server/cli/analysis_options.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {
namespace {

struct Options : AnalysisOptions {
  EventQuestion against;
  std::string streets;  // file, or file:table
};

AnswerFormat format_of(const Options& options) {
  if (!options.format.empty()) return value_named<AnswerFormat>(options.format, "'--format'");
  return options.output.empty() ? AnswerFormat::json : format_of_name(options.output);
}

Parameters parameters_of(const Options& options) {
  Parameters::Pairs pairs = options.parameters();
  if (!options.streets.empty()) pairs.emplace_back("along", "streets");
  return Parameters(std::move(pairs));
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return value >= 1000 ? fixed(value, 0) : text;
}

void print_result(const DensityAnswer& answer, const DensityRequest& request, const Options& options,
                  const Console& console) {
  if (console.json) {
    std::cout << answer.table.record << std::endl;
    return;
  }
  Lines lines = {{{"Incidents", "事件"}, with_commas(answer.events)}};
  if (!answer.period.en.empty()) lines.push_back({{"Divided by", "折算时段"}, console.say(answer.period)});
  lines.push_back({{"Bandwidth", "带宽"}, number_text(answer.bandwidth_m) + " m"});
  if (request.along_streets)
    lines.push_back({{"Streets", "街道"}, fixed(answer.length_km, 1) + " km"});
  else
    lines.push_back({{"Raster", "栅格"},
                     with_commas(answer.grid.nx) + " × " + with_commas(answer.grid.ny) + " × " +
                         number_text(static_cast<double>(answer.grid.cell_mm) / 1000) + " m"});
  lines.push_back({{"Highest", "最高"}, number_text(answer.highest) + "  " + console.say(answer.unit)});
  lines.push_back({{"Mean", "平均"}, number_text(answer.mean) + "  " + console.say(answer.unit)});
  if (!answer.table.rows.empty()) lines.push_back({{"Rows", "行数"}, with_commas(answer.table.rows.size())});
  lines.push_back({{"Method", "方法"}, answer.summary});
  if (!options.output.empty()) lines.push_back({{"Written", "已写入"}, options.output});
  print_lines(std::cout, console, lines);
  for (const Text& caution : answer.cautions) print_note({"note: " + caution.en, "注意：" + caution.zh}, console);
}

int run(const Options& options, const Console& console) {
  const AnswerFormat format = format_of(options);
  const auto read = [&](const EventQuestion& events, const City& city) {
    return read_density_request(events, options.against, parameters_of(options), city, format, console.language);
  };
  refuse_early(options, [&](const EventQuestion& events) { read(events, City{}); });
  DensityRequest request;
  const DensityAnswer answer = analyse(options, console, [&](AnalysisSource source, Progress& progress) {
    request = read(options.events, source.city);
    std::vector<std::vector<Point>> streets;
    if (request.along_streets) {
      progress.stage("read", 0);
      streets = read_named_streets(options.streets, source.city.arrangement.lattice);
      source.streets = &streets;
    }
    DensityAnswer made = analyse_density(source, request, progress);
    if (!options.output.empty()) write_file(options.output, file_of(made, request, source.city).bytes);
    return made;
  });
  print_result(answer, request, options, console);
  return kOk;
}

void add_streets(CLI::App& verb, const Console& console, Options& options) {
  verb.add_option(
          "--streets", options.streets,
          console.say(
              {"Density along these lines, per km: any vector file (FILE:TABLE where it has several), or a "
               "catalogue with linework of the kind road",
               "沿这些线计算密度（每公里）：任何矢量文件（多表时写 文件:表名），或含 road 类 linework 的目录文件"}))
      ->type_name("FILE");
  options.add(verb, console, street_parameters());
}

void add_output(CLI::App& verb, const Console& console, Options& options) {
  verb.add_option(
          "-o,--output", options.output,
          console.say({"File to write: .tif, .png, .geojson (WGS 84), .gpkg, .csv or .json (the record alone); "
                       "default: none",
                       "要写入的文件：.tif、.png、.geojson（WGS 84）、.gpkg、.csv 或 .json（仅记录）；默认不写"}))
      ->type_name("heat.tif");
  verb.add_option("--format", options.format,
                  console.say({"tif, png, geojson, gpkg, csv or json; default: by the file's name",
                               "tif、png、geojson、gpkg、csv 或 json；默认按文件名"}))
      ->check(CLI::IsMember(word_list<AnswerFormat>()))
      ->type_name("FORMAT");
  options.add(verb, console, product_parameters());
}

}  // namespace

Verb heatmap_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      root, console, "heatmap",
      {"Kernel densities of incidents: rasters, pictures, contours, values of zones, along streets",
       "事件核密度：栅格、图片、等值线、区域值、沿街道密度"},
      "gridloom heatmap nyc.gpkg -o nights.tif --bandwidth 500 --cell 100 --hours 22-4\n"
      "  gridloom heatmap nyc.gpkg -o nights.png --bandwidth diggle --edge uniform --per year\n"
      "  gridloom heatmap nyc.gpkg -o rate.csv --against population --zones grids\n"
      "  gridloom heatmap nyc.gpkg -o share.gpkg --category \"311 Noise\" --against incidents --levels 0.5,1,2\n"
      "  gridloom heatmap nyc.gpkg -o streets.gpkg --streets roads.geojson --bandwidth 300");
  add_project(*verb, console, options->project);
  const auto part = [&](const Text& name) { verb->option_defaults()->group(console.say(name)); };
  part({"Output", "输出"});
  add_output(*verb, console, *options);
  part({"Density", "密度"});
  options->add(*verb, console, surface_parameters());
  part({"Incidents", "事件"});
  add_events(*verb, console, options->events);
  part({"Ratio", "比值"});
  options->add(*verb, console, ratio_parameters());
  add_events(*verb, console, options->against, "against-");
  part({"Along streets", "沿街道"});
  add_streets(*verb, console, *options);
  part({"Options", "选项"});
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
