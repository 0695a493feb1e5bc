// SPDX-License-Identifier: Apache-2.0
// Values of a raster by zone: grids, communities, cells of any layer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom {

struct ZoneValue {
  double mean = 0;      // of the pixels with their centre in the zone; NaN where there is none
  double largest = 0;   // NaN where there is none
  double integral = 0;  // values times km²: of events per km², events
  std::uint64_t pixels = 0;
};

// By label (index: label, 0 .. zones - 1). `label_of_face` has a label for each face of the map, or a negative one for
// none. Pixels that are NaN, or whose centre lies outside every zone, count nowhere; a centre on a boundary belongs to
// the face east of it. A zone smaller than a pixel may have no centre in it: choose cells well below the zones' size.
// O(pixels + arcs' vertices + crossings of rows). Throws std::invalid_argument where sizes differ.
std::vector<ZoneValue> zone_values(std::span<const double> values, const RasterGrid&, const Arrangement&,
                                   std::span<const std::int32_t> label_of_face, std::size_t zones);

}  // namespace gridloom
