// SPDX-License-Identifier: Apache-2.0
#include "server/api/tile_routes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/strings.h"
#include "engine/io/project/project_meta.h"
#include "server/api/audience.h"
#include "server/api/json_response.h"
#include "server/api/tile_address.h"
#include "server/words/event_query.h"
#include "server/words/json_text.h"
#include "server/words/number_text.h"
#include "server/words/url.h"

namespace gridloom {
namespace {

// Always asked again, and answered 304 while nothing changed: no tile outlives an edit.
constexpr const char* kRevalidate = "public, no-cache";

bool tells_incidents(const MapRequest& map, TileFormat format) {
  const MapDefinition& definition = map_of(map.map);
  return format == TileFormat::mvt ? definition.vector_tells_incidents : definition.raster_tells_incidents;
}

TileKey key_of(const Call& call, const EventState& state) {
  const Service& service = call.service;
  TileKey key = parse_tile(call.parameters, service.tiles);
  const bool tells = tells_incidents(key.map, key.format);
  key.epoch = tells ? state.epoch() : service.epoch;
  key.published = tells && state.grids.published;
  return key;
}

SharedContent make_tile(const Service& service, const EventState& state, const TileKey& key) {
  const auto start = Metrics::Clock::now();
  const bool vector = key.format == TileFormat::mvt;
  std::string bytes = vector ? service.tiles.mvt(key.map, key.tile, state.grids)
                             : service.tiles.png(key.map, key.tile, key.scale, state.grids);
  SharedContent content = make_content(std::move(bytes), vector ? Packing::for_all : Packing::never);
  service.metrics->render(word_of(key.format), Metrics::Clock::now() - start);
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
                    std::string(word_of(set.format)) + "?lang=" + std::string(word_of(set.map.language));
  if (!set.map.layer.empty()) url += "&layer=" + encode(set.map.layer);
  return url;
}

Json vector_layers(const TileService& tiles, const MapDefinition& map) {
  Json fields = Json::object();
  for (const auto& [name, type] : map.fields) fields[name] = type;
  return Json::array({{{"id", map.vector_layer},
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

// "0.25", "3", "20,000"
std::string two_digits(double value) {
  const int decimals = 1 - static_cast<int>(std::floor(std::log10(value)));
  const double units = std::pow(10.0, std::abs(decimals));
  if (decimals > 0) return number_text(std::round(value * units) / units);
  return with_commas(static_cast<std::uint64_t>(std::round(value / units) * units));
}

Json heat_legend(const HeatScale& scale) {
  constexpr int kSteps = 4;
  const PngPalette palette = heat_palette();
  Json entries = Json::array();
  for (int step = 0; step <= kSteps; ++step) {
    const double value = scale.lowest * std::pow(scale.highest / scale.lowest, static_cast<double>(step) / kSteps);
    const std::string from = (step == kSteps ? "≥ " : "") + two_digits(value);
    entries.push_back({{"color", text_of(palette.colour[index_of(scale, value)])},
                       {"label", json_of({from + " per km²", from + " 件/km²"})}});
  }
  return entries;
}

// "New York City · Responsibility zones · Police precincts"
std::string title_of(const Service& service, const MapRequest& map) {
  std::string title = service.city->name.in(map.language) + " · " + map_of(map.map).title.in(map.language);
  for (const Layer& layer : service.city->layers)
    if (layer.id == map.layer) title += " · " + layer.title.in(map.language);
  return title;
}

// The city and whose layers are shown. Clients take it for HTML.
std::string attribution(const City& city, const MapRequest& map) {
  std::vector<std::string> names{city.name.in(map.language)};
  for (const Layer& layer : city.layers) {
    const std::string& department = layer.department.in(map.language);
    const bool shown = map.layer.empty() || map.layer == layer.id;
    if (shown && !department.empty() && std::find(names.begin(), names.end(), department) == names.end())
      names.push_back(department);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " · ") + name;
  return xml_escaped(text);
}

// What every document says of the place, the bounds to a decimetre and not less than the city.
void put_place(Json& document, const TileService& tiles) {
  constexpr double kUnits = 1e6;
  const GeographicBounds b = tiles.bounds();
  const auto down = [](double degrees) { return std::floor(degrees * kUnits) / kUnits; };
  const auto up = [](double degrees) { return std::ceil(degrees * kUnits) / kUnits; };
  document["minzoom"] = tiles.min_zoom();
  document["maxzoom"] = tiles.max_zoom();
  // TileJSON has no bounds across the antimeridian.
  const bool across = b.west > b.east;
  const double middle = (b.west + b.east) / 2 + (across ? 180 : 0);
  document["bounds"] = {across ? -180 : down(b.west), down(b.south), across ? 180 : up(b.east), up(b.north)};
  document["center"] = {down(middle > 180 ? middle - 360 : middle), down((b.south + b.north) / 2),
                        tiles.min_zoom() + 1};
}

// The query as it came, for the tiles that it asks for.
std::string query_of(const Parameters& parameters) {
  std::string text;
  for (const auto& [key, value] : parameters.pairs())
    text += (text.empty() ? '?' : '&') + encode(key) + '=' + encode(value);
  return text;
}

struct HeatQuestion {
  EventQuestion events;
  double radius = 0;
};

HeatQuestion heat_question(const Call& call, const EventState& state) {
  HeatQuestion q{question_for(call.parameters, call.service, state), parse_heat_radius(call.parameters)};
  if (state.grids.published) require(refuse_finer_radius(q.radius));
  return q;
}

TileKey key_of(const Call& call, const HeatQuestion& q, const EventState& state) {
  TileKey key = parse_heat_tile(call.parameters, call.service.tiles);
  key.epoch = state.epoch();
  key.published = state.grids.published;
  key.question = canonical(q.events, call.service.city->time_zone) + '/' + Json(q.radius).dump() + '/' +
                 std::to_string(state.scale.version);
  return key;
}

SharedContent make_heat_tile(const HeatQuestion& q, const TileKey& key, const Service& service,
                             const EventState& state) {
  const auto start = Metrics::Clock::now();
  const std::uint32_t side = 256 * key.scale;
  const TileId t = key.tile;
  const unsigned level = t.z + 7 + key.scale + (key.raster == WorldRaster::geographic ? 1 : 0);
  const PixelWindow window{level, std::int64_t{t.x} * side, std::int64_t{t.y} * side, side, side, key.raster};
  const EventFilter filter = parse_question(q.events, *service.city);
  const std::vector<double> values = state.heat.density(filter, q.radius, window, 1);
  SharedContent content = make_content(heat_png(values, side, state.scale), Packing::never);
  service.metrics->render(word_of(TileFormat::png), Metrics::Clock::now() - start);
  return content;
}

// A tile that is made once: at once where it lies in the cache.
template <class Make>
Answering cached(const CallPtr& call, const TileKey& key, Make make) {
  if (const SharedContent content = call->service.cache->find(key)) return tile_response(call->request, key, content);
  return InWorker{[call, key, make = std::move(make)] {
    return tile_response(call->request, key, call->service.cache->get(key, make));
  }};
}

std::string version_of(std::uint64_t epoch) { return "1.0." + std::to_string(epoch); }

}  // namespace

Answering tile_route(const CallPtr& call) {
  const auto state = events_for(call->request, call->service);
  const TileKey key = key_of(*call, *state);
  return cached(call, key, [&service = call->service, state, key] { return make_tile(service, *state, key); });
}

Answering heat_tile_route(const CallPtr& call) {
  const auto state = events_for(call->request, call->service);
  const HeatQuestion q = heat_question(*call, *state);
  const TileKey key = key_of(*call, q, *state);
  return cached(call, key,
                [&service = call->service, state, q, key] { return make_heat_tile(q, key, service, *state); });
}

Response tile_json_route(const Call& call) {
  const Service& service = call.service;
  const TileSetAddress set = parse_tile_set(call.parameters, service.tiles);
  const auto state = events_for(call.request, service);
  const std::uint64_t epoch = tells_incidents(set.map, set.format) ? state->epoch() : service.epoch;
  Json document = {{"tilejson", "3.0.0"},
                   {"name", title_of(service, set.map)},
                   {"description", map_of(set.map.map).description.in(set.map.language)},
                   {"attribution", attribution(*service.city, set.map)},
                   {"version", version_of(epoch)},
                   {"scheme", "xyz"},
                   {"tiles", {tile_template(call.request, set)}}};
  put_place(document, service.tiles);
  if (set.format == TileFormat::mvt) document["vector_layers"] = vector_layers(service.tiles, map_of(set.map.map));
  document["legend"] = legend(service.tiles, set.map, state->grids);
  return json_response(call.request, document);
}

Response heat_json_route(const Call& call) {
  static constexpr std::array kPng{Word<TileFormat>{"png", TileFormat::png}};
  const Service& service = call.service;
  const auto state = events_for(call.request, service);
  call.parameters.word("format", TileFormat::png, kPng);
  const HeatQuestion q = heat_question(call, *state);
  EventMatcher(state->store(), parse_question(q.events, *service.city));  // refuses what tiles would refuse
  const Language language = call.parameters.word("lang", Language::en);
  const Text title{"Live heat of incidents", "事件实时热力"};
  const Text description{"Incidents per square kilometre, smoothed; one scale of colours for all places and times",
                         "每平方公里事件数（平滑）；所有地点与时段共用一套色标"};
  Json document = {
      {"tilejson", "3.0.0"},
      {"name", service.city->name.in(language) + " · " + title.in(language)},
      {"description", description.in(language)},
      {"attribution", xml_escaped(service.city->name.in(language))},
      {"version", version_of(state->epoch())},
      {"scheme", "xyz"},
      {"tiles", {origin_of(call.request) + "/tiles/heat/WebMercatorQuad/{z}/{x}/{y}.png" + query_of(call.parameters)}}};
  put_place(document, service.tiles);
  document["legend"] = heat_legend(state->scale);
  return json_response(call.request, document);
}

}  // namespace gridloom
