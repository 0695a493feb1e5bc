// SPDX-License-Identifier: Apache-2.0
// Today's plan, changed as little as the band allows. Private to unify.
#pragma once

#include "engine/fusion/unify.h"

namespace gridloom {

// Of the plans that miss the band by the least that was found, one in which the fewest households leave their grid of
// today, and among those (to within one household) one of little soft cut. With certificate for up to 25 atoms
// (UnitPlan::moved_bound equals moved); otherwise the bound is what the overfull grids must give away and the underfull
// ones must get, each by itself. `options.home` is not empty.
Regionalised kept_plan(const AtomGraph&, HouseholdBand, const RegionaliseOptions& options);

}  // namespace gridloom
