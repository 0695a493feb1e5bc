// SPDX-License-Identifier: Apache-2.0
#include "server/api/api_routes.h"

#include <charconv>
#include <cmath>
#include <string>

#include "engine/base/errors.h"
#include "engine/zoning/duty.h"
#include "server/api/audience.h"
#include "server/api/duty_json.h"
#include "server/api/json_response.h"
#include "server/http/problem.h"
#include "server/words/error_text.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

std::string_view required(const Target& target, std::string_view key) {
  if (target.count(key) != 1) throw HttpError(400, "The parameter \"" + std::string(key) + "\" must be given once.");
  return *target.value(key);
}

double coordinate(const Target& target, std::string_view key) {
  const std::string_view text = required(target, key);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw HttpError(400,
                    "The parameter \"" + std::string(key) + "\" must be a number, not \"" + std::string(text) + "\".");
  return value;
}

Place place(const Target& target, const Service& service) {
  const double x = coordinate(target, "lon"), y = coordinate(target, "lat");
  if (target.count("crs") > 1) throw HttpError(400, "The parameter \"crs\" is given more than once.");
  try {
    return service.positions->place(target.value("crs").value_or("wgs84"), x, y);
  } catch (const DataError& error) {
    throw HttpError(400, text_of(error).en);
  }
}

Json layers(const City& city) {
  Json list = Json::array();
  for (const Layer& layer : city.layers)
    list.push_back({{"id", layer.id},
                    {"title", json_of(layer.title)},
                    {"department", json_of(layer.department)},
                    {"cells", layer.cells.size()}});
  return list;
}

Json admin(const City& city) {
  Json list = Json::array();
  for (const AdminLevel& level : city.admin)
    list.push_back({{"id", level.id}, {"title", json_of(level.title)}, {"units", level.units.size()}});
  return list;
}

Json maps(const TileService& tiles) {
  Json list = Json::array();
  for (const MapDefinition& map : all_maps())
    list.push_back({{"id", map.id},
                    {"title", json_of(map.title)},
                    {"description", json_of(map.description)},
                    {"icon", map.icon},
                    {"dark", tiles.dark(map)},
                    {"needs_layer", map.needs_layer},
                    {"raster_tells_incidents", map.raster_tells_incidents},
                    {"vector_tells_incidents", map.vector_tells_incidents},
                    {"tilejson", "/tiles/" + map.id + ".json"},
                    {"vector_tilejson", "/tiles/" + map.id + ".json?format=mvt"}});
  return list;
}

}  // namespace

Response health_route(const Request& request, const Service& service) {
  return json_response(request, {{"status", "ok"}, {"city", service.city->id}, {"epoch", service.epoch}});
}

Response ready_route(const Request& request, const Service& service) {
  switch (service.live->trouble()) {
    case LiveEvents::Trouble::none:
      break;
    case LiveEvents::Trouble::replaced:
      throw HttpError(503, "The project file was replaced while this server ran; the server must be started again.");
    case LiveEvents::Trouble::damaged:
      throw HttpError(503, "The project file is damaged; this server answers from what it has read before.");
    case LiveEvents::Trouble::not_writable:
      throw HttpError(503, "The project file or its folder cannot be written to, or its disk is full.");
  }
  return health_route(request, service);
}

Response city_route(const Request& request, const Service& service) {
  const City& city = *service.city;
  const GeographicBounds b = service.tiles.bounds();
  const bool exact = !gets_public_form(request, service);
  return json_response(request, {{"id", city.id},
                                 {"name", json_of(city.name)},
                                 {"crs", city.arrangement.lattice.crs},
                                 {"bounds", {b.west, b.south, b.east, b.north}},
                                 {"epoch", service.epoch},
                                 {"grids", city.grids.size()},
                                 {"atoms", city.arrangement.face_count - 1},
                                 {"population", service.population},
                                 {"incidents", events_for(request, service)->store().size()},
                                 {"audience", exact && service.publication ? "operator" : "public"},
                                 {"k", service.publication ? Json(service.publication->k()) : Json()},
                                 {"layers", layers(city)},
                                 {"admin", admin(city)},
                                 {"maps", maps(service.tiles)},
                                 {"heat", {{"tilejson", "/tiles/heat.json"}}}});
}

Response locate_route(const Request& request, const Target& target, const Service& service) {
  const Place where = place(target, service);
  const auto duty = where.at ? locate_duty(*service.city, service.locator, *where.at) : std::nullopt;
  const auto events = events_for(request, service);
  const std::uint64_t batch = events->grids.published ? static_cast<std::uint64_t>(service.city->privacy_k) : 0;
  return json_response(request, duty_json(*service.city, events->grids.of_grid, duty, where.lonlat, batch));
}

}  // namespace gridloom
