// SPDX-License-Identifier: Apache-2.0
// What statistics say to people: cautions, and how a result came about.
#pragma once

#include <string>

#include "engine/base/text.h"
#include "engine/statistics/hotspots.h"

namespace gridloom {

Text title_of(CellClass);

// A whole sentence on one of the cautions of a result.
Text text_of(Caution, const Provenance&);

// A whole sentence; empty where nothing was left out.
Text left_out_text(const LeftOut&, double least_population);

// One line for records: "gi_star, exact, mid-p, two-sided, fdr at 0.05; 1250 cells, 2 islands, ...".
std::string summary_of(const Provenance&);

}  // namespace gridloom
