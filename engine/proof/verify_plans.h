// SPDX-License-Identifier: Apache-2.0
// What the grids cost, the plans they come from and the codes before them, counted again. Private to verify_city.
#pragma once

#include "engine/city/city.h"
#include "engine/proof/verify_faults.h"

namespace gridloom {

// Faults of kind "grids", "plans" and "succession".
//   grids       cells_split; cut_against_m (where the layers' weights are known); households_moved is a part of the
//               grid's households, and with what `succession` says came into and stayed in the grid adds up to them.
//   plans       one per unit; atoms, grids, households, soft_cut_m and relaxed_by of the grids that were chosen from.
//               Uninhabited ones may have been or not, so that a unit with such has a least and a most. The
//               bound is not above the cut, equal where the plan is called optimal, which is within the band.
//   succession  shares of one code at one time add up to one at most and are those of the households beside them; a
//               code that was given up is no grid's, after the last update every other one is.
std::vector<Fault> check_plans(const City&, std::size_t limit);

}  // namespace gridloom
