// SPDX-License-Identifier: Apache-2.0
// The cells that a city is counted in, by their names: grids, a layer's cells, a level's units, squares, hexagons.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/text.h"
#include "engine/city/city.h"
#include "engine/events/event_filter.h"
#include "engine/statistics/regular_cells.h"

namespace gridloom {

// Of one labeling. Index of `id` and `name`: cell.
struct CellLabels {
  std::vector<std::string> id;
  std::vector<Text> name;
  std::vector<Label> of_face;
};

// `kind`: "grid" or "grids", a layer's or a level's id; empty for another.
std::optional<CellLabels> cell_labels(const City&, std::string_view kind);

// What `cell_labels` and `cell_net` know of a city: grid, layers, levels, square, hexagon.
std::vector<std::string> cell_kinds(const City&);

struct CellNet {
  std::string kind;
  std::vector<std::string> id;  // index: cell
  std::vector<Label> of_face;   // empty where regular
  std::optional<RegularCells> regular;

  std::size_t size() const { return id.size(); }
  Label at(Point, FaceId) const;  // kGap: on none
};

// Made where it is needed: regular cells look which of them lie in the city.
using LocatorOf = std::function<const PointLocator&()>;

// `size_m`: of squares and hexagons. Throws DataError for a kind there is none of, and as regular_cells.
CellNet cell_net(const City&, const LocatorOf&, const std::string& kind, double size_m, unsigned threads);

// Those that a filter by area can have events of, ascending; all without one. Of a labeling: by the faces; by a box
// those whose centroid lies in it. Of regular cells: by their centres.
std::vector<Label> cells_within(const CellNet&, const City&, const LocatorOf&, const EventFilter&);

}  // namespace gridloom
