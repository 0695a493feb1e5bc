// SPDX-License-Identifier: Apache-2.0
// How mistakes and findings are shown. Not for other headers: brings JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/base/errors.h"
#include "engine/city/finding.h"
#include "engine/io/catalogue/catalogue.h"
#include "server/cli/console.h"

namespace gridloom::cli {

// A line each on standard output.
void print_mistakes(const std::vector<Reason>&, const Console&);
void print_findings(const std::vector<Finding>&, const Console&);

// Of a catalogue's key that nothing acts on yet.
Text warning_of(const UnusedKey&);

// "code", "where" (from the outermost in), "what", "what_zh".
nlohmann::ordered_json mistakes_json(const std::vector<Reason>&);
// "file", "layer", "feature", "what", "what_zh".
nlohmann::ordered_json findings_json(const std::vector<Finding>&);

}  // namespace gridloom::cli
