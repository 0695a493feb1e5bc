// SPDX-License-Identifier: Apache-2.0
// gridloom routes: the page on the HTTP interface; not in --help, for it says nothing of a city.
#include <iostream>

#include "server/api/api_document.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {

Verb routes_verb(CLI::App& root, Console& console) {
  CLI::App* verb =
      add_verb(root, console, "routes",
               {"Print the page on the HTTP interface, docs/API.md", "输出 HTTP 接口说明 docs/API.zh-CN.md"},
               "gridloom --lang zh routes > docs/API.zh-CN.md");
  verb->group("");
  return {verb, [&console] {
            std::cout << api_document(console.language);
            return kOk;
          }};
}

}  // namespace gridloom::cli
