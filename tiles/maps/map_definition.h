// SPDX-License-Identifier: Apache-2.0
// What a map is: all that the rest of the program must know of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/city/city.h"
#include "tiles/maps/palette.h"
#include "tiles/maps/theme.h"

namespace gridloom {

struct PropertyField {
  std::string name;
  std::string type;  // "String" or "Number"
};

// What a theme is made from.
struct MapSubject {
  const City& city;
  std::span<const std::uint64_t> incidents;  // per grid; empty: none anywhere
  std::size_t layer;                         // where the map needs one
  const Palette& palette;
};

struct MapDefinition {
  std::string id;  // in addresses
  Text title;
  Text description;
  std::string icon;                     // an SVG path, to be drawn as lines on a square of 24 units
  std::string style;                    // <styles>/<style>.xml; several maps may share one
  bool needs_layer = false;             // it is about one layer of a department
  bool raster_tells_incidents = false;  // colours or legend change with the incidents
  bool vector_tells_incidents = false;  // attributes do
  std::string vector_layer;             // name in vector tiles
  std::vector<PropertyField> fields;    // of the features there
  Theme (*theme)(const MapSubject&);    // without what `complete` fills in; O(city)
};

}  // namespace gridloom
