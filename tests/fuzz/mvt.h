// SPDX-License-Identifier: Apache-2.0
// A department's layer from bytes as vector tiles: as the specification has them, valid, and without a lost id.
#pragma once

#include <array>
#include <memory>
#include <set>
#include <stdexcept>

#include "fuzz/stack.h"
#include "support/geos.h"
#include "tiles/maps/map_table.h"
#include "tiles/vector/mvt.h"
#include "unit/tiles/vector/mvt_decoder.h"

namespace gridloom::fuzz {

inline City city_from(const Case& c) {
  const Subdivision s = build(Lattice{"EPSG:32650", 500'000, 4'000'000}, view_of(c), 1);
  City city;
  city.arrangement = s.arrangement;
  for (const Int128 area : doubled_areas(s.arrangement)) city.area_m2.push_back(square_metres(area));
  Layer& layer = city.layers.emplace_back();
  layer.id = "layer";
  layer.labels = s.labelings[0];
  for (std::size_t cell = 0; cell < c.stack[0].size(); ++cell) layer.cells.push_back({std::to_string(cell), "", {}});
  return city;
}

inline Palette plain_palette() {
  Palette palette;
  palette.hues.resize(12);
  return palette;
}

// Rings in tile coordinates, y to the south, as a polygon with its holes for GEOS.
inline bool is_valid(const std::vector<mvt::Ring>& rings) {
  std::vector<std::vector<Point>> closed;
  for (const mvt::Ring& ring : rings) {
    auto& points = closed.emplace_back();
    for (const mvt::TilePoint p : ring)
      points.push_back({static_cast<std::int32_t>(p.x), static_cast<std::int32_t>(p.y)});
    points.push_back(points.front());
  }
  return GEOSisValid(geos::polygon(closed).get()) == 1;
}

inline std::string check_feature(const mvt::Feature& feature) {
  if (feature.type != 3) return {};
  std::vector<mvt::Ring> polygon;
  for (const mvt::Ring& ring : feature.rings) {
    if (mvt::doubled_area(ring) > 0 && !polygon.empty() && !is_valid(std::exchange(polygon, {})))
      return "a polygon is not valid";
    polygon.push_back(ring);
  }
  return is_valid(polygon) ? "" : "the last polygon is not valid";
}

// The ids of a tile.
inline std::set<std::uint64_t> ids_in(const Atlas& atlas, TileId tile) {
  std::set<std::uint64_t> ids;
  const Theme& theme = atlas.theme({"department", "layer"});
  for (const mvt::Layer& layer : mvt::decode(encode_mvt(atlas, map_of("department"), theme, tile)))
    for (const mvt::Feature& feature : layer.features) {
      if (const std::string wrong = check_feature(feature); !wrong.empty()) throw std::runtime_error(wrong);
      if (!ids.insert(feature.id).second && feature.type == 1) throw std::runtime_error("an id is a point and more");
    }
  return ids;
}

inline std::set<std::uint64_t> ids_of(const Labeling& labels) {
  std::set<std::uint64_t> ids;
  for (const Label label : labels.of_face)
    if (label != kGap) ids.insert(static_cast<std::uint64_t>(label) + 1);
  for (const OverlapLabel& further : labels.overlaps) ids.insert(static_cast<std::uint64_t>(further.label) + 1);
  return ids;
}

inline std::string check_mvt(Bytes data) try {
  geos::start();
  Numbers from(data);
  const unsigned zoom = from.take<std::uint8_t>() % (TileId::kMaxZoom + 1);
  const auto step = from.take<std::uint8_t>();
  const Case c = case_from(from.rest());
  if (c.stack.empty()) return {};
  const auto city = std::make_shared<const City>(city_from(c));
  if (city->arrangement.arcs.empty()) return {};
  const Atlas atlas(city, {{map_of("department").style, plain_palette()}});
  if (ids_in(atlas, {}) != ids_of(city->layers[0].labels)) return "the world's tile has not all ids";
  const double tiles = std::exp2(zoom);
  const auto index = [&](double share) { return static_cast<std::uint32_t>(std::min(share * tiles, tiles - 1)); };
  const double across = step / 255.0;
  ids_in(atlas, {zoom, index((atlas.low().x + across * (atlas.high().x - atlas.low().x)) / kMercatorHalf / 2 + 0.5),
                 index(0.5 - (atlas.low().y + across * (atlas.high().y - atlas.low().y)) / kMercatorHalf / 2)});
  return {};
} catch (const std::runtime_error& error) {
  return error.what();
}

}  // namespace gridloom::fuzz
