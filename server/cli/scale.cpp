// SPDX-License-Identifier: Apache-2.0
// gridloom incidents scale: the pinned colours of a project's heat tiles.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/strings.h"
#include "engine/events/period_counts.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/project_meta.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"
#include "server/live/pinned_scale.h"
#include "server/words/event_query.h"
#include "server/words/project_words.h"

namespace gridloom::cli {
namespace {

struct Options {
  std::string project;
  std::optional<double> lowest, highest;
  bool from_data = false;
  double percent = kPinnedPercent;
  EventQuestion events;
};

std::vector<std::uint64_t> count_by_grid(const City& city, const EventQuestion& question) {
  std::vector<std::uint64_t> counts(city.grids.size(), 0);
  const CountTable found = count_events(city.events, city.face_of_event, by_face(city.grid_of_face),
                                        parse_question(question, city), CountOptions{});
  for (std::size_t row = 0; row < found.rows(); ++row)
    if (found.cell[row] != kGap) counts[static_cast<std::size_t>(found.cell[row])] = found.count[row];
  return counts;
}

struct Found {
  HeatScale scale;
  bool chosen = false;  // stands in the project; else it follows from the data
};

Found current(const City& city, const ProjectSettings& settings) {
  return {pinned_scale(settings, city, count_by_grid(city, {})), chosen_scale(settings).has_value()};
}

HeatScale wanted(const Options& options, const City& city, const HeatScale& before) {
  HeatScale scale = before;
  if (options.from_data) {
    const auto densities = grid_densities(city, count_by_grid(city, options.events));
    if (densities.empty()) throw DataError("no_incident_for_scale");
    scale = scale_for(percentile(densities, options.percent), before.version);
  }
  // As far apart as before, unless both are told.
  if (options.highest) scale.lowest *= *options.highest / scale.highest, scale.highest = *options.highest;
  if (options.lowest) scale.lowest = *options.lowest;
  check_scale(scale);
  return scale;
}

void print(const Found& found, const Console& console) {
  const HeatScale& scale = found.scale;
  if (console.json) {
    std::cout << nlohmann::ordered_json{{"version", scale.version},
                                        {"unit", "events per km2"},
                                        {"lowest", scale.lowest},
                                        {"highest", scale.highest},
                                        {"chosen", found.chosen}}
                     .dump(2)
              << std::endl;
    return;
  }
  print_lines(
      std::cout, console,
      {{{"Lowest colour from", "最低色自"}, number_text(scale.lowest) + console.say({" incidents per km²", " 件/km²"})},
       {{"Highest colour from", "最高色自"},
        number_text(scale.highest) + console.say({" incidents per km²", " 件/km²"})},
       {{"Comes from", "来源"},
        console.say(found.chosen ? Text{"the project, version " + std::to_string(scale.version),
                                        "工程设定，第 " + std::to_string(scale.version) + " 版"}
                                 : Text{"99 % of the grids over all time", "全部时间内 99% 的网格"})}});
}

int run(const Options& options, const Console& console) {
  if (!options.from_data && !(options.events == EventQuestion{})) throw DataError("choice_without_from_data");
  const City city = read_project(options.project);
  Found found = current(city, read_settings(options.project));
  if (options.from_data || options.highest || options.lowest) {
    HeatScale scale = wanted(options, city, found.scale);
    // The same scale again keeps its version, and with it every tile.
    if (!found.chosen || !(scale == found.scale)) {
      ++scale.version;
      write_settings(options.project, settings_of(scale), project_words());
    }
    found = {scale, true};
  }
  print(found, console);
  return kOk;
}

}  // namespace

Verb scale_verb(CLI::App& parent, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(parent, console, "scale",
                            {"Show or set the pinned colour scale of a project's heat tiles; running servers follow",
                             "查看或设定工程热力瓦片的固定色标；运行中的服务随之更新"},
                            "gridloom incidents scale nyc.gpkg --from-data --percentile 99 --from 2015-12-01");
  add_project(*verb, console, options->project);
  auto* highest = verb->add_option(
      "--max", options->highest,
      console.say({"Incidents per km² from which the last colour stands", "最高色对应的每平方公里事件数"}));
  verb->add_option(
      "--min", options->lowest,
      console.say({"Incidents per km² below which nothing is drawn (default: as far below --max as before)",
                   "低于此值不绘制（默认与 --max 保持原有倍数）"}));
  auto* from_data =
      verb->add_flag("--from-data", options->from_data,
                     console.say({"Take the highest from the densities of the grids, rounded up to 1, 2 or 5 times a "
                                  "power of ten",
                                  "由各网格密度取最高值，向上取整到 1、2、5 乘 10 的幂"}))
          ->excludes(highest);
  verb->add_option(
          "--percentile", options->percent,
          console.say({"Of the grids that have incidents; 100: the densest", "有事件网格的百分位；100 为最密者"}))
      ->needs(from_data)
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  add_events(*verb, console, options->events);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
