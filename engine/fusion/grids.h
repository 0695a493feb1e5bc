// SPDX-License-Identifier: Apache-2.0
// The table of unified grids: measures, codes, names.
#pragma once

#include <span>
#include <string>

#include "engine/city/city.h"
#include "engine/fusion/succession.h"
#include "engine/fusion/unify.h"

namespace gridloom {

// Fills City::grids and City::grid_of_face from regions over its atoms. Grids that carry one of today's on keep its
// code, name and date; a new one is named after its unit and number in both languages. A new code is the parent's code
// and a serial number above all that were ever given there, counted in rows from north to south and in each row from
// west to east (DB11/T 2157-2023). Grids are sorted by unit and code. `fixed` are the special and locked grids that the
// regions refer to. Throws DataError when a unit needs more serial numbers than `options.serial_digits` give. Returns
// the region of each grid.
std::vector<std::uint32_t> number_grids(City&, const Regions&, const Predecessor&, const KeptCodes&,
                                        std::span<const DrawnGrid> fixed, const UnifyOptions& options,
                                        const std::string& valid_from);

// What each grid cost: Grid::cells_split and cut_against_m. Needs City::crosswalk. `weights` as in UnifyOptions.
void measure_costs(City&, std::span<const double> weights);

}  // namespace gridloom
