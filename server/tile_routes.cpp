// SPDX-License-Identifier: Apache-2.0
#include "server/tile_routes.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>

#include "server/json_text.h"
#include "server/problem.h"
#include "server/tile_address.h"

namespace gridloom {
namespace {

// Always asked again, and answered 304 while nothing changed: no tile outlives an edit.
constexpr const char* kRevalidate = "public, no-cache";

bool tells_incidents(const MapRequest& map, TileFormat format) {
  return format == TileFormat::mvt ? TileService::vector_tells_incidents(map)
                                   : TileService::raster_tells_incidents(map);
}

TileKey key_of(const Target& target, const Service& service, const EventState& state) {
  TileKey key = parse_tile(target, service.tiles);
  key.epoch = tells_incidents(key.map, key.format) ? state.epoch() : service.epoch;
  return key;
}

SharedContent make_tile(const Service& service, const EventState& state, const TileKey& key) {
  const auto start = Metrics::Clock::now();
  const bool vector = key.format == TileFormat::mvt;
  std::string bytes = vector ? service.tiles.mvt(key.map, key.tile, state.grids)
                             : service.tiles.png(key.map, key.tile, key.scale, state.grids);
  SharedContent content = make_content(std::move(bytes), vector ? Packing::for_all : Packing::never);
  service.metrics->render(key.format, Metrics::Clock::now() - start);
  return content;
}

Response tile_response(const Request& request, const TileKey& key, const SharedContent& content) {
  const bool vector = key.format == TileFormat::mvt;
  return respond(request, content, vector ? "application/vnd.mapbox-vector-tile" : "image/png", kRevalidate);
}

// What a client may name as host and be answered with; anything else makes URLs without a host.
bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

std::string origin_of(const Request& request) {
  if (!is_host(request.host)) return "";
  return (request.forwarded_proto == "https" ? "https://" : "http://") + request.host;
}

std::string tile_template(const Request& request, const TileSetAddress& set) {
  std::string url = origin_of(request) + "/tiles/" + set.map.map + "/WebMercatorQuad/{z}/{x}/{y}." +
                    std::string(name_of(set.format)) + "?lang=" + std::string(name_of(set.map.language));
  if (!set.map.layer.empty()) url += "&layer=" + encode(set.map.layer);
  return url;
}

Json vector_layers(const TileService& tiles, const MapRequest& map) {
  Json fields = Json::object();
  for (const auto& [name, type] : tiles.vector_fields(map)) fields[name] = type;
  return Json::array({{{"id", tiles.vector_layer(map)},
                       {"fields", std::move(fields)},
                       {"minzoom", tiles.min_zoom()},
                       {"maxzoom", tiles.max_zoom()}}});
}

Json legend(const TileService& tiles, const MapRequest& map, const GridIncidents& incidents) {
  Json entries = Json::array();
  for (const LegendEntry& entry : tiles.legend(map, incidents))
    entries.push_back({{"color", entry.colour}, {"label", json_of(entry.label)}});
  return entries;
}

const std::string& in(const Text& text, Language language) { return language == Language::zh ? text.zh : text.en; }

// "New York City · Responsibility zones · Police precincts"
std::string title_of(const Service& service, const MapRequest& map) {
  const auto& maps = service.tiles.maps();
  const auto info = std::find_if(maps.begin(), maps.end(), [&](const MapInfo& m) { return m.id == map.map; });
  std::string title = in(service.city->name, map.language) + " · " + in(info->title, map.language);
  for (const Layer& layer : service.city->layers)
    if (layer.id == map.layer) title += " · " + in(layer.title, map.language);
  return title;
}

}  // namespace

Response tile_route(const Request& request, const Target& target, const Service& service) {
  const auto state = service.live->now();
  const TileKey key = key_of(target, service, *state);
  return tile_response(request, key, service.cache->get(key, [&] { return make_tile(service, *state, key); }));
}

std::optional<Response> cached_tile_route(const Request& request, const Target& target, const Service& service) {
  const TileKey key = key_of(target, service, *service.live->now());
  const SharedContent content = service.cache->find(key);
  if (!content) return std::nullopt;
  return tile_response(request, key, content);
}

Response tile_json_route(const Request& request, const Target& target, const Service& service) {
  const TileSetAddress set = parse_tile_set(target, service.tiles);
  const GeographicBounds b = service.tiles.bounds();
  const auto state = service.live->now();
  const std::uint64_t epoch = tells_incidents(set.map, set.format) ? state->epoch() : service.epoch;
  const Json document = {{"tilejson", "3.0.0"},
                         {"name", title_of(service, set.map)},
                         {"version", "1.0." + std::to_string(epoch)},
                         {"scheme", "xyz"},
                         {"tiles", {tile_template(request, set)}},
                         {"minzoom", service.tiles.min_zoom()},
                         {"maxzoom", service.tiles.max_zoom()},
                         {"bounds", {b.west, b.south, b.east, b.north}},
                         {"vector_layers", vector_layers(service.tiles, set.map)},
                         {"legend", legend(service.tiles, set.map, state->grids)}};
  return json_response(request, document);
}

}  // namespace gridloom
