// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>

#include "server/cli/catalogue_schema.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {

Verb schema_verb(CLI::App& root, Console& console) {
  CLI::App* verb = add_verb(root, console, "schema",
                            {"Print the JSON Schema of city.yaml, for editors that check while you type",
                             "输出 city.yaml 的 JSON Schema，供编辑器边写边检查"},
                            "gridloom schema > city.schema.json");
  add_json(*verb, console);  // which it is in any case
  return {verb, [] {
            std::cout << catalogue_schema();
            return kOk;
          }};
}

}  // namespace gridloom::cli
