// SPDX-License-Identifier: Apache-2.0
#include "server/cli/common_options.h"
#include "server/words/titles.h"

#include <algorithm>
#include <thread>

namespace gridloom::cli {

CLI::App* add_verb(CLI::App& root, const Console& console, const std::string& name, const Text& what,
                   const std::string& example) {
  CLI::App* verb = root.add_subcommand(name, console.say(what));
  verb->fallthrough();
  verb->get_help_ptr()->group(console.say({"Options", "选项"}));
  verb->group(console.say({"Commands", "命令"}));
  verb->footer("\n" + console.say({"Example:", "示例："}) + "\n  " + example);
  return verb;
}

void add_json(CLI::App& verb, Console& console) {
  verb.add_flag("--json", console.json, console.say({"Results as JSON on standard output", "以 JSON 输出结果"}));
}

void add_project(CLI::App& verb, const Console& console, std::string& path) {
  verb.add_option("project", path,
                  console.say({"Project file made by `gridloom fuse`", "由 gridloom fuse 生成的工程文件"}))
      ->required()
      ->type_name("city.gpkg");
}

void add_threads(CLI::App& verb, const Console& console, unsigned& threads) {
  threads = std::max(1u, std::thread::hardware_concurrency());
  verb.add_option("--threads", threads,
                  console.say({"Threads to work with (default: all); the result does not depend on it",
                               "线程数（默认全部）；结果与线程数无关"}))
      ->check(CLI::Range(1, 256))
      ->type_name("N");
}

void add_events(CLI::App& verb, const Console& console, EventQuestion& events, const std::string& prefix) {
  const auto named = [&](std::string_view name) { return "--" + prefix + std::string(name); };
  verb.add_option(named("from"), events.from, console.say({"First local time that counts", "起始当地时间（含）"}));
  verb.add_option(named("to"), events.to,
                  console.say({"Local time from which on nothing counts", "截止当地时间（不含）"}));
  verb.add_option(named("hours"), events.hours,
                  console.say({"Only these hours of the day, such as 22-4; events without a clock time are left out",
                               "只统计这些钟点，如 22-4；没有钟点的事件不计"}));
  verb.add_option(
      named("weekdays"), events.weekdays,
      console.say({"Only these weekdays, such as 1-5 (1 is Monday)", "只统计这些星期几，如 1-5（1 为周一）"}));
  for (const auto& [field, asked] : kAskedTexts<EventQuestion>) {
    const Text title = title_of(field);
    const Text what = {"Only this " + title.en + "; may be given several times",
                       "只统计该" + title.zh + "，可多次给出"};
    verb.add_option(named(word_of(field)), events.*asked, console.say(what))
        ->allow_extra_args(false)  // a project may follow
        ->take_all();
  }
  verb.add_option(named("area"), events.area,
                  console.say({"Only there: west,south,east,north in degrees, grid:CODE or LAYER:ID",
                               "只统计该范围：西,南,东,北（度）、grid:网格编码 或 图层:单元编号"}))
      ->type_name("AREA");
}

CLI::Validator ends_with(const std::string& ending) {
  return CLI::Validator(
      [ending](std::string& name) {
        const bool fits = name.size() > ending.size() && name.ends_with(ending);
        return fits ? std::string() : "must be a file name ending in " + ending;
      },
      "");
}

}  // namespace gridloom::cli
