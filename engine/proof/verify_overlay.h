// SPDX-License-Identifier: Apache-2.0
// What was delivered, laid over the atoms and the listed conflicts: what verify counts alignment again from. Private to
// verify_city.
#pragma once

#include <vector>

#include "engine/arrangement/build.h"
#include "engine/city/city.h"

namespace gridloom {

// Lines that are meant to be the same may lie this far apart in the overlay and in the subdivision that the city was
// made from: both round to the lattice, the city's lines twice, by at most 0.71 mm each time.
inline constexpr double kRounding_m = 0.002;

// Areas of City::drawn that are accounted for together.
struct DrawnInOverlay {
  std::vector<std::size_t> areas;  // indices in City::drawn
  Labeling delivered;              // face -> place in `areas`
  Labeling listed;                 // rows of City::conflicts that tell of their ground
};

struct DeliveredOverlay {
  Arrangement arrangement;
  std::vector<Labeling> delivered;           // [layer]: its cells as delivered; empty for a layer that was moved
  std::vector<Labeling> listed;              // [layer]: rows of City::conflicts as labels, likewise
  std::vector<DrawnInOverlay> drawn;         // City::drawn: grids, then the areas of allowed gaps
  std::vector<FaceId> atom_of_face;          // kOutside: beyond the frame
  std::vector<double> area_m2, perimeter_m;  // per face

  // Wider than rounding can make a face. Every point of ground that rounding alone gave to another lies within
  // kRounding_m of its face's rim, and no face is larger than its inner radius times its rim.
  bool is_ground(FaceId f) const { return area_m2[f] > kRounding_m * perimeter_m[f]; }
};

// O(n log n) in the segments of what was delivered, the conflicts and the atoms.
DeliveredOverlay delivered_overlay(const City&, unsigned threads);

// Conflicts that tell of delivered ground of a layer, or of what was drawn beside them.
bool tells_of_ground(const Conflict&);

}  // namespace gridloom
