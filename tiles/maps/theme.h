// SPDX-License-Identifier: Apache-2.0
// What a map shows: which labeling, in which colours, with which attributes, names and legend. Knows neither pixels nor
// files.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/city/city.h"
#include "tiles/maps/legend.h"
#include "tiles/maps/tile_layer.h"

namespace gridloom {

using Property = std::variant<std::string, double, std::int64_t>;

struct Theme {
  TileLayer drawn;                   // a partition: the fills
  std::vector<Label> label_of_face;  // of the city, for `drawn`
  TileLayer served;                  // the polygons of vector tiles
  std::vector<std::string> colour;   // per label of both
  std::vector<Label> zone;           // per label: strong lines separate different zones; empty: none
  double item_spacing_m = 0;         // mean distance of the drawn items (root of the mean area), on the ground, and ...
  double own_spacing_m = 0;          // ... of what the map is about: zones where there are zones, else the items
  std::vector<std::pair<std::string, TileLayer>> overlays;  // more to draw, by the name of the style's layer
  TileLayer named;                                          // where names stand, and ...
  std::vector<Text> names;                                  // ... the name per label there (empty: none)
  std::vector<Text> short_names;                            // in its stead where the name does not fit; empty: none
  bool lowest_names = true;                                 // units of the lowest admin level are named as well
  std::vector<std::vector<Property>> properties;            // per label, parallel to the map's fields
  std::vector<LegendEntry> legend;
};

// Fills in what follows from `drawn` and `zone`: label_of_face and the spacings. O(faces log faces).
void complete(Theme&, const City&);

}  // namespace gridloom
