// SPDX-License-Identifier: Apache-2.0
// Group-bys over two labelings: what part of which cell lies in which grid, and who answers for a grid.
#pragma once

#include <vector>

#include "engine/city/city.h"

namespace gridloom {

// A grid is `sole` in a layer when its majority cell has at least this share of its people (area where nobody lives).
inline constexpr double kSoleShare = 0.95;
// From which share on a part counts: less of a cell in a grid, or of a grid in a cell, is the lines' width.
inline constexpr double kCountedShare = 0.05;

// Sorted by layer, cell, grid. O(atoms x layers).
std::vector<CrosswalkRow> crosswalk(const City&);

// Grid-major, one row per grid and layer; ties go to the lower cell. Needs City::crosswalk.
std::vector<Responsibility> responsibilities(const City&);

// Sorted by layer and cell; cells without a grid of their own are listed with none. Needs responsibilities and located
// events.
std::vector<Zone> zones(const City&);

}  // namespace gridloom
