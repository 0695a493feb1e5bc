// SPDX-License-Identifier: Apache-2.0
// The report that a planning meeting reads: one page of HTML that needs no other file and no network.
#pragma once

#include <string>

#include "engine/city/city.h"
#include "engine/base/text.h"

namespace gridloom {

// Maps before and after; conflicts to decide, ranked by the people they concern, with a small map each; targets that
// were not met and why; every unit's plan; what became of former grids and of delivered cells; quality by layer and
// stage with its formulas; how far lines lie from more trusted ones; how many departments draw each boundary; the
// crosswalks to save. Every figure is one of the city's; nothing is recomputed but sums. O(n log n).
std::string report_page(const City&, Language);

}  // namespace gridloom
