// SPDX-License-Identifier: Apache-2.0
// Rendered tiles and legends of one city snapshot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/city/city.h"
#include "tiles/maps/legend.h"
#include "tiles/maps/map_request.h"
#include "tiles/maps/map_table.h"
#include "tiles/pyramid/tile_id.h"

namespace gridloom {

struct GeographicBounds {
  double west = 0, south = 0, east = 0, north = 0;
};

// Safe to use from any number of threads; what it shows changes with the incidents alone. Everything is prepared in the
// constructor: rings as arc references, arcs projected to EPSG:3857 and simplified per zoom once, so that neighbours
// never part.
class TileService {
 public:
  TileService(std::shared_ptr<const City>, const std::filesystem::path& styles);
  ~TileService();

  const City& city() const;
  bool valid(const MapRequest&) const;  // known map, and a known layer where one is needed
  GeographicBounds bounds() const;      // WGS 84; west > east of a city at the antimeridian, as in RFC 7946, 5.2
  unsigned min_zoom() const;
  unsigned max_zoom() const;

  // Whether the map's background is dark.
  bool dark(const MapDefinition&) const;

  // `scale` 1 or 2 (256 or 512 px). A blank tile outside the city. Throws on internal failure only.
  std::string png(const MapRequest&, TileId, unsigned scale, const GridIncidents& = {}) const;
  // Mapbox Vector Tile 2.1, uncompressed; empty outside the city.
  std::string mvt(const MapRequest&, TileId, const GridIncidents& = {}) const;
  std::vector<LegendEntry> legend(const MapRequest&, const GridIncidents& = {}) const;

 private:
  struct Prepared;
  std::unique_ptr<const Prepared> prepared_;
};

}  // namespace gridloom
