// SPDX-License-Identifier: Apache-2.0
// How faults that a proof found are shown. Not for other headers: brings JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/arrangement/verify.h"
#include "server/cli/console.h"

namespace gridloom::cli {

// One line each on standard output: kind, place in the working CRS, sentence.
void print_faults(const std::vector<Fault>&, const Lattice&, const Console&);
nlohmann::ordered_json faults_json(const std::vector<Fault>&, const Lattice&);

}  // namespace gridloom::cli
