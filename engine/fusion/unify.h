// SPDX-License-Identifier: Apache-2.0
// Unify: contiguous grids, nested in one administrative unit each, within the population band.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/fusion/delivery.h"

namespace gridloom {

// Two adjacent atoms of one unit; `support` in [0, 1] is the share of layers that draw a boundary between them.
struct AtomEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  double length_m = 0;
  double support = 0;
};

// The atoms of one unit as a graph; vertices 0 .. people.size() - 1.
struct AtomGraph {
  std::vector<double> people;
  std::vector<AtomEdge> edges;  // a < b, each pair once
};

struct PeopleBand {
  double min = 0;
  double max = 0;
};

inline PeopleBand people_band(const UnifyOptions& o) {
  return {o.households_min * o.people_per_household, o.households_max * o.people_per_household};
}

// vertex -> part, parts numbered by their lowest vertex. Every part is connected. A part leaves the band only when the
// graph leaves no choice to this method: a component with fewer people than the minimum, a vertex with more than the
// maximum, or a rest between full neighbours. Greedy agglomeration by soft borders (long, little supported ones are
// dissolved first), then moves of border vertices that mend a short part or lower the cut sum of length x (1 -
// support). Deterministic. O(E log E + passes * E).
std::vector<std::uint32_t> regionalise(const AtomGraph&, PeopleBand);

enum class BandVerdict { in_band, uninhabited, isolated, indivisible, surrounded };

struct Regions {
  std::vector<Label> grid_of_face;    // kGap outside
  std::vector<BandVerdict> verdicts;  // per grid
  std::size_t count = 0;
};

// Regionalises every unit by itself, on up to `threads` threads. `support` is the layers' bit mask per arc.
Regions unify(const Arrangement&, std::span<const Label> unit_of_face, std::size_t unit_count,
              std::span<const double> people, std::span<const std::uint64_t> support, std::size_t layer_count,
              const UnifyOptions&, unsigned threads);

}  // namespace gridloom
