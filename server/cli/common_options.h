// SPDX-License-Identifier: Apache-2.0
// Options that several commands share, worded once.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "server/cli/console.h"
#include "server/words/event_query.h"

namespace gridloom::cli {

CLI::App* add_verb(CLI::App& root, const Console&, const std::string& name, const Text& what,
                   const std::string& example);
void add_json(CLI::App&, Console&);
void add_project(CLI::App&, const Console&, std::string& path);
// All processors unless told otherwise.
void add_threads(CLI::App&, const Console&, unsigned& threads);
std::string option_name(std::string parameter);  // "--mask-below" of mask_below
// --from --to --hours --weekdays --category --subcategory --agency --severity --area, each with the prefix after its
// dashes.
void add_events(CLI::App&, const Console&, EventQuestion&, const std::string& prefix = "");

// Refuses a file name that does not end so; meant for CLI::Option::check.
CLI::Validator ends_with(const std::string& ending);

}  // namespace gridloom::cli
