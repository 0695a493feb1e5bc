// SPDX-License-Identifier: Apache-2.0
#include "server/report/report.h"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/project/atomic_file.h"
#include "engine/io/project/project_file.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {
namespace {

struct Options {
  std::string project;
  std::string output;
};

int run(const Options& options, const Console& console) {
  const Interruption interruption;
  const std::string page = [&] {
    ConsoleProgress progress(console);
    progress.stage("open", 0);
    const City city = read_project(options.project);
    progress.stage("draw", 0.3);
    std::string made = report_page(city, console.language);
    if (progress.cancelled()) throw Cancelled();
    return made;
  }();
  write_file(options.output, page);
  if (console.json)
    std::cout << nlohmann::ordered_json{{"written", options.output}, {"bytes", page.size()}}.dump(2) << std::endl;
  else
    print_lines(std::cout, console, {{{"Written", "已写入"}, options.output}});
  return kOk;
}

}  // namespace

Verb report_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(root, console, "report",
                            {"Write what a planning meeting needs as one page: maps, quality, conflicts, crosswalks",
                             "生成规划会商用的单页报告：地图、质量、冲突、对照表"},
                            "gridloom report nyc.gpkg -o nyc.html --lang zh");
  add_project(*verb, console, options->project);
  verb->add_option("-o,--output", options->output, console.say({"Page to write", "要写入的网页"}))
      ->required()
      ->type_name("report.html")
      ->check(ends_with(".html"));
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
