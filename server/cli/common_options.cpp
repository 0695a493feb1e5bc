// SPDX-License-Identifier: Apache-2.0
#include "server/cli/common_options.h"

#include <algorithm>
#include <thread>

#include "server/words/parameter_text.h"

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

std::string option_name(std::string parameter) {
  std::replace(parameter.begin(), parameter.end(), '_', '-');
  return "--" + parameter;
}

void add_events(CLI::App& verb, const Console& console, EventQuestion& events, const std::string& prefix) {
  for (const ParameterText& text : event_parameters()) {
    const std::string option = option_name(prefix + text.name), about = console.say(text.about);
    for (const auto& [key, asked] : kAskedOnce)
      if (key == text.name) verb.add_option(option, events.*asked, about)->type_name(key == "area" ? "AREA" : "TEXT");
    for (const auto& [field, asked] : kAskedTexts<EventQuestion>)
      if (word_of(field) == text.name)
        verb.add_option(option, events.*asked, about)->allow_extra_args(false)->take_all();  // a project may follow
  }
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
