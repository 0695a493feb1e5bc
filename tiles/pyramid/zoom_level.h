// SPDX-License-Identifier: Apache-2.0
// The city as it looks at one zoom: an arrangement of its own, whose faces remember the faces of the city.
//
// The arcs of the city are simplified once, rounded to the integer grid that the tiles of this zoom share (4096 units
// to a tile, the same units in every tile), and snap rounded there. So every labeling follows, neighbours share their
// edges vertex by vertex within and across tiles, and every polygon is valid as it stands.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"
#include "tiles/pyramid/mercator.h"
#include "tiles/pyramid/tile_id.h"

namespace gridloom {

inline constexpr std::int64_t kTileExtent = 4096;  // units to a tile
inline constexpr int kTilePixels = 256;
// The finest level that is made: a unit is 3.7 cm at the equator. Finer tiles enlarge it.
inline constexpr unsigned kFinestLevel = 18;
// How far, in pixels of its zoom, a line may be from the truth.
inline constexpr double kSimplifyPixels = 0.3;

// The arcs of a city in EPSG:3857 with the significance of every point: all levels are made from it.
struct CityLines {
  const Arrangement* arrangement = nullptr;  // borrowed
  std::vector<Mercator> points;              // parallel to arrangement->points
  std::vector<float> significance;           // parallel, in metres (simplify.h)
};

// Projects every arc point once. The arrangement must outlive the result.
CityLines project(const Arrangement&);

// Integer world coordinates of a zoom: x from the antimeridian to the east, y from the south edge to the north.
struct WorldPoint {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

struct ZoomLevel {
  unsigned zoom = 0;
  WorldPoint origin;              // world coordinates of the point (0, 0) of `map`
  Arrangement map;                // in units; its lattice is meaningless
  std::vector<FaceId> city_face;  // face of `map` -> face of the city; kOutside in the holes of the frame

  Mercator mercator(Point p) const;
  double metres_per_unit() const { return 2 * kMercatorHalf / (static_cast<double>(kTileExtent << zoom)); }
};

// Faces of the city that collapse at this zoom have no face in the level. Where simplified lines cross, the ground goes
// to the face that winds around it. Deterministic. O(n log n) in the points that are left.
ZoomLevel make_level(const CityLines&, unsigned zoom);

// A labeling of the city's faces as a labeling of the level's.
std::vector<Label> labels_at(const ZoomLevel&, std::span<const Label> of_city_face);
Labeling labels_at(const ZoomLevel&, const Labeling& of_city);

}  // namespace gridloom
