// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/project/event_fold.h"
#include "engine/io/project/project_file.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"
#include "server/words/error_text.h"
#include "server/words/number_text.h"
#include "server/words/project_words.h"

namespace gridloom::cli {
namespace {

constexpr int kPatience_ms = 10'000;

int run(const std::string& project, const Console& console) {
  const LogPosition position = log_position(project);
  const Folded folded = fold_log(position, read_project(project), project_words(), kPatience_ms);
  if (console.json)
    std::cout << nlohmann::ordered_json{{"folded", folded.records},
                                        {"seq", folded.seq},
                                        {"busy", folded.busy},
                                        {"missing", folded.missing}}
                     .dump(2)
              << std::endl;
  else if (folded.busy)
    tell_unfolded(console, {project, project});
  else
    print_lines(std::cout, console,
                {{{"Brought into table incidents", "并入 incidents 表"}, with_commas(folded.records)}});
  if (folded.missing > 0) print_error(console, console.say(text_of(older_than_log(position, folded))));
  return folded.busy || folded.missing > 0 ? kFailed : kOk;
}

}  // namespace

void tell_unfolded(const Console& console, const Text& why) {
  print_note({"The project's tables cannot be written to at the moment (" + why.en +
                  "): table incidents follows with the next `gridloom fold`, or a running server. Nothing is lost.",
              "暂时无法写入工程的数据表（" + why.zh +
                  "）：incidents 表将在下次 gridloom fold 或服务器运行时更新；数据不会丢失。"},
             console);
}

Verb fold_verb(CLI::App& root, Console& console) {
  const auto project = std::make_shared<std::string>();
  CLI::App* verb = add_verb(root, console, "fold",
                            {"Bring what was appended from the log beside a project into its tables, for QGIS and SQL; "
                             "a running server does so by itself",
                             "把工程旁日志中追加的内容并入其数据表，供 QGIS 与 SQL 使用；服务器运行时自动进行"},
                            "gridloom fold nyc.gpkg");
  add_project(*verb, console, *project);
  add_json(*verb, console);
  return {verb, [project, &console] { return run(*project, console); }};
}

}  // namespace gridloom::cli
