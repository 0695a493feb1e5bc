// SPDX-License-Identifier: Apache-2.0
// The exact half of districting: set partitioning with a certificate. Private to districting.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/districting/district_search.h"

namespace gridloom {

struct DistrictProof {
  std::vector<std::uint32_t> part_of;  // a better plan than the one given; empty: none was found
  std::int64_t lower_bound = 0;
  bool complete = false;  // no better plan than the one given, or than part_of, exists
};

struct DistrictQuestion {
  const DistrictGraph& graph;
  const DistrictAdjacency& adjacency;
  WeightLimits limits;
  const DistrictHome& home;        // its parts are what plans number theirs by: each number is given once
  std::size_t parts = 0;           // 0: any number
  std::int64_t upper = INT64_MAX;  // cost of a known plan within the limits; INT64_MAX: none is known
};

// For graphs of up to 58 vertices, up to 25 with a home. Gives up, with the bound reached, at `columns` connected sets
// within the limits or `nodes` nodes of the search tree; nothing at all is known where the sets were too many
// (nullopt).
std::optional<DistrictProof> prove(const DistrictQuestion&, std::size_t columns, std::size_t nodes);

}  // namespace gridloom
