// SPDX-License-Identifier: Apache-2.0
#include "server/api/tile_address.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "server/http/problem.h"

namespace gridloom {
namespace {

constexpr std::string_view kMercatorSet = "WebMercatorQuad", kGeographicSet = "WorldCRS84Quad";

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

// A parameter that may stand once.
std::optional<std::string_view> single(const Target& target, std::string_view key) {
  if (target.count(key) > 1) throw HttpError(400, "The parameter " + in_quotes(key) + " is given more than once.");
  return target.value(key);
}

// Digits only, and nothing that a tile matrix could not hold.
std::uint64_t number(std::string_view text, std::string_view what) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    throw HttpError(400, std::string(what) + " must be a whole number, not " + in_quotes(text) + '.');
  return value;
}

TileFormat format(std::string_view text) {
  if (const auto format = value_of<TileFormat>(text)) return *format;
  throw HttpError(400, "A tile's format must be png or mvt, not " + in_quotes(text) + '.');
}

const MapDefinition& definition(std::string_view id) {
  if (const MapDefinition* map = find_map(id)) return *map;
  throw HttpError(404, "There is no map " + in_quotes(id) + "; see /api/city.");
}

MapRequest map_request(const Target& target, const TileService& tiles, std::string_view id) {
  const MapDefinition& known = definition(id);
  MapRequest map{known.id, "", parse_language(target)};
  if (!known.needs_layer) return map;
  map.layer = single(target, "layer").value_or("");
  if (map.layer.empty()) throw HttpError(400, "The map " + in_quotes(id) + " needs ?layer= with the id of a layer.");
  if (!tiles.valid(map)) throw HttpError(404, "There is no layer " + in_quotes(map.layer) + "; see /api/city.");
  return map;
}

struct FileName {
  std::string_view row;
  unsigned scale = 1;
  TileFormat format = TileFormat::png;
};

// "12.png", "12@2x.png", "12.mvt"
FileName parse_file_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos) throw HttpError(400, "A tile's name ends in .png or .mvt.");
  FileName name{text.substr(0, dot), 1, format(text.substr(dot + 1))};
  const std::size_t at = name.row.find('@');
  if (at == name.row.npos) return name;
  if (name.row.substr(at) != "@2x" || name.format != TileFormat::png)
    throw HttpError(400, "The only scale is @2x, of png tiles.");
  return {name.row.substr(0, at), 2, name.format};
}

// /tiles/{map}/{matrix set}/{z}/{x}/{file}, read but not yet held against a city.
struct Address {
  std::string_view map;
  std::string_view set;
  std::uint64_t z, x, y;
  FileName file;
};

Address parse_address(const Target& target) {
  const auto parts = segments(target.path);  // tiles, map, matrix set, z, x, file
  if (parts.size() != 6) throw HttpError(404, "A tile is /tiles/{map}/WebMercatorQuad/{z}/{x}/{y}.{png|mvt}.");
  const FileName file = parse_file_name(parts[5]);
  const std::uint64_t z = number(parts[3], "The zoom"), x = number(parts[4], "The tile's column"),
                      y = number(file.row, "The tile's row");
  return {parts[1], parts[2], z, x, y, file};
}

// Pixels of a zoom in degrees are as large, at the equator, as those of the next one in EPSG:3857.
TileId checked(const TileService& tiles, const Address& a, WorldRaster raster) {
  const unsigned finer = raster == WorldRaster::geographic ? 1 : 0;
  const auto tile = TileId::checked(a.z, a.x, a.y, 1 + finer);
  if (!tile) throw HttpError(404, "The tile lies outside the tile matrix.");
  if (a.z + finer < tiles.min_zoom() || a.z + finer > tiles.max_zoom())
    throw HttpError(404, "Tiles are served at zooms " + std::to_string(std::max(tiles.min_zoom(), finer) - finer) +
                             " to " + std::to_string(tiles.max_zoom() - finer) + '.');
  return *tile;
}

}  // namespace

TileKey parse_tile(const Target& target, const TileService& tiles) {
  const Address a = parse_address(target);
  if (a.set != kMercatorSet) throw HttpError(404, "The only tile matrix set of this map is WebMercatorQuad.");
  return {.map = map_request(target, tiles, a.map),
          .tile = checked(tiles, a, WorldRaster::mercator),
          .format = a.file.format,
          .scale = a.file.scale};
}

TileKey parse_heat_tile(const Target& target, const TileService& tiles) {
  const Address a = parse_address(target);
  if (a.file.format != TileFormat::png) throw HttpError(400, "Heat tiles are png.");
  if (a.set != kMercatorSet && a.set != kGeographicSet)
    throw HttpError(404, "The tile matrix sets of heat are WebMercatorQuad and WorldCRS84Quad.");
  const WorldRaster raster = a.set == kGeographicSet ? WorldRaster::geographic : WorldRaster::mercator;
  return {
      .map = {"heat", "", Language::en}, .tile = checked(tiles, a, raster), .scale = a.file.scale, .raster = raster};
}

double parse_heat_radius(const Target& target) {
  constexpr double kUsual = 500, kLeast = 10, kMost = 10'000;
  const std::string_view text = single(target, "radius").value_or("");
  double value = kUsual;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) value = 0;
  if (!(value >= kLeast && value <= kMost))
    throw HttpError(400, "The parameter \"radius\" must be metres on the ground from 10 to 10000.");
  return value;
}

TileSetAddress parse_tile_set(const Target& target, const TileService& tiles) {
  const auto parts = segments(target.path);  // tiles, map.json
  std::string_view name = parts.back();
  name.remove_suffix(std::string_view(".json").size());
  const TileFormat wanted = format(single(target, "format").value_or("png"));
  return {map_request(target, tiles, name), wanted};
}

Language parse_language(const Target& target) {
  const std::string_view lang = single(target, "lang").value_or("en");
  if (const auto language = value_of<Language>(lang)) return *language;
  throw HttpError(400, "The parameter \"lang\" must be en or zh, not " + in_quotes(lang) + '.');
}
}  // namespace gridloom
