// SPDX-License-Identifier: Apache-2.0
// A unit's atoms as a districting problem, and what a plan of it is worth. Private to unify.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/districting/districting.h"
#include "engine/fusion/unify.h"

namespace gridloom {

inline constexpr double kMilli = 1000;       // households are counted in thousandths
inline constexpr double kCentimetres = 100;  // soft lengths in centimetres

DistrictGraph district_graph(const AtomGraph&);

// Limits on rounded households that prove the band for the exact ones; the band's own where all are whole thousandths.
WeightLimits limits_of(HouseholdBand, const AtomGraph&);

// Seed, time and effort for a search on the graph.
DistrictingOptions search_options(const AtomGraph&, const RegionaliseOptions&);

// Parts are numbered 0 .. n - 1.
std::size_t count_parts(const std::vector<std::uint32_t>& part_of);
std::vector<double> households_of(const AtomGraph&, const std::vector<std::uint32_t>& part_of);

// Households by which a grid misses the band; the worst grid of a plan; all its grids together.
double off_band(double households, HouseholdBand);
double worst_off_band(const AtomGraph&, const std::vector<std::uint32_t>& part_of, HouseholdBand);
double total_off_band(const AtomGraph&, const std::vector<std::uint32_t>& part_of, HouseholdBand);

// Everything but status and bounds.
UnitPlan measured_plan(const AtomGraph&, const std::vector<std::uint32_t>& part_of, HouseholdBand);

}  // namespace gridloom
