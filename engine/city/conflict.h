// SPDX-License-Identifier: Apache-2.0
// What was delivered and what became of it, as facts. Sentences are made of them elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/words.h"
#include "engine/geometry/point.h"

namespace gridloom {

// covered_cell: other cells of its layer lead on all its ground, it is kept among the overlaps or, too thin, dissolved;
// lost_cell: no ground at all.
enum class ConflictKind {
  gap,
  overlap,
  sliver,
  outside_frame,
  nesting,
  split_duty,
  unmet_target,
  covered_cell,
  lost_cell,
  shift,   // a layer that lay off as a whole, or was adjusted, and what was done
  divided  // ground that was to stay one grid and is several: units meet in it, or it lies in several places
};
template <>
inline constexpr auto kWords<ConflictKind> = words<ConflictKind>({{"gap", ConflictKind::gap},
                                                                  {"overlap", ConflictKind::overlap},
                                                                  {"sliver", ConflictKind::sliver},
                                                                  {"outside_frame", ConflictKind::outside_frame},
                                                                  {"nesting", ConflictKind::nesting},
                                                                  {"split_duty", ConflictKind::split_duty},
                                                                  {"unmet_target", ConflictKind::unmet_target},
                                                                  {"covered_cell", ConflictKind::covered_cell},
                                                                  {"lost_cell", ConflictKind::lost_cell},
                                                                  {"shift", ConflictKind::shift},
                                                                  {"divided", ConflictKind::divided}});

// A parent that the data of a cell names, and that the overlaps speak against.
struct NamedParent {
  std::int32_t layer = 0, parent_layer = 0;  // indices in City::layers
  std::string cell, parent;                  // ids
  double share = 0;                          // of the cell that lies in that parent
  friend bool operator==(const NamedParent&, const NamedParent&) = default;
};

// Ground that passed to the cell of its parent: of a nesting, or of a gap that one filled.
struct PassedToParent {
  std::optional<double> reach_m;       // how far its rim lies from the layer's own line; empty: it drew none
  bool beside = false;                 // that line runs along the ground; else it is the nearest anywhere
  std::optional<NamedParent> doubted;  // moved because of this
  friend bool operator==(const PassedToParent&, const PassedToParent&) = default;
};

// Of a lost cell.
struct LostGround {
  bool outside = false;  // the frame; else it was delivered without ground
  friend bool operator==(const LostGround&, const LostGround&) = default;
};

enum class ShiftOutcome {
  moved,
  locked,  // not moved: the layer is locked
  kept,    // not moved: its word is `keep`
  open     // not moved: nobody has said a word
};
template <>
inline constexpr auto kWords<ShiftOutcome> = words<ShiftOutcome>({{"moved", ShiftOutcome::moved},
                                                                  {"locked", ShiftOutcome::locked},
                                                                  {"kept", ShiftOutcome::kept},
                                                                  {"open", ShiftOutcome::open}});

// A layer that lies off as a whole: moved by so much, its lines come onto more trusted ones.
struct LayerShift {
  double east_m = 0, north_m = 0;
  double near_before = 0, near_after = 0;  // share of its lines within 5 m of a trusted line, as delivered and moved
  ShiftOutcome outcome = ShiftOutcome::open;
  friend bool operator==(const LayerShift&, const LayerShift&) = default;
};

// A layer that was adjusted together with the others.
struct LayerAdjustment {
  double mean_m = 0, most_m = 0;           // of its lines' places
  double near_before = 0, near_after = 0;  // share of them within 2 m of another layer's line
  friend bool operator==(const LayerAdjustment&, const LayerAdjustment&) = default;
};

// Of a grid outside the band, beside what the grid and its unit's plan say: the connected ground it was chosen from.
struct GridPiece {
  double households = 0;
  std::vector<Text> enclosed_by;  // names of the special and locked grids that cut it off
  friend bool operator==(const GridPiece&, const GridPiece&) = default;
};

// Ground that was drawn beside the layers.
enum class DrawnKind {
  special,     // grids of the catalogue that stay as drawn
  locked,      // today's grids that do
  existing,    // today's other grids
  allowed_gap  // where layers may have none
};
template <>
inline constexpr auto kWords<DrawnKind> = words<DrawnKind>({{"special", DrawnKind::special},
                                                            {"locked", DrawnKind::locked},
                                                            {"existing", DrawnKind::existing},
                                                            {"allowed_gap", DrawnKind::allowed_gap}});

// Of a conflict whose `before` are ids of such ground; where several claim it, the kind of the one that leads.
struct OfDrawn {
  DrawnKind kind = DrawnKind::special;
  bool outside = false;  // of a lost cell: it lies outside the frame; else it was delivered without ground
  friend bool operator==(const OfDrawn&, const OfDrawn&) = default;
};

// The words of a project of older days, which kept no facts.
struct ToldBefore {
  Text words;
  friend bool operator==(const ToldBefore&, const ToldBefore&) = default;
};

// What kind, layer, ids and grid do not say of a conflict; nothing for most.
using ConflictFacts = std::variant<std::monostate, PassedToParent, LostGround, LayerShift, LayerAdjustment, GridPiece,
                                   ToldBefore, OfDrawn>;

// `before` and `after` are ids of the layer's cells, or codes of the level's units, ascending: {12, 13} and {12} an
// overlap settled, {} and {12} a gap filled, {} and {} a gap that stays, {12} and {13} a sliver moved. Of a split duty
// `after` is the main unit's cell; of ground drawn beside the layers (OfDrawn) they are ids of that, and of a divided
// one `after` are the codes of its grids.
struct Conflict {
  ConflictKind kind = ConflictKind::gap;
  std::int32_t layer = -1;  // index in City::layers; -1: none
  std::string admin_level;  // set when the conflict is in an administrative level's lines
  std::int32_t grid = -1;   // index in City::grids: of split duties and unmet targets; -1: none
  std::vector<std::string> before, after;
  double area_m2 = 0;
  double population = 0;
  ConflictFacts facts;
  std::vector<std::vector<std::vector<Point>>> ground;  // polygons, each: closed rings, shell first; may be empty
};

}  // namespace gridloom
