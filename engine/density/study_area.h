// SPDX-License-Identifier: Apache-2.0
// Where events were counted. Beyond it a density is not zero but unknown: it is blanked there, and corrected at the
// limit.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/density/edge_correction.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom {

// Some faces of an arrangement, which must outlive it.
struct StudyArea {
  const Arrangement& map;
  std::vector<bool> inside;  // by FaceId; false for kOutside
};

// All bounded faces: of a city, the city.
StudyArea whole_ground(const Arrangement&);

double area_km2(const StudyArea&);

// Its outer boundaries and those of its holes. O(arcs' vertices).
std::vector<LimitEdge> limit_of(const StudyArea&);

// NaN at every pixel with its centre outside; a centre on the limit is where pixel_faces.h says.
void blank_outside(const StudyArea&, const RasterGrid&, std::span<double> values);

}  // namespace gridloom
