// SPDX-License-Identifier: Apache-2.0
#include "engine/density/study_area.h"

#include <limits>

#include "engine/density/pixel_faces.h"

namespace gridloom {

StudyArea whole_ground(const Arrangement& map) {
  StudyArea area{map, std::vector<bool>(map.face_count, true)};
  area.inside[kOutside] = false;
  return area;
}

double area_km2(const StudyArea& area) {
  const std::vector<Int128> doubled = doubled_areas(area.map);
  Int128 sum = 0;
  for (std::size_t face = 0; face < doubled.size(); ++face)
    if (area.inside[face]) sum += doubled[face];
  return square_metres(sum) / 1e6;
}

std::vector<LimitEdge> limit_of(const StudyArea& area) {
  std::vector<LimitEdge> limit;
  for (ArcId id = 0; id < area.map.arcs.size(); ++id) {
    const Arc& arc = area.map.arcs[id];
    const bool left = area.inside[arc.left];
    if (left == area.inside[arc.right]) continue;
    const auto points = area.map.points_of(id);
    for (std::size_t i = 1; i < points.size(); ++i)
      limit.push_back(left ? LimitEdge{points[i - 1], points[i]} : LimitEdge{points[i], points[i - 1]});
  }
  return limit;
}

void blank_outside(const StudyArea& area, const RasterGrid& grid, std::span<double> values) {
  for_pixel_faces(area.map, grid, [&](std::uint32_t row, std::span<const FaceId> faces) {
    for (std::size_t i = 0; i < faces.size(); ++i)
      if (!area.inside[faces[i]]) values[std::size_t{row} * grid.nx + i] = std::numeric_limits<double>::quiet_NaN();
  });
}

}  // namespace gridloom
