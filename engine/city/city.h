// SPDX-License-Identifier: Apache-2.0
// A fused city: one arrangement whose bounded faces are the atoms, and every product as a labeling over it.
// This is what `fuse` returns, what the project file stores, and what tiles and queries read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"
#include "engine/base/words.h"
#include "engine/city/conflict.h"
#include "engine/city/delivery.h"
#include "engine/city/quality_row.h"

namespace gridloom {

// A department's layer after alignment.
struct Layer {
  std::string id;
  Text title;
  Text department;
  int rank = 0;
  double accuracy_m = 0;
  bool locked = false;
  std::vector<Field> fields;
  std::vector<Cell> cells;
  std::vector<std::vector<Ring>> delivered;  // per cell, before alignment
  Labeling labels;                           // atom -> cell
  std::optional<double> weight = 1;          // UnifyOptions::weights; empty: unknown, the file is of older days
  bool moved = false;                        // as a whole or adjusted before alignment: not from `delivered`
};

// Ground drawn beside the layers, as delivered.
struct DrawnArea {
  DrawnKind kind = DrawnKind::special;
  std::string id;
  std::vector<Ring> rings;
};

struct AdminUnit {
  std::string code;
  Text name;
  std::int32_t parent = -1;  // index in the level above; -1 at the top
};

struct AdminLevel {
  std::string id;
  Text title;
  std::vector<AdminUnit> units;
  std::vector<Label> of_face;  // atom -> unit: total over the bounded faces
};

// Whether a grid is within the band of households, and why not.
enum class BandVerdict {
  in_band,
  fixed,        // special or locked: its ground is given
  uninhabited,  // nobody lives there
  isolated,     // its piece of the unit has too few households for one grid
  enclosed,     // the same, but special or locked grids cut the piece off
  indivisible,  // one of its atoms has too many
  numbers,      // no number of grids fits the households of its piece: k x min <= households <= k x max has no k
  impossible,   // proven: no plan of its unit is within the band
  surrounded    // none was found: neighbours have no room or cannot spare ground
};
template <>
inline constexpr auto kWords<BandVerdict> = words<BandVerdict>({{"in_band", BandVerdict::in_band},
                                                                {"fixed", BandVerdict::fixed},
                                                                {"uninhabited", BandVerdict::uninhabited},
                                                                {"isolated", BandVerdict::isolated},
                                                                {"enclosed", BandVerdict::enclosed},
                                                                {"indivisible", BandVerdict::indivisible},
                                                                {"numbers", BandVerdict::numbers},
                                                                {"impossible", BandVerdict::impossible},
                                                                {"surrounded", BandVerdict::surrounded}});

struct Grid {
  std::string code;
  Text name;                // its unit and serial number, or the name it was drawn under
  std::int32_t parent = 0;  // index in the lowest admin level
  GridKind kind = GridKind::general;
  std::string valid_from;  // ISO date
  std::string valid_to;    // empty while valid
  double area_m2 = 0;
  double perimeter_m = 0;
  double compactness = 0;  // Polsby-Popper, 4 pi A / P^2
  double population = 0;
  double households = 0;
  bool locked = false;  // its ground stays as it is when the city is fused again
  BandVerdict verdict = BandVerdict::in_band;
  // What the grid cost.
  std::uint32_t cells_split = 0;  // departments' cells of which it holds more than 5 % and less than 95 %
  double households_moved = 0;    // that had another code before; 0 without a plan of today
  double cut_against_m = 0;       // its border inside the unit, by the share of departments that draw none there
};

// How good the plan of a unit of the lowest level is.
enum class PlanStatus {
  optimal,     // within the band, and no plan of so many grids has a lesser soft cut
  feasible,    // within the band
  infeasible,  // no plan is within the band: proven
  relaxed,     // no plan within the band was found
  kept         // today's plan, changed where the band asked for it
};
template <>
inline constexpr auto kWords<PlanStatus> = words<PlanStatus>({{"optimal", PlanStatus::optimal},
                                                              {"feasible", PlanStatus::feasible},
                                                              {"infeasible", PlanStatus::infeasible},
                                                              {"relaxed", PlanStatus::relaxed},
                                                              {"kept", PlanStatus::kept}});

struct UnitPlan {
  std::uint32_t atoms = 0;  // that could be chosen: not those of special, locked and uninhabited grids
  std::uint32_t grids = 0;
  double households = 0;
  double soft_cut_m = 0;        // length of the grids' borders where too few departments draw one; see unify.h
  double lower_bound_m = 0;     // no plan with its grids within the band has a lesser one
  double relaxed_by = 0;        // households by which the worst grid misses the band
  bool relaxed_proven = false;  // and no plan misses it by less
  double moved = 0;             // households that left their grid of today, where that plan is kept
  double moved_bound = 0;       // every plan within the band moves as many, to within one household
  PlanStatus status = PlanStatus::feasible;
};

// layer x cell x grid; sums over grids equal the aligned layer, an overlap counts for each cell.
struct CrosswalkRow {
  std::uint32_t layer = 0;
  Label cell = kGap;
  std::uint32_t grid = 0;
  double area_m2 = 0;
  double population = 0;
  double share_of_feature = 0;  // by people, by area where nobody lives
  double share_of_grid = 0;
};

enum class DutyStatus { sole, split, vacant };
template <>
inline constexpr auto kWords<DutyStatus> =
    words<DutyStatus>({{"sole", DutyStatus::sole}, {"split", DutyStatus::split}, {"vacant", DutyStatus::vacant}});

// Who answers for a grid in a layer: the cell with most of its people (area where nobody lives).
struct Responsibility {
  std::uint32_t grid = 0;
  std::uint32_t layer = 0;
  Label cell = kGap;  // kGap: vacant; the territorial fallback is the grid's parent unit
  double share = 0;
  DutyStatus status = DutyStatus::vacant;
};

// One responsible unit of one layer. `events` counts incidents in its grids.
struct Zone {
  std::uint32_t layer = 0;
  Label cell = kGap;
  std::uint32_t grids = 0;
  double population = 0;
  std::uint64_t incidents = 0;
};

struct City {
  std::string id;
  std::string code;
  Text name;
  std::string time_zone;
  double people_per_household = 2.6;
  double households_min = 0, households_max = 0;  // the band of a grid
  int privacy_k = 0;                              // public answers tell incidents in multiples of it; 0: exactly
  double min_width_m = 0;                         // faces thinner than this (2A/P) count as thin
  Arrangement arrangement;
  std::vector<Layer> layers;
  std::vector<DrawnArea> drawn;  // by kind, then by id: where several claim ground the first one leads
  std::vector<std::uint64_t>
      support;  // per arc: bit l set where layer l has a boundary (stored, so that verify can compare)
  std::vector<double>
      linework;                // per arc, the share of it along roads, rivers ... (linework.h); empty: none were given
  double linework_weight = 0;  // beside the layers
  std::vector<AdminLevel> admin;  // top first
  std::vector<Grid> grids;
  std::vector<Label> grid_of_face;  // atom -> grid: total over the bounded faces
  std::vector<double> area_m2;      // per face, stored so that verify can compare; [0] = 0
  std::vector<double> population;   // per face; [0] = 0
  std::vector<double> households;   // per face; [0] = 0
  std::vector<CrosswalkRow> crosswalk;
  std::vector<Responsibility> responsibilities;  // grid-major: row grid * layers.size() + layer
  std::vector<Conflict> conflicts;
  std::vector<Zone> zones;
  std::vector<QualityRow> quality;
  std::vector<UnitPlan> plans;         // per unit of the lowest level
  std::vector<Succession> succession;  // of this fusion and all before it
  std::vector<HistoryRow> history;
  EventTable events;
  std::vector<FaceId> face_of_event;  // kOutside: outside the city

  const Responsibility& responsibility(std::size_t grid, std::size_t layer) const {
    return responsibilities[grid * layers.size() + layer];
  }
};

// What a conflict is about as one text: "12,13>12", "370202001007>12" of a split duty, the grid's code of an unmet
// target. For messages and digests; not to be taken apart, for an id may hold anything.
std::string ids_text(const City&, const Conflict&);

}  // namespace gridloom
