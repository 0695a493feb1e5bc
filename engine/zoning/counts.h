// SPDX-License-Identifier: Apache-2.0
// How many events fell where.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/city/city.h"

namespace gridloom {

// Counts per grid (index: grid) of the given rows of city.events; what lies outside the city stands in `outside`, so
// that the counts and `outside` sum to rows.size(). O(rows + grids).
struct EventCounts {
  std::vector<std::uint64_t> of_grid;
  std::uint64_t outside = 0;
};

EventCounts count_events(const City&, std::span<const std::uint32_t> rows);
EventCounts count_events(const City&);  // all events

}  // namespace gridloom
