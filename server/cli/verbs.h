// SPDX-License-Identifier: Apache-2.0
// The commands. Each adds its options to the root and returns what is to be run when it is chosen.
#pragma once

#include <functional>
#include <string>

#include "server/cli/console.h"

namespace CLI {
class App;
}

namespace gridloom::cli {

struct Verb {
  CLI::App* options = nullptr;
  std::function<int()> run;  // returns an ExitCode; throws DataError and Cancelled
};

Verb init_verb(CLI::App& root, Console&);
Verb check_verb(CLI::App& root, Console&);
Verb schema_verb(CLI::App& root, Console&);
Verb fuse_verb(CLI::App& root, Console&);
Verb verify_verb(CLI::App& root, Console&);
Verb locate_verb(CLI::App& root, Console&);
Verb heatmap_verb(CLI::App& root, Console&);
Verb hotspots_verb(CLI::App& root, Console&);
Verb export_verb(CLI::App& root, Console&);
Verb report_verb(CLI::App& root, Console&);
Verb serve_verb(CLI::App& root, Console&);
Verb incidents_verb(CLI::App& root, Console&);
Verb fold_verb(CLI::App& root, Console&);
Verb replay_verb(CLI::App& incidents, Console&);
Verb scale_verb(CLI::App& incidents, Console&);
Verb routes_verb(CLI::App& root, Console&);

// That what was appended stays in the log for the time being, why, and who brings it over.
void tell_unfolded(const Console&, const Text& why);

}  // namespace gridloom::cli
