// SPDX-License-Identifier: Apache-2.0
// Limits of ground as densities take them.
#pragma once

#include <span>
#include <vector>

#include "engine/density/edge_correction.h"

namespace gridloom {

// The edges of a ring given anticlockwise (of a hole: clockwise), without its first point repeated.
inline std::vector<LimitEdge> limit_of_ring(std::span<const Point> ring) {
  std::vector<LimitEdge> edges;
  for (std::size_t i = 0; i < ring.size(); ++i) edges.push_back({ring[i], ring[(i + 1) % ring.size()]});
  return edges;
}

}  // namespace gridloom
