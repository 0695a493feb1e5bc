// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/map_table.h"

#include <algorithm>
#include <stdexcept>

namespace gridloom {

MapDefinition grids_map();
MapDefinition zones_map();
MapDefinition department_map();
MapDefinition incidents_map();

const std::vector<MapDefinition>& all_maps() {
  static const std::vector<MapDefinition> maps{
      grids_map(),
      zones_map(),
      department_map(),
      incidents_map(),
  };
  return maps;
}

const MapDefinition* find_map(std::string_view id) {
  const auto& maps = all_maps();
  const auto at = std::find_if(maps.begin(), maps.end(), [&](const MapDefinition& m) { return m.id == id; });
  return at == maps.end() ? nullptr : &*at;
}

const MapDefinition& map_of(std::string_view id) {
  if (const MapDefinition* map = find_map(id)) return *map;
  throw std::invalid_argument("there is no map '" + std::string(id) + "'");
}

Theme make_theme(const MapDefinition& map, const MapSubject& subject) {
  Theme theme = map.theme(subject);
  complete(theme, subject.city);
  return theme;
}

}  // namespace gridloom
