// SPDX-License-Identifier: Apache-2.0
// Raster tiles by Mapnik, straight from the atlas.
//
// Style sheets (styles/<style>.xml) name their layers after what the atlas can give; no other data source is used:
//   fill    the theme's partition as polygons: [colour]
//   gap     ground without a cell, hatch: shared duty or overlapping cells: polygons
//   line    boundaries, each once, at the highest level it separates, lowest first: [kind] is item, zone, admin or
//           frame, [rank] the admin level's index (1: the first below the city), [lowest] whether that is the lowest
//           [item_room] and [own_room]: how far apart, in pixels, the map's items and what it is about lie on average
//   label   points with a name: [name], [size] in pixels, [kind] is upper, admin or item. Already placed: no style may
//           move them or let Mapnik decide
// Every feature has [zoom], that of the tile.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tiles/drawing/atlas.h"
#include "tiles/maps/map_request.h"
#include "tiles/maps/palette.h"
#include "tiles/pyramid/tile_id.h"

namespace gridloom {

class Painter {
 public:
  // Loads the style sheets of all maps and the fonts they name. Throws DataError naming the file (and line) of a style
  // that does not parse, an unknown layer, a missing parameter, or a font that is not installed.
  explicit Painter(const std::filesystem::path& styles);
  ~Painter();

  const std::map<std::string, Palette>& palettes() const;  // by style
  // `theme` is the atlas's for the request. Safe from any number of threads: each drawing takes a map of its own from a
  // pool.
  std::string png(const Atlas&, const MapRequest&, const Theme&, TileId, unsigned scale) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridloom
