// SPDX-License-Identifier: Apache-2.0
// All maps, each in a file of its own: who needs to know something of a map asks its definition here.
#pragma once

#include <string_view>
#include <vector>

#include "tiles/maps/map_definition.h"

namespace gridloom {

// In the order in which they are offered. A new map is a new file and its two lines in map_table.cpp.
const std::vector<MapDefinition>& all_maps();

// nullptr: there is no such map.
const MapDefinition* find_map(std::string_view id);

// Throws std::invalid_argument where there is none.
const MapDefinition& map_of(std::string_view id);

// The finished theme of a map. O(city).
Theme make_theme(const MapDefinition&, const MapSubject&);

}  // namespace gridloom
