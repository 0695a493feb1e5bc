// SPDX-License-Identifier: Apache-2.0
#include "server/api/tile_address.h"

#include <algorithm>
#include <string>

#include "server/http/problem.h"

namespace gridloom {
namespace {

constexpr std::string_view kMercatorSet = "WebMercatorQuad", kGeographicSet = "WorldCRS84Quad";

[[noreturn]] void refuse(unsigned status, const std::string& en, const std::string& zh) {
  throw HttpError(status, {en, zh});
}

const MapDefinition& definition(const std::string& id) {
  if (const MapDefinition* map = find_map(id)) return *map;
  refuse(404, "There is no map '" + id + "'; see /api/city.", "没有地图“" + id + "”；见 /api/city。");
}

MapRequest map_request(const Parameters& parameters, const TileService& tiles) {
  const MapDefinition& known = definition(parameters.text("map"));
  MapRequest map{known.id, "", parameters.word("lang", Language::en)};
  if (!known.needs_layer) return map;
  map.layer = parameters.text("layer");
  if (map.layer.empty())
    refuse(400, "The map '" + known.id + "' needs 'layer', the id of a layer.",
           "地图“" + known.id + "”需要参数“layer”（图层代号）。");
  if (!tiles.valid(map))
    refuse(404, "There is no layer '" + map.layer + "'; see /api/city.", "没有图层“" + map.layer + "”；见 /api/city。");
  return map;
}

// The last part of the address: "12.png", "12@2x.png", "12.mvt".
struct FileName {
  std::uint64_t row = 0;
  unsigned scale = 1;
  TileFormat format = TileFormat::png;
};

FileName parse_file_name(const std::string& text) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  const auto format = value_of<TileFormat>(text.substr(std::min(dot + 1, text.size())));
  if (!format)
    refuse(400, "A tile's name ends in .png or .mvt, not as '" + text + "'.",
           "瓦片名以 .png 或 .mvt 结尾，而不是“" + text + "”。");
  const std::size_t at = std::min(text.find('@'), dot);
  if (at < dot && (text.substr(at, dot - at) != "@2x" || *format != TileFormat::png))
    refuse(400, "The only scale is @2x, of png tiles.", "只支持 png 瓦片的 @2x。");
  return {Parameters({{"y", text.substr(0, at)}}).whole("y"), at < dot ? 2u : 1u, *format};
}

struct Address {
  std::string set;
  std::uint64_t z = 0, x = 0;
  FileName file;
};

Address parse_address(const Parameters& parameters) {
  return {parameters.text("set"), parameters.whole("z"), parameters.whole("x"), parse_file_name(parameters.text("y"))};
}

// Pixels of a zoom in degrees are as large, at the equator, as those of the next one in EPSG:3857.
TileId checked(const TileService& tiles, const Address& a, WorldRaster raster) {
  const unsigned finer = raster == WorldRaster::geographic ? 1 : 0;
  const auto tile = TileId::checked(a.z, a.x, a.file.row, 1 + finer);
  if (!tile) refuse(404, "The tile lies outside the tile matrix.", "瓦片在瓦片矩阵之外。");
  if (a.z + finer < tiles.min_zoom() || a.z + finer > tiles.max_zoom()) {
    const std::string least = std::to_string(std::max(tiles.min_zoom(), finer) - finer),
                      most = std::to_string(tiles.max_zoom() - finer);
    refuse(404, "Tiles are served at zooms " + least + " to " + most + '.',
           "瓦片级别为 " + least + " 至 " + most + "。");
  }
  return *tile;
}

}  // namespace

TileKey parse_tile(const Parameters& parameters, const TileService& tiles) {
  const Address a = parse_address(parameters);
  if (a.set != kMercatorSet)
    refuse(404, "The only tile matrix set of this map is WebMercatorQuad.", "该地图的瓦片矩阵集只有 WebMercatorQuad。");
  return {.map = map_request(parameters, tiles),
          .tile = checked(tiles, a, WorldRaster::mercator),
          .format = a.file.format,
          .scale = a.file.scale};
}

TileKey parse_heat_tile(const Parameters& parameters, const TileService& tiles) {
  const Address a = parse_address(parameters);
  if (a.file.format != TileFormat::png) refuse(400, "Heat tiles are png.", "热力瓦片为 png。");
  if (a.set != kMercatorSet && a.set != kGeographicSet)
    refuse(404, "The tile matrix sets of heat are WebMercatorQuad and WorldCRS84Quad.",
           "热力的瓦片矩阵集为 WebMercatorQuad 与 WorldCRS84Quad。");
  const WorldRaster raster = a.set == kGeographicSet ? WorldRaster::geographic : WorldRaster::mercator;
  return {
      .map = {"heat", "", Language::en}, .tile = checked(tiles, a, raster), .scale = a.file.scale, .raster = raster};
}

double parse_heat_radius(const Parameters& parameters) { return parameters.number("radius", 500, 10, 10'000); }

TileSetAddress parse_tile_set(const Parameters& parameters, const TileService& tiles) {
  const TileFormat format = parameters.word("format", TileFormat::png);
  return {map_request(parameters, tiles), format};
}

}  // namespace gridloom
