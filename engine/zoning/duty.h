// SPDX-License-Identifier: Apache-2.0
// Whose duty is it here: from a point to its grid, its administrative chain and the unit responsible in each layer.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/arrangement/locate.h"
#include "engine/city/city.h"

namespace gridloom {

// One layer's answer for the grid. Cells are indices into City::layers[layer].cells.
struct LayerDuty {
  Label responsible = kGap;  // unit responsible for the grid; kGap: the grid is vacant in this layer
  double share = 0;          // of the grid's people (area where nobody lives) in that unit
  DutyStatus status = DutyStatus::vacant;
  Label fallback = kGap;    // where vacant: the unit of the lowest admin level that answers instead
  std::vector<Label> here;  // the layer's cells that the very atom lies in, leading one first; empty: a gap
  friend bool operator==(const LayerDuty&, const LayerDuty&) = default;
};

struct Duty {
  FaceId atom = kOutside;
  bool on_boundary = false;       // the point lies on a line between grids, or on the city's frame
  std::size_t grid = 0;           // index in City::grids
  std::vector<Label> admin;       // unit in each of City::admin, top first
  std::vector<LayerDuty> layers;  // parallel to City::layers
  friend bool operator==(const Duty&, const Duty&) = default;
};

// The duty at a lattice point of the city; empty outside the city. On a boundary the grid with the lowest code among
// those that touch the point answers, with its lowest atom there, and `on_boundary` says so; a line between two
// departments inside one grid is no boundary in this sense. `locator` must be the one of city.arrangement.
// O(location + layers + log overlaps).
std::optional<Duty> locate_duty(const City& city, const PointLocator& locator, Point at);

}  // namespace gridloom
