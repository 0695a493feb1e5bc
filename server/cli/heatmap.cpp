// SPDX-License-Identifier: Apache-2.0
// gridloom heatmap
#include <iostream>
#include <memory>

#include "engine/io/delivery/street_reader.h"
#include "engine/io/project/atomic_file.h"
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

void add_surface(const std::function<void(const std::string&, const Text&)>& add) {
  add("bandwidth",
      {"Metres: the kernel's radius, the Gaussian's standard deviation (500); or chosen by scott, silverman, diggle, "
       "ppl "
       "(likelihood) or lscv",
       "带宽（米）：核半径，gaussian 为标准差（500）；或由 scott、silverman、diggle、ppl（似然）、lscv 选定"});
  add("search", {"For diggle, ppl, lscv: standard deviations to try, such as 50,2000",
                 "diggle、ppl、lscv 的搜索范围，如 50,2000"});
  add("sample", {"For the same: incidents compared at most (5000)", "同上：最多比较的事件数（5000）"});
  add("seed", {"Of the sample (1)", "样本的随机种子（1）"});
  add("cell", {"Metres of a pixel (100)", "像元大小（米）（100）"});
  add("window", {"Only there: west,south,east,north in degrees, grid:CODE or LAYER:ID; incidents around count on",
                 "只算该范围：西,南,东,北（度）、grid:网格编码 或 图层:单元编号；周围事件仍计入"});
  add("kernel", {"uniform, epanechnikov, quartic (default), triweight or gaussian",
                 "核函数：uniform、epanechnikov、quartic（默认）、triweight 或 gaussian"});
  add("edge",
      {"Correction at the city limit: none (default), uniform or diggle", "边界校正：none（默认）、uniform 或 diggle"});
  add("weight", {"What an incident counts: a field whose words are numbers, or severity:high=3,low=1",
                 "事件权重：取值为数的字段，或如 severity:high=3,low=1"});
  add("per", {"Densities per day, week, month or year of --from to --to; an open end is that of the selected incidents",
              "按 day、week、month 或 year 计的密度，时段为 --from 至 --to；未给出的一端取所选事件的首末日"});
}

void add_ratio(CLI::App& verb, const Console& console, Options& options,
               const std::function<void(const std::string&, const Text&)>& add) {
  add("against", {"Divide by the density of the population, or of other incidents (all unless --against-... chooses)",
                  "除以 population（人口）或 incidents（另一组事件，默认全部，可用 --against-… 选择）的密度"});
  add_events(verb, console, options.against, "against-");
  add("floor",
      {"Least denominator per km² (a twentieth of its mean)", "分母下限（每平方公里，默认其均值的二十分之一）"});
  add("mask-below",
      {"Nothing is told where the denominator per km² is less (the floor)", "分母低于此值处不给结果（默认同下限）"});
  options.add_flag(verb, console, "logarithm", {"Natural logarithm of the ratio", "比值取自然对数"});
}

void add_streets(CLI::App& verb, const Console& console, Options& options,
                 const std::function<void(const std::string&, const Text&)>& add) {
  verb.add_option(
          "--streets", options.streets,
          console.say(
              {"Density along these lines, per km: any vector file (FILE:TABLE where it has several), or a "
               "catalogue with linework of the kind road",
               "沿这些线计算密度（每公里）：任何矢量文件（多表时写 文件:表名），或含 road 类 linework 的目录文件"}))
      ->type_name("FILE");
  add("split", {"At junctions: continuous (default) or discontinuous", "路口处：continuous（默认）或 discontinuous"});
  add("piece", {"Metres of a piece of street (50)", "街段长度（米）（50）"});
  add("reach", {"Metres from an incident to its street at most (50)", "事件到街道的最大距离（米）（50）"});
  add("least-share", {"Walks with a smaller share of the kernel end (0.001)", "核份额小于此值时不再延伸（0.001）"});
}

void add_output(CLI::App& verb, const Console& console, Options& options,
                const std::function<void(const std::string&, const Text&)>& add) {
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
  options.add_flag(
      verb, console, "contours",
      {"Lines of equal density (.geojson, .gpkg; the default there)", "等值线（.geojson、.gpkg 的默认内容）"});
  add("levels",
      {"Their levels, such as 10,20,50; default: about --classes round ones", "等值线的值，如 10,20,50；默认取整"});
  add("classes", {"How many round levels (8)", "取整等值线的条数（8）"});
  add("zones",
      {"Values of grids (default in .csv), a layer's or level's cells", "各网格（.csv 默认）、图层或层级单元的值"});
  add("width", {"Pixels of the picture (1400)", "图片宽度（像素）（1400）"});
  add("top", {"Value of the picture's strongest colour (the highest)", "图片最深颜色对应的值（默认最高值）"});
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
  const auto add = [&](const std::string& name, const Text& what) { options->add(*verb, console, name, what); };
  const auto part = [&](const Text& name) { verb->option_defaults()->group(console.say(name)); };
  part({"Output", "输出"});
  add_output(*verb, console, *options, add);
  part({"Density", "密度"});
  add_surface(add);
  options->add_flag(*verb, console, "adaptive",
                    {"Narrow where incidents are dense (Abramson)", "自适应带宽（Abramson）"});
  options->add_flag(*verb, console, "exact",
                    {"Gaussian: every incident instead of bins", "gaussian：逐事件计算，不分箱"});
  part({"Incidents", "事件"});
  add_events(*verb, console, options->events);
  part({"Ratio", "比值"});
  add_ratio(*verb, console, *options, add);
  part({"Along streets", "沿街道"});
  add_streets(*verb, console, *options, add);
  part({"Options", "选项"});
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
