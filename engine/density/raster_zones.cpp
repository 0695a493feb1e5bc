// SPDX-License-Identifier: Apache-2.0
#include "engine/density/raster_zones.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/density/pixel_faces.h"

namespace gridloom {

std::vector<ZoneValue> zone_values(std::span<const double> values, const RasterGrid& grid, const Arrangement& map,
                                   std::span<const std::int32_t> label_of_face, std::size_t zones) {
  if (values.size() != grid.size() || label_of_face.size() != map.face_count)
    throw std::invalid_argument("there must be one value for each pixel and one label for each face");
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  const double pixel_km2 = static_cast<double>(grid.cell_mm) * static_cast<double>(grid.cell_mm) * 1e-12;
  std::vector<ZoneValue> out(zones, {kNothing, kNothing, 0, 0});
  for_pixel_faces(map, grid, [&](std::uint32_t row, std::span<const FaceId> faces) {
    for (std::size_t i = 0; i < faces.size(); ++i) {
      const double value = values[std::size_t{row} * grid.nx + i];
      const std::int32_t label = label_of_face[faces[i]];
      if (label < 0 || std::isnan(value)) continue;
      ZoneValue& zone = out.at(static_cast<std::size_t>(label));
      zone.largest = zone.pixels == 0 ? value : std::max(zone.largest, value);
      zone.integral += value * pixel_km2;
      ++zone.pixels;
    }
  });
  for (ZoneValue& zone : out)
    if (zone.pixels > 0) zone.mean = zone.integral / pixel_km2 / static_cast<double>(zone.pixels);
  return out;
}

}  // namespace gridloom
