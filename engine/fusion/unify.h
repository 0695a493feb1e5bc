// SPDX-License-Identifier: Apache-2.0
// Unify: contiguous grids, nested in one administrative unit each, within the household band.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/city/city.h"
#include "engine/city/delivery.h"

namespace gridloom {

// Two adjacent atoms of one unit; `support` in [0, 1] is the share of layers and linework, by weight, that draw a
// boundary between them.
struct AtomEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  double length_m = 0;
  double support = 0;
};

// The atoms of one unit as a graph; vertices 0 .. households.size() - 1.
struct AtomGraph {
  std::vector<double> households;
  std::vector<AtomEdge> edges;  // a < b, each pair once
};

struct HouseholdBand {
  double min = 0;
  double max = 0;
  bool holds(double households) const { return households >= min && households <= max; }
};

inline HouseholdBand household_band(const UnifyOptions& o) { return {o.households_min, o.households_max}; }

struct RegionaliseOptions {
  std::uint64_t seed = 1;
  std::uint64_t moves_per_vertex = 1'000;
  double seconds = 0;                    // see UnifyOptions
  std::span<const Label> home = {};      // [vertex] today's grid, kGap: none; empty: there is no plan of today
  std::function<bool()> cancelled = {};  // asked now and then; empty: never
};

struct Regionalised {
  std::vector<std::uint32_t> part_of;  // [vertex], parts numbered by their lowest vertex
  UnitPlan plan;
};

// Connected parts within the band, their borders where departments draw theirs: the soft cut, the sum over cut edges of
// length x max(0, 1 - 4 x support), is to be small. A first plan by greedy agglomeration towards the middle of the band
// sets the number of parts, districting.h improves it. Where that number of parts does not fit the band, another is
// tried. Where there is provably no plan within the band, and no single atom is to blame, the plan is the one that
// misses it least at its worst grid, with proof (UnitPlan::relaxed_by).
//
// With a plan of today the result is that plan, changed only where it misses the band, and then for few households.
// Deterministic in the options.
Regionalised regionalise(const AtomGraph&, HouseholdBand, const RegionaliseOptions&);

struct Region {
  std::uint32_t unit = 0;
  GridKind kind = GridKind::general;
  BandVerdict verdict = BandVerdict::in_band;
  Label fixed_grid = kGap;              // which special or locked grid it is
  double piece_households = 0;          // of the connected ground of its unit that grids could be chosen from
  std::vector<Label> enclosed_by = {};  // special and locked grids that cut it off, ascending
};

struct Regions {
  std::vector<Label> grid_of_face;  // region, kGap outside
  std::vector<Region> regions;
  std::vector<UnitPlan> plans;  // per unit
};

struct UnifyTask {
  const Arrangement& arrangement;
  std::span<const Label> unit_of_face;
  std::size_t unit_count = 0;
  std::span<const double> area_m2;         // per face
  std::span<const double> people;          // per face
  std::span<const double> households;      // per face
  std::span<const std::uint64_t> support;  // per arc, bit mask of layers
  std::size_t layer_count = 0;
  std::span<const double> linework = {};  // per arc, the share of it along linework; empty: there is none
  double linework_weight = 0;
  std::span<const Label> fixed_of_face = {};     // special or locked grid; empty: there are none
  std::span<const GridKind> kind_of_fixed = {};  // per special or locked grid
  std::span<const Label> home_of_face = {};      // today's grid; empty: no plan to keep
  std::function<bool()> cancelled = {};          // asked now and then
};

// Regionalises every unit by itself, on up to `threads` threads. Every connected piece of a special or locked grid in a
// unit is a grid; so is uninhabited ground where the options ask for it and the rest of the unit stays connected.
// Throws Cancelled.
Regions unify(const UnifyTask&, const UnifyOptions&, unsigned threads);

// Cutting a border costs nothing where a quarter of the departments, by weight, draw it.
double softness(double support);

// How much of what was drawn wants a border where an arc runs, in [0, 1].
struct BorderSupport {
  std::size_t layer_count = 0;
  std::span<const double> weights = {};  // per layer; empty: 1 each
  double linework_weight = 0;

  // `layers`: bit mask of those that draw it; `along_linework`: the share of it that runs along linework.
  double of(std::uint64_t layers, double along_linework = 0) const;
};

}  // namespace gridloom
