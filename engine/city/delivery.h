// SPDX-License-Identifier: Apache-2.0
// What the departments delivered, on the lattice: the input of fusion. Files, projections and the catalogue are
// the business of engine/io.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/field.h"
#include "engine/base/text.h"
#include "engine/base/words.h"
#include "engine/city/finding.h"
#include "engine/events/event.h"
#include "engine/geometry/lattice.h"
#include "engine/geometry/ring.h"

namespace gridloom {

// One feature of a layer without its ground. `attributes` run parallel to the layer's fields; an empty optional is
// NULL.
struct Cell {
  std::string id;
  std::string name;
  std::vector<std::optional<std::string>> attributes;
  friend bool operator==(const Cell&, const Cell&) = default;
};

struct DeliveredCell {
  Cell cell;
  std::vector<Ring> rings;  // all parts; a hole follows its shell
};

// What the catalogue says of one layer's nesting in another; ascending by strength.
enum class NestingWord { forbid, discover, confirm, declare };
template <>
inline constexpr auto kWords<NestingWord> = words<NestingWord>({{"confirm", NestingWord::confirm},
                                                                {"declare", NestingWord::declare},
                                                                {"forbid", NestingWord::forbid},
                                                                {"", NestingWord::discover}});

// What the catalogue says of a layer that lies off as a whole: leave it, move it where that clearly helps, move it.
enum class ShiftWord { keep, detect, apply };
template <>
inline constexpr auto kWords<ShiftWord> =
    words<ShiftWord>({{"auto", ShiftWord::detect}, {"keep", ShiftWord::keep}, {"apply", ShiftWord::apply}});

struct DeliveredLayer {
  std::string id;
  Text title;
  Text department;
  int rank = 0;           // 1 is the highest
  double accuracy_m = 0;  // how far a boundary may be from the truth
  bool locked = false;
  std::vector<Field> fields;
  std::vector<DeliveredCell> cells;
  std::string parent_layer;                     // declared nesting: the layer whose cells hold these; empty: none
  std::vector<std::string> parents;             // parallel to cells when parent_layer is set: cell id there, or empty
  std::map<std::string, NestingWord> nests_in;  // other layers that these cells do, or do not, nest in
  ShiftWord shift = ShiftWord::detect;
};

// An administrative level. The lowest level is where grids nest. Its lines are hard.
struct DeliveredAdminLevel {
  std::string id;
  Text title;
  DeliveredLayer units;              // cell id = code; empty for a top level that is the union of the level below
  std::vector<Text> names;           // parallel to units.cells
  std::vector<std::string> parents;  // parallel to units.cells: parent code, or empty: found by overlap
};

// Areas that carry people: weights over the faces, never arcs.
struct DeliveredPopulation {
  DeliveredLayer areas;
  std::vector<double> people;           // parallel to areas.cells
  std::vector<double> households = {};  // parallel to areas.cells; empty: people / UnifyOptions::people_per_household
};

// Roads, rivers, rails or walls.
struct DeliveredLinework {
  std::string id;
  double accuracy_m = 15;  // a border within it runs along a line
  double weight = 1;       // a layer weighs 1 unless the catalogue says otherwise
  std::vector<std::vector<Point>> lines;
};

enum class GridKind { general, special, uninhabited };
template <>
inline constexpr auto kWords<GridKind> = words<GridKind>({{"general", GridKind::general},
                                                          {"special", GridKind::special},
                                                          {"uninhabited", GridKind::uninhabited}});

// A grid drawn beforehand: a special one of the catalogue, or one of today's.
struct DrawnGrid {
  std::string code;  // its key, or today's code
  Text name;
  GridKind kind = GridKind::general;
  bool fixed = false;      // special and locked grids: their ground stays as drawn, their lines are hard
  std::string unit;        // code of the unit it lies in; empty: unknown
  std::string valid_from;  // ISO date; empty: unknown
  std::vector<Ring> rings;
};

// Share of the households of grid `old_code` (of its area where nobody lived) that now live in grid `new_code`.
struct Succession {
  std::string old_code;
  std::string new_code;
  double share = 0;
  double households = 0;
  bool retired = false;  // the old code was given up; no later grid gets it
  std::string at;        // ISO date
};

struct HistoryRow {
  int version = 1;
  std::string at, who, why, approval, operations;
};

// Today's grids, and what came before them.
struct Predecessor {
  std::vector<DrawnGrid> grids;
  bool lines_stay = false;  // keeping them keeps their very lines; else borders follow the departments' new ones
  std::vector<Succession> succession;
  std::vector<HistoryRow> history;
};

// Ground that may belong to nobody: gaps of these layers, all or those in the areas.
struct AllowedGaps {
  std::vector<std::size_t> layers;   // indices in FuseInput::layers
  std::vector<DeliveredCell> areas;  // empty, and anywhere: all gaps of the layers
  bool anywhere = true;
};

struct AlignOptions {
  double min_width_m = 10;  // faces thinner than this (2A/P) are resolved into a neighbour where tolerances allow
};

// Ground where hardly anybody lives: parks, airports, islands.
struct Uninhabited {
  bool own_grids = false;       // else it joins a neighbouring grid
  double min_area_m2 = 100000;  // smaller pieces join
  double people_per_km2 = 0;    // an atom with at most so many counts as uninhabited
};

struct UnifyOptions {
  double households_min = 300;
  double households_max = 500;
  double people_per_household = 2.6;
  int serial_digits = 3;  // of the grid's serial number inside its unit
  std::uint64_t seed = 1;
  double effort = 1;            // times the usual number of moves
  double seconds = 0;           // time budget of the search; 0: none. A run that it stops may differ from another.
  std::vector<double> weights;  // per layer: how much its lines count; empty: all the same
  Uninhabited uninhabited;
  bool keep_existing = false;  // change today's plan for as few households as the band allows
};

struct FuseInput {
  std::string city_id;    // "nyc"
  std::string city_code;  // code of the top administrative unit
  Text city_name;
  std::string time_zone;  // IANA name
  Lattice lattice;
  std::vector<DeliveredAdminLevel> admin;  // top first; the last is where grids nest
  std::vector<DeliveredLayer> layers;      // in catalogue order
  DeliveredPopulation population;
  std::vector<DeliveredLinework> linework;
  std::vector<DrawnGrid> special;
  Predecessor before;
  AllowedGaps allowed_gaps;
  EventTable events;
  AlignOptions align;
  UnifyOptions unify;
  int privacy_k = 0;  // City::privacy_k
  std::vector<Finding> findings;
};

}  // namespace gridloom
