// SPDX-License-Identifier: Apache-2.0
// gridloom hotspots
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
  for (const auto& [name, n] : answer.classes) lines.push_back({in_words(name), with_commas(n)});
  for (const GlobalResult& g : answer.globals)
    lines.push_back({in_words(g.statistic),
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
  const auto add = [&](const std::string& name, const Text& what) { options->add(*verb, console, name, what); };
  add("method",
      {"gi_star (default), gi, local_moran, local_geary, local_join_count, rate (local Moran of rates); of all "
       "cells: moran, geary, getis_g, join_counts",
       "gi_star（默认）、gi、local_moran、local_geary、local_join_count、rate（率的局部 Moran）；全局：moran、"
       "geary、getis_g、join_counts"});
  add("cells", {"grids (default), a layer's or level's id, square or hexagon",
                "grids（默认）、图层或层级代号、square 或 hexagon"});
  add("size", {"Metres of squares and hexagons, side to side", "方格或六边形的大小（米）"});
  add("weights", {"Neighbours: queen (default), rook, distance, knn or kernel",
                  "邻接：queen（默认）、rook、distance、knn 或 kernel"});
  add("distance", {"Metres, for weights distance", "distance 权重的距离（米）"});
  add("neighbours", {"How many, for weights knn (8)", "knn 权重的邻居数（8）"});
  add("bandwidth", {"Metres, for weights kernel", "kernel 权重的带宽（米）"});
  add("kernel", {"Shape, for weights kernel (quartic)", "kernel 权重的核函数（quartic）"});
  options->add_flag(*verb, console, "row-standardised", {"Each row of weights sums to 1", "权重按行标准化"});
  options->add_flag(*verb, console, "population", {"Rates over the people who live there", "以居住人口为基数的率"});
  add("least-population", {"Rates: cells with fewer people are left out (100)", "率：人口少于此数的单元不计入（100）"});
  add_events(*verb, console, options->events);
  add("inference",
      {"automatic (default), exact, permutation or analytic", "automatic（默认）、exact、permutation 或 analytic"});
  add("permutations", {"How many; default: as many as the correction needs, 999 for one number of all cells",
                       "置换次数；默认按校正所需，全局统计为 999"});
  add("seed", {"Of the random numbers (1)", "随机种子（1）"});
  add("alternative", {"two-sided (default), greater or less", "two-sided（默认）、greater 或 less"});
  add("ties", {"full or mid-p; default: mid-p for counts", "full 或 mid-p；计数默认 mid-p"});
  add("correction",
      {"For many tests: fdr (default), bonferroni or none", "多重检验校正：fdr（默认）、bonferroni 或 none"});
  add("alpha", {"Corrected p up to which a cell has a class (0.05)", "显著性水平（0.05）"});
  add("black-above",
      {"Join counts: cells with more events than this are black (0)", "连接计数：事件多于此数者为黑（0）"});
  add("suppress-under",
      {"Leave counts from 1 to below this blank, and what would tell them", "隐去 1 至此数以下的计数及可推出它们的数"});
  options->add_flag(*verb, console, "sensitivity",
                    {"How often is each place hot as cells are cut otherwise?", "单元划分不同时各处为热点的比例"});
  add("sizes", {"Sensitivity: cell sizes in metres (250,500,1000)", "敏感性：单元大小（米）（250,500,1000）"});
  add("origins", {"Sensitivity: origins along each axis (2)", "敏感性：每轴起点数（2）"});
  add("bandwidths",
      {"Sensitivity: bands of neighbours in metres; default: queen", "敏感性：邻接距离（米）；默认 queen"});
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
