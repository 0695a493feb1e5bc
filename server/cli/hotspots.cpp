// SPDX-License-Identifier: Apache-2.0
// gridloom hotspots
#include "server/analysis/analysis_parameters.h"
#include "server/analysis/hotspot_analysis.h"

#include <iostream>
#include <memory>

#include "engine/io/project/atomic_file.h"
#include "server/analysis/analysis_words.h"
#include "server/cli/analysis_options.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {
namespace {

std::string p_text(double p) {
  if (!(p < 1e-3)) return fixed(p, 3);
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", p);
  return text;
}

void print_result(const HotspotAnswer& answer, const AnalysisOptions& options, const Console& console) {
  if (console.json) {
    std::cout << answer.table.record << std::endl;
    return;
  }
  Lines lines = {{{"Incidents", "事件"}, with_commas(answer.events)},
                 {{"In the cells", "落入单元"}, with_commas(answer.counted)},
                 {{"Cells tested", "检验单元"}, with_commas(answer.tested) + "  " + answer.cells}};
  if (answer.left_out.cells > 0)
    lines.push_back({{"Cells left out", "未计入单元"}, with_commas(answer.left_out.cells)});
  for (const auto& [name, n] : answer.classes) lines.push_back({name_in_words(name), with_commas(n)});
  for (const GlobalResult& g : answer.globals)
    lines.push_back({name_in_words(g.statistic),
                     fixed(g.test.value, 6) + "  (z " + fixed(g.test.z(), 2) + ", p " + p_text(g.p) +
                         (std::isnan(g.p_permutation) ? ")" : ", permutation p " + p_text(g.p_permutation) + ")")});
  if (answer.suppressed > 0) lines.push_back({{"Blank counts", "隐去的数"}, with_commas(answer.suppressed)});
  lines.push_back({{"Method", "方法"}, answer.summary});
  if (!options.output.empty()) lines.push_back({{"Written", "已写入"}, options.output});
  print_lines(std::cout, console, lines);
  for (const Text& caution : answer.cautions) print_note({"note: " + caution.en, "注意：" + caution.zh}, console);
}

int run(const AnalysisOptions& options, const Console& console) {
  const bool plain = options.output.empty();
  const AnswerFormat format = plain ? AnswerFormat::json : format_of_name(options.output, kTableFormats);
  refuse_early(options, [&](const EventQuestion& events) {
    read_hotspot_request(events, Parameters(options.parameters()), City{});
  });
  const auto answer = analyse(options, console, [&](const AnalysisSource& source, Progress& progress) {
    const HotspotRequest request = read_hotspot_request(options.events, Parameters(options.parameters()), source.city);
    HotspotAnswer made = analyse_hotspots(source, request, progress);
    if (!plain) write_file(options.output, file_of(made.table, format).bytes);
    return made;
  });
  print_result(answer, options, console);
  return kOk;
}

}  // namespace

Verb hotspots_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<AnalysisOptions>();
  CLI::App* verb =
      add_verb(root, console, "hotspots",
               {"Find where incidents cluster more than chance explains", "找出事件聚集超出偶然的地方（热点）"},
               "gridloom hotspots nyc.gpkg --method gi_star --category \"311 Rodent\" --from 2015-01-01 -o rats.gpkg\n"
               "  gridloom hotspots nyc.gpkg --method rate --cells hexagon --size 500 -o rates.geojson\n"
               "  gridloom hotspots nyc.gpkg --method moran --cells hexagon --size 500 --json\n"
               "  gridloom hotspots nyc.gpkg --sensitivity --sizes 500,1000 --bandwidths 1000,2000 -o agreement.csv");
  add_project(*verb, console, options->project);
  verb->add_option(
          "-o,--output", options->output,
          console.say({"File to write: .geojson (WGS 84), .gpkg, .csv or .json (the record alone); default: none",
                       "要写入的文件：.geojson（WGS 84）、.gpkg、.csv 或 .json（仅记录）；默认不写"}))
      ->type_name("hot.gpkg");
  options->add(*verb, console, hotspot_parameters());
  add_events(*verb, console, options->events);
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
