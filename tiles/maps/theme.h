// SPDX-License-Identifier: Apache-2.0
// What a map shows: which labeling, in which colours, with which attributes, names and legend. Knows neither pixels nor
// files.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/city/city.h"
#include "tiles/maps/legend.h"
#include "tiles/maps/palette.h"

namespace gridloom {

// A labeling of the city that can be drawn.
enum class GroundKind {
  grids,        // the unified grids
  cells,        // leading cells of layer `index`: a partition
  whole_cells,  // cells of layer `index` with all their ground, overlaps included
  gaps,         // label 0: ground that layer `index` leaves out
  overlaps,     // label 0: ground that several cells of layer `index` claim
  duties,       // units of layer `index`: the ground of the grids each answers for
  splits,       // label 0: grids whose duty in layer `index` is shared
  admin,        // units of admin level `index`
};
struct GroundKey {
  GroundKind kind = GroundKind::grids;
  std::size_t index = 0;
  friend auto operator<=>(const GroundKey&, const GroundKey&) = default;
};

Labeling labeling_of(const City&, GroundKey);
std::size_t label_count(const City&, GroundKey);

using Property = std::variant<std::string, double, std::int64_t>;
struct PropertyField {
  std::string name;
  std::string type;  // "String" or "Number"
};

struct Theme {
  GroundKey drawn;                   // a partition: the fills
  std::vector<Label> label_of_face;  // of the city, for `drawn`
  GroundKey served;                  // the polygons of vector tiles
  std::vector<std::string> colour;   // per label of both
  std::vector<Label> zone;           // per label: strong lines separate different zones; empty: none
  double item_spacing_m = 0;         // mean distance of the drawn items (root of the mean area), on the ground, and ...
  double own_spacing_m = 0;          // ... of what the map is about: zones where there are zones, else the items
  std::vector<std::pair<std::string, GroundKey>> overlays;  // more to draw: style layer name and its ground
  GroundKey named;                                          // where names stand, and ...
  std::vector<Text> names;                                  // ... the name per label there (empty: none)
  std::vector<Text> short_names;                            // in its stead where the name does not fit; empty: none
  bool lowest_names = true;                                 // units of the lowest admin level are named as well
  std::string vector_layer;
  std::vector<PropertyField> fields;
  std::vector<std::vector<Property>> properties;  // per label, parallel to fields
  std::vector<LegendEntry> legend;
};

bool needs_layer(const std::string& map);

// Whether colours, attributes or legend tell incidents: "grids" (attributes alone) and "incidents".
bool tells_incidents(const std::string& map);

// The four maps, by id: "grids", "department", "zones", "incidents". `layer` is used where the map needs one;
// `incidents` are per grid, none where empty. O(city).
Theme make_theme(const City&, std::span<const std::uint64_t> incidents, const std::string& map, std::size_t layer,
                 const Palette&);

}  // namespace gridloom
