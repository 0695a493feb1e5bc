// SPDX-License-Identifier: Apache-2.0
// Nestings: which department's cells lie in which other department's, although their drawn lines contradict it.
#pragma once

#include <span>
#include <vector>

#include "engine/fusion/cover.h"
#include "engine/fusion/frame.h"

namespace gridloom {

// A declared parent that the overlaps speak against: another cell of its layer holds at least 0.6 of the child's
// ground.
struct DoubtfulParent {
  Label cell = kGap;  // of the child layer
  Label said = kGap;
  Label most = kGap;  // the parent cell that holds most of it
  double said_share = 0, most_share = 0;
  double ground_m2 = 0;  // of the cell, where the parent layer has a cell
};

// The evidence that layer `child` nests in layer `parent`. Ground counts where the frame has it and one cell of each
// layer covers it. Shares are of area.
struct Nesting {
  std::size_t child = 0;
  std::size_t parent = 0;
  std::vector<Label> parent_of;   // [child cell] its parent cell; kGap: unknown
  double contradiction = 0;       // share of the common ground outside its cell's parent
  double doubtful_cells = 0;      // share of child cells of which the parent holds less than 0.6
  std::size_t border_cells = 0;   // child cells that touch a line between two parent cells
  std::size_t crossed_cells = 0;  // those of them of which the parent holds less than 0.8
  double confidence = 0;          // 0 .. 1, from the overlaps alone
  NestingWord word = NestingWord::discover;
  std::vector<DoubtfulParent> doubtful = {};  // by cell; of what was declared

  bool enforced() const;
  // Do single cells of both layers contradict it?
  bool contradicted(const CoverState& child_state, const CoverState& parent_state) const;
};

// Every pair that the overlaps or the catalogue call a nesting, strongest first: declared, confirmed, discovered; among
// equals by confidence. A line that has nothing to do with a cell crosses it anywhere: of the cells along an unrelated
// parent's borders a fifth to nine tenths are crossed deeply (0.8), however small they are. Of a nested layer's, only
// those whose line was badly drawn. Confidence = 1 - u / 0.2, u the upper end of the 95 % Wilson interval of that share
// (Wilson 1927), so that few cells never prove much; 0 where more than 1 % of all child cells are doubtful or more than
// 6 % of the ground contradicts. O(layers² · faces).
std::vector<Nesting> find_nestings(const Arrangement&, const Frame&, std::span<const CoverTable>,
                                   std::span<const AlignLayer>);

// Per layer the state of each face once the enforced nestings hold: ground outside its cell's parent goes to the
// neighbouring child cell of the right parent (longest shared border first, growing inwards), and ground that a child
// layer leaves empty although its parent is known is filled in the same way. Ground that several child cells claim is
// that one's which alone fits. The layer of lesser accuracy makes way, of equal ones the lower-ranked; locked layers
// never. No cell loses more than half of its ground. What no cell beside it fits goes to the nearest cell of the right
// parent; where that cannot be, and the nesting is declared, the parent follows the cell. Adds the states it needs to
// `covers`. O(layers · faces log faces).
std::vector<std::vector<std::uint32_t>> enforce_nestings(const Arrangement&, const Frame&, std::span<CoverTable> covers,
                                                         std::span<const AlignLayer>, std::span<const Nesting>);

}  // namespace gridloom
