// SPDX-License-Identifier: Apache-2.0
#include "engine/zoning/counts.h"

#include <numeric>

namespace gridloom {

EventCounts count_events(const City& city, std::span<const std::uint32_t> rows) {
  EventCounts counts{std::vector<std::uint64_t>(city.grids.size(), 0), 0};
  for (std::uint32_t row : rows) {
    const FaceId face = city.face_of_event[row];
    const Label grid = face == kOutside ? kGap : city.grid_of_face[face];
    if (grid == kGap)
      ++counts.outside;
    else
      ++counts.of_grid[static_cast<std::size_t>(grid)];
  }
  return counts;
}

EventCounts count_events(const City& city) {
  std::vector<std::uint32_t> rows(city.events.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return count_events(city, rows);
}

}  // namespace gridloom
