// SPDX-License-Identifier: Apache-2.0
// The labelings of a city that tiles draw.
#pragma once

#include <compare>
#include <cstddef>

#include "engine/city/city.h"

namespace gridloom {

enum class TileLayerKind {
  grids,        // the unified grids
  cells,        // leading cells of layer `index`: a partition
  whole_cells,  // cells of layer `index` as a whole, overlaps included
  gaps,         // label 0: what layer `index` leaves out
  overlaps,     // label 0: what several cells of layer `index` claim
  duties,       // units of layer `index`: the grids each answers for
  splits,       // label 0: grids whose duty in layer `index` is shared
  admin,        // units of admin level `index`
};
struct TileLayer {
  TileLayerKind kind = TileLayerKind::grids;
  std::size_t index = 0;
  friend auto operator<=>(const TileLayer&, const TileLayer&) = default;
};

// O(faces).
Labeling labeling_of(const City&, TileLayer);
std::size_t label_count(const City&, TileLayer);

}  // namespace gridloom
