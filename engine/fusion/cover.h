// SPDX-License-Identifier: Apache-2.0
// What the layers say of every face, and what is known of the layers: the input of align.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/arrangement/labeling.h"
#include "engine/city/delivery.h"

namespace gridloom {

// A layer's labels as one small number per face.
struct CoverTable {
  std::vector<CoverState> states;  // states[0] is the gap
  std::vector<std::uint32_t> of_face;
};

CoverTable cover_table(const Labeling&);

// Per cell: do other cells of the layer claim all of its ground?
std::vector<char> covered_cells(const CoverTable&, std::size_t cells);

struct SaidNesting {
  std::size_t parent = 0;
  NestingWord word = NestingWord::discover;
  std::vector<Label> parent_of;  // [cell]; kGap: unknown; empty: the cell that holds most of it
};

struct AlignLayer {
  int rank = 0;
  double accuracy_m = 0;
  bool locked = false;
  std::size_t cells = 0;
  std::vector<SaidNesting> nestings;
  std::vector<char> lawful_gap = {};  // [face] nobody's ground that stays so; empty: none (lawful_gaps.h)

  bool stays_empty(FaceId f) const { return !lawful_gap.empty() && lawful_gap[f] != 0; }
};

}  // namespace gridloom
