// SPDX-License-Identifier: Apache-2.0
// The exact half of districting: set partitioning with a certificate. Private to districting.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/fusion/district_search.h"

namespace gridloom {

struct DistrictProof {
  std::vector<std::uint32_t> part_of;  // a better plan than the one given; empty: none was found
  std::int64_t lower_bound = 0;
  bool complete = false;  // no better plan than the one given, or than part_of, exists
};

// For graphs of up to 64 vertices. `upper` is the cost of a known plan within the limits, INT64_MAX without one. Plans
// have `parts` parts, or any number if 0. Gives up, with the bound reached, at `columns` connected sets within the
// limits or `nodes` nodes of the search tree; nothing at all is known where the sets were too many (nullopt).
std::optional<DistrictProof> prove(const DistrictGraph&, const DistrictAdjacency&, WeightLimits, std::size_t parts,
                                   std::int64_t upper, std::size_t columns, std::size_t nodes);

}  // namespace gridloom
