// SPDX-License-Identifier: Apache-2.0
#include "server/api/api_routes.h"

#include <array>
#include <string>
#include <utility>

#include "engine/zoning/duty.h"
#include "server/api/audience.h"
#include "server/api/duty_json.h"
#include "server/api/json_response.h"
#include "server/http/problem.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

Place place(const Call& call) {
  const double x = call.parameters.number("lon"), y = call.parameters.number("lat");
  const std::string crs = call.parameters.text("crs");
  return call.service.positions->place(crs.empty() ? "wgs84" : crs, x, y);
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

Response plain(std::string text, std::string type) {
  Response response;
  response.body = std::make_shared<const std::string>(std::move(text));
  response.headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace

Response health_route(const Call& call) {
  return json_response(call.request,
                       {{"status", "ok"}, {"city", call.service.city->id}, {"epoch", call.service.epoch}});
}

Response ready_route(const Call& call) {
  switch (call.service.live->trouble()) {
    case LiveEvents::Trouble::none:
      break;
    case LiveEvents::Trouble::replaced:
      throw HttpError(503, {"The project file was replaced while this server ran; the server must be started again.",
                            "服务器运行期间工程文件被替换；须重新启动服务器。"});
    case LiveEvents::Trouble::damaged:
      throw HttpError(503, {"The project file is damaged; this server answers from what it has read before.",
                            "工程文件已损坏；服务器按此前读入的内容作答。"});
    case LiveEvents::Trouble::not_writable:
      throw HttpError(503, {"The project file or its folder cannot be written to, or its disk is full.",
                            "工程文件或其所在目录无法写入，或磁盘已满。"});
  }
  return health_route(call);
}

Response metrics_route(const Call& call) {
  const Service& service = call.service;
  std::uint64_t waiting = 0, running = 0;
  for (const JobStatus& job : service.jobs->list()) {
    waiting += job.state == JobState::waiting;
    running += job.state == JobState::running;
  }
  const CacheCounts cache = service.cache->counts();
  const std::array others{
      Sample{"gridloom_cache_hits_total", "counter", "Tiles answered from memory.", cache.hits},
      Sample{"gridloom_cache_misses_total", "counter", "Tiles that had to be made.", cache.misses},
      Sample{"gridloom_cache_joined_total", "counter", "Requests that waited for another's tile.", cache.joined},
      Sample{"gridloom_cache_bytes", "gauge", "Memory held by finished tiles.", cache.bytes},
      Sample{"gridloom_cache_entries", "gauge", "Finished tiles held.", cache.entries},
      Sample{"gridloom_jobs", "gauge", "Analyses that have not ended, by state.", waiting, "state=\"waiting\""},
      Sample{"gridloom_jobs", "gauge", "Analyses that have not ended, by state.", running, "state=\"running\""},
      Sample{"gridloom_epoch", "gauge", "Epoch of the snapshot being served.", service.epoch}};
  return plain(service.metrics->text(others), "text/plain; version=0.0.4");
}

Response city_route(const Call& call) {
  const Service& service = call.service;
  const City& city = *service.city;
  const GeographicBounds b = service.tiles.bounds();
  const bool exact = !gets_public_form(call.request, service);
  return json_response(call.request, {{"id", city.id},
                                      {"name", json_of(city.name)},
                                      {"crs", city.arrangement.lattice.crs},
                                      {"bounds", {b.west, b.south, b.east, b.north}},
                                      {"epoch", service.epoch},
                                      {"grids", city.grids.size()},
                                      {"atoms", city.arrangement.face_count - 1},
                                      {"population", service.population},
                                      {"incidents", events_for(call.request, service)->store().size()},
                                      {"audience", exact && service.publication ? "operator" : "public"},
                                      {"k", service.publication ? Json(service.publication->k()) : Json()},
                                      {"layers", layers(city)},
                                      {"admin", admin(city)},
                                      {"maps", maps(service.tiles)},
                                      {"heat", {{"tilejson", "/tiles/heat.json"}}}});
}

Response locate_route(const Call& call) {
  const Service& service = call.service;
  const Place where = place(call);
  const auto duty = where.at ? locate_duty(*service.city, service.locator, *where.at) : std::nullopt;
  const auto events = events_for(call.request, service);
  const std::uint64_t batch = events->grids.published ? static_cast<std::uint64_t>(service.city->privacy_k) : 0;
  return json_response(call.request, duty_json(*service.city, events->grids.of_grid, duty, where.lonlat, batch));
}

Response page_route(const Call& call) {
  const StaticFiles& web = call.service.web;
  if (auto found = web.find(call.request, call.path)) return std::move(*found);
  if (web.empty() && call.path == "/")
    throw HttpError(404, {"The web application is not built; /api/city and /tiles/grids.json are there.",
                          "网页尚未构建；可用 /api/city 与 /tiles/grids.json。"});
  throw HttpError(404, {"There is nothing at this address.", "该地址没有内容。"});
}

}  // namespace gridloom
