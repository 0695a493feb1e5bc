// SPDX-License-Identifier: Apache-2.0
// What is asked of the maps.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/text.h"

namespace gridloom {

// Which map, by its id; `layer` is the id of a layer where the map needs one, else empty.
struct MapRequest {
  std::string map;
  std::string layer;
  Language language = Language::en;
  friend auto operator<=>(const MapRequest&, const MapRequest&) = default;
};

// Incidents per grid as of a moment; those of another moment have another epoch.
struct GridIncidents {
  std::uint64_t epoch = 0;
  std::vector<std::uint64_t> of_grid;  // empty: none anywhere
  bool published = false;              // those that everybody may see: epochs of their own
};

}  // namespace gridloom
