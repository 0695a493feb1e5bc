// SPDX-License-Identifier: Apache-2.0
// gridloom: parses, calls, reports. One catch at the end.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <exception>
#include <iostream>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "server/cli/console.h"
#include "server/cli/verbs.h"
#include "server/words/error_text.h"
#include "server/words/parameters.h"

namespace {

using namespace gridloom;
using namespace gridloom::cli;

void translate_labels(CLI::App& app) {
  const auto formatter = app.get_formatter();
  for (const auto& [key, zh] : {std::pair{"Usage", "用法"},
                                {"OPTIONS", "选项"},
                                {"SUBCOMMAND", "命令"},
                                {"Options", "选项"},
                                {"Positionals", "参数"},
                                {"Subcommands", "命令"},
                                {"REQUIRED", "必填"}})
    formatter->label(key, zh);
  app.option_defaults()->group("选项");
  app.set_help_flag("-h,--help", "显示帮助并退出");
}

void describe(CLI::App& app, const Console& console, std::string& lang) {
  app.name("gridloom");
  app.description(console.say({"Gridloom weaves a city's department grids into one governance grid.",
                               "织网：把各部门网格织成一张城市治理网格。"}));
  app.footer("\n" + console.say({"Exit codes: 0 ok, 1 failed, 2 wrong use, 3 found faults.",
                                 "退出码：0 成功，1 失败，2 用法错误，3 发现错误。"}));
  app.set_version_flag("--version", GRIDLOOM_VERSION, console.say({"Show the version and exit", "显示版本并退出"}));
  app.add_option("--lang", lang, console.say({"Language of messages: en or zh", "消息语言：en 或 zh"}))
      ->check(CLI::IsMember(word_list<Language>()));
  app.require_subcommand(1);
}

// As long as one lives, standard output throws where it cannot be written: what was printed has to arrive. Not longer,
// for it is flushed once more when the program ends, where nothing may be thrown.
struct CheckedOutput {
  CheckedOutput() { std::cout.exceptions(std::ios::badbit | std::ios::failbit); }
  ~CheckedOutput() { std::cout.exceptions(std::ios::goodbit); }
  CheckedOutput(const CheckedOutput&) = delete;
  CheckedOutput& operator=(const CheckedOutput&) = delete;
};

int run(const Console& console, const std::function<int()>& work) {
  try {
    const CheckedOutput checked;
    const int code = work();
    std::cout.flush();
    return code;
  } catch (const std::ios_base::failure&) {
    print_error(console, console.say({"standard output cannot be written; is the disk full?",
                                      "无法写入标准输出，磁盘是否已满？"}));
  } catch (const Cancelled&) {
    print_error(console, console.say({"interrupted; nothing was written", "已中断，未写入任何文件"}));
  } catch (const WrongParameter& error) {
    print_error(console, console.say(text_of(error)));
    return kWrongUse;
  } catch (const std::exception& error) {
    print_error(console, console.say(text_of(error)));
  }
  return kFailed;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

// What is wrong with the command itself, such as `fusee` or `incidents imprt`; empty: nothing.
std::string unknown_command(const Console& console, const CLI::App& root, int argc, const char* const* argv) {
  const CLI::App* app = &root;
  for (int i = 1; i < argc; ++i) {
    const std::vector<std::string> commands = commands_of(*app);
    const std::string word = argv[i];
    if (commands.empty()) return {};
    if (word == "--lang") ++i;
    if (word.starts_with('-')) continue;
    if (std::find(commands.begin(), commands.end(), word) != commands.end()) {
      app = app->get_subcommand(word);
      continue;
    }
    std::string all;
    for (const std::string& command : commands) all += (all.empty() ? "" : ", ") + command;
    const std::string near = nearest_word(word, commands).value_or("");
    if (near.empty())
      return console.say(
          {"there is no command '" + word + "'; there are " + all, "没有命令“" + word + "”；可用：" + all});
    return console.say({"there is no command '" + word + "'; did you mean '" + near + "'?",
                        "没有命令“" + word + "”；是否应为“" + near + "”？"});
  }
  return {};
}

int wrong_use(const Console& console, const CLI::App& app, const CLI::ParseError& error,
              const std::string& unknown_command) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  print_error(console, unknown_command.empty() ? error.what() : unknown_command);
  print_note({"`gridloom --help` and `gridloom <command> --help` say more.",
              "详见 gridloom --help 与 gridloom <命令> --help。"},
             console);
  return kWrongUse;
}

}  // namespace

int main(int argc, char** argv) {
  Console console{.language = language_of(argc, argv)};
  std::string lang;
  CLI::App app;
  if (console.language == Language::zh) translate_labels(app);
  describe(app, console, lang);
  const std::array verbs{init_verb(app, console),    check_verb(app, console),     schema_verb(app, console),
                         fuse_verb(app, console),    verify_verb(app, console),    locate_verb(app, console),
                         heatmap_verb(app, console), hotspots_verb(app, console),  report_verb(app, console),
                         export_verb(app, console),
                         serve_verb(app, console),   incidents_verb(app, console), fold_verb(app, console),
                         routes_verb(app, console)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return run(console, [&] { return wrong_use(console, app, error, unknown_command(console, app, argc, argv)); });
  }
  for (const Verb& verb : verbs)
    if (verb.options->parsed()) return run(console, verb.run);
  return kWrongUse;
}
