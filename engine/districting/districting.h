// SPDX-License-Identifier: Apache-2.0
// Districting: a weighted graph cut into connected parts within weight limits, at the least cost of cut edges.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace gridloom {

struct DistrictEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::int64_t cost = 1;  // of cutting it; 0 or more
};

struct DistrictGraph {
  std::vector<std::int64_t> weight;  // per vertex, 0 or more
  std::vector<DistrictEdge> edges;   // each pair once, a != b
};

struct WeightLimits {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

struct DistrictingOptions {
  std::size_t parts = 0;  // 0: as many as it takes
  std::uint64_t seed = 1;
  std::uint64_t effort = 0;          // moves tried; 0: by the size of the graph
  double seconds = 0;                // safety stop; 0: none. A run that it does not stop is the same everywhere.
  std::vector<std::uint32_t> start;  // a plan to start from; its parts must be connected; empty: none
  std::vector<std::int64_t> moved;   // per vertex, the cost of leaving its part of `start`; empty: none
  std::function<bool()> cancelled;   // asked now and then; empty: never
};

struct Districting {
  std::vector<std::uint32_t> part_of;  // numbered by their lowest vertex
  std::size_t parts = 0;
  std::int64_t cut = 0;          // cost of the cut edges
  std::int64_t moved = 0;        // cost of leaving `start`
  std::int64_t violation = 0;    // weight by which parts miss the limits, in all; 0: a plan within them
  std::int64_t lower_bound = 0;  // no plan within the limits costs less (cut + moved)
  bool proven = false;           // of least cost; or, with a violation, there is no plan within the limits
};

// Every part is connected, whatever the limits; among such plans one of least violation, then of least cost, is sought.
//
// Search: simulated annealing over moves of one border vertex, chains of two such moves, and merge-and-split of two
// parts along a random spanning tree (ReCom: DeFord, Duchin, Solomon 2021), with the weight of violations adapting so
// that the search crosses the border of what is allowed; cycles start from the best plans, recombined by contracting
// what two of them agree on; large graphs are coarsened by heavy edge matching first (Karypis, Kumar 1998).
//
// Proof, for graphs of up to 64 vertices whose connected sets within the limits are not too many: set partitioning by
// branch and bound under the Lagrangian bound of its columns. It always ends for 25 vertices; where it does not, the
// better of its bound and that of minimum cuts (district_bound.h) stands as `lower_bound`.
//
// Deterministic in the options. Throws std::invalid_argument for edges or plans that do not fit the graph.
Districting district(const DistrictGraph&, WeightLimits, const DistrictingOptions&);

}  // namespace gridloom
