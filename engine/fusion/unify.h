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

struct Regionalised {
  std::vector<std::uint32_t> part_of;  // [vertex], parts numbered by their lowest vertex
  double soft_cut_m = 0;               // sum over cut edges of length x max(0, 1 - 4 x support)
  double lower_bound_m = 0;            // no plan within the band, of as many parts, has a lesser one
  bool proven = false;                 // of least soft cut; or, where a part misses the band, that one must
};

// Connected parts within the band, their borders where departments draw theirs: a first plan by greedy agglomeration
// towards the middle of the band sets the number of parts, districting.h improves it for `moves_per_vertex` moves.
// Where that number of parts does not fit the band, another is tried. Deterministic in the seed.
Regionalised regionalise(const AtomGraph&, PeopleBand, std::uint64_t seed, std::uint64_t moves_per_vertex);

enum class BandVerdict { in_band, uninhabited, isolated, indivisible, surrounded };

// How good the plan of a unit is; see Regionalised.
struct UnitPlan {
  double soft_cut_m = 0;
  double lower_bound_m = 0;
  bool proven = false;
};

struct Regions {
  std::vector<Label> grid_of_face;    // kGap outside
  std::vector<BandVerdict> verdicts;  // per grid
  std::vector<UnitPlan> units;        // per unit
  std::size_t count = 0;
};

// Regionalises every unit by itself, on up to `threads` threads. `support` is the layers' bit mask per arc.
Regions unify(const Arrangement&, std::span<const Label> unit_of_face, std::size_t unit_count,
              std::span<const double> people, std::span<const std::uint64_t> support, std::size_t layer_count,
              const UnifyOptions&, unsigned threads);

}  // namespace gridloom
