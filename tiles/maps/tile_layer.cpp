// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/tile_layer.h"

#include <stdexcept>

namespace gridloom {
namespace {

template <class Say>
std::vector<Label> by_face(const City& city, Say&& say) {
  std::vector<Label> out(city.arrangement.face_count, kGap);
  for (FaceId f = 1; f < out.size(); ++f) out[f] = say(f);
  return out;
}

const Responsibility& duty(const City& city, Label grid, std::size_t layer) {
  return city.responsibility(static_cast<std::size_t>(grid), layer);
}

}  // namespace

Labeling labeling_of(const City& city, TileLayer key) {
  const auto labels = [&]() -> const Labeling& { return city.layers[key.index].labels; };
  const auto only_if = [&](auto&& holds) {
    return Labeling{by_face(city, [&](FaceId f) { return holds(f) ? 0 : kGap; }), {}};
  };
  switch (key.kind) {
    case TileLayerKind::grids:
      return {city.grid_of_face, {}};
    case TileLayerKind::cells:
      return {labels().of_face, {}};
    case TileLayerKind::whole_cells:
      return labels();
    case TileLayerKind::gaps:
      return only_if([&](FaceId f) { return labels().of_face[f] == kGap; });
    case TileLayerKind::overlaps:
      return only_if([&](FaceId f) { return !labels().further(f).empty(); });
    case TileLayerKind::duties:
      return {by_face(city, [&](FaceId f) { return duty(city, city.grid_of_face[f], key.index).cell; }), {}};
    case TileLayerKind::splits:
      return only_if([&](FaceId f) { return duty(city, city.grid_of_face[f], key.index).status == DutyStatus::split; });
    case TileLayerKind::admin:
      return {city.admin[key.index].of_face, {}};
  }
  throw std::logic_error("unknown kind of tile layer");
}

std::size_t label_count(const City& city, TileLayer key) {
  switch (key.kind) {
    case TileLayerKind::grids:
      return city.grids.size();
    case TileLayerKind::cells:
    case TileLayerKind::whole_cells:
    case TileLayerKind::duties:
      return city.layers[key.index].cells.size();
    case TileLayerKind::gaps:
    case TileLayerKind::overlaps:
    case TileLayerKind::splits:
      return 1;
    case TileLayerKind::admin:
      return city.admin[key.index].units.size();
  }
  throw std::logic_error("unknown kind of tile layer");
}

}  // namespace gridloom
