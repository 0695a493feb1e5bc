// SPDX-License-Identifier: Apache-2.0
// What is asked of the maps.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/text.h"

namespace gridloom {

// Which map: "grids" (the unified grid), "department" (one layer as aligned), "zones" (the unified grid coloured by the
// unit responsible in one layer), "incidents" (incidents per km² of each grid). `layer` is needed by department and
// zones only.
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
