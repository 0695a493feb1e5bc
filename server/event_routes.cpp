// SPDX-License-Identifier: Apache-2.0
#include "server/event_routes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>

#include "engine/fusion/grids.h"
#include "engine/incidents/local_time.h"
#include "engine/io/time_zone.h"
#include "engine/progress.h"
#include "server/event_query.h"
#include "server/json_text.h"
#include "server/problem.h"
#include "server/tile_address.h"

namespace gridloom {
namespace {

std::string_view single(const Target& target, std::string_view key) {
  if (target.count(key) > 1)
    throw HttpError(400, "The parameter \"" + std::string(key) + "\" is given more than once.");
  return target.value(key).value_or("");
}

EventQuestion question_of(const Target& target) {
  try {
    return event_question(target);
  } catch (const DataError& error) {
    throw HttpError(400, error.what());
  }
}

struct HeatQuestion {
  TileKey key;
  EventQuestion events;
  double radius = 0;
};

HeatQuestion heat_question(const Target& target, const Service& service, const EventState& state) {
  HeatQuestion q{parse_heat_tile(target, service.tiles), question_of(target), parse_heat_radius(target)};
  q.key.epoch = state.epoch();
  try {
    q.key.question = canonical(q.events) + '/' + Json(q.radius).dump() + '/' + std::to_string(state.scale.version);
  } catch (const DataError& error) {
    throw HttpError(400, error.what());
  }
  return q;
}

SharedContent make_heat_tile(const HeatQuestion& q, const Service& service, const EventState& state) {
  const auto start = Metrics::Clock::now();
  const std::uint32_t side = 256 * q.key.scale;
  const TileId t = q.key.tile;
  const unsigned level = t.z + 7 + q.key.scale + (q.key.raster == WorldRaster::geographic ? 1 : 0);
  const PixelWindow window{level, std::int64_t{t.x} * side, std::int64_t{t.y} * side, side, side, q.key.raster};
  try {
    const EventFilter filter = parse_question(q.events, *service.city);
    const std::vector<double> values = state.heat.density(filter, q.radius, window, 1);
    SharedContent content = make_content(heat_png(values, side, state.scale), Packing::never);
    service.metrics->render(TileFormat::png, Metrics::Clock::now() - start);
    return content;
  } catch (const DataError& error) {
    throw HttpError(400, error.what());
  }
}

Response heat_response(const Request& request, const SharedContent& content) {
  return respond(request, content, "image/png", "public, no-cache");
}

// --- appending ---

std::string text_in(const nlohmann::json& row, const char* key) {
  const auto at = row.find(key);
  if (at == row.end() || at->is_null()) return {};
  if (at->is_string()) return at->get<std::string>();
  if (at->is_number_integer()) return at->dump();
  throw DataError(std::string("'") + key + "' must be a text");
}

bool silent(const nlohmann::json& row, const char* key) {
  const auto at = row.find(key);
  return at == row.end() || at->is_null();
}

double number_in(const nlohmann::json& row, const char* key) {
  const auto at = row.find(key);
  if (at == row.end() || !at->is_number()) throw DataError(std::string("'") + key + "' must be a number of degrees");
  return at->get<double>();
}

LocalTime time_in(const nlohmann::json& row, const char* key, const TimeZone& zone) {
  const std::string text = text_in(row, key);
  const auto time = parse_time(text, zone);
  if (!time)
    throw DataError(std::string("'") + key + "' is no time: '" + text + "'; write 2025-03-01T13:45:10 or ...+08:00");
  return *time;
}

void add_word(StringColumn& column, std::string word) {
  const auto at = std::find(column.values.begin(), column.values.end(), word);
  column.of_row.push_back(static_cast<std::uint32_t>(at - column.values.begin()));
  if (at == column.values.end()) column.values.push_back(std::move(word));
}

struct Batch {
  EventTable events;
  std::vector<FaceId> faces;
  Json rejected = Json::array();
};

// Nothing of the row is taken when it throws.
void take(const nlohmann::json& row, const Service& service, const TimeZone& zone, Batch& batch) {
  if (!row.is_object()) throw DataError("must be an object");
  std::string id = text_in(row, "id");
  if (id.empty()) throw DataError("no id");
  const LocalTime occurred = time_in(row, "occurred_at", zone);
  const LocalTime closed = text_in(row, "closed_at").empty() ? kUnknownTime : time_in(row, "closed_at", zone);
  if (silent(row, "lon") && silent(row, "lat")) throw DataError("no coordinates");
  const double lon = number_in(row, "lon"), lat = number_in(row, "lat");
  if (lon == 0 && lat == 0) throw DataError("coordinates 0,0");
  const Place place = service.positions->place("wgs84", lon, lat);
  if (!place.at) throw DataError("coordinates far from the city");
  std::array<std::string, kEventFields> words;
  constexpr const char* kKeys[] = {"category", "subcategory", "agency", "severity", "status"};
  for (std::size_t f = 0; f < kEventFields; ++f) words[f] = text_in(row, kKeys[f]);
  EventTable& e = batch.events;
  e.id.push_back(std::move(id));
  e.occurred_at.push_back(occurred);
  e.at.push_back(*place.at);
  e.closed_at.push_back(closed);
  StringColumn* columns[] = {&e.category, &e.subcategory, &e.agency, &e.severity, &e.status};
  for (std::size_t f = 0; f < kEventFields; ++f) add_word(*columns[f], std::move(words[f]));
  batch.faces.push_back(owning_atom(*service.city, service.locator.locate(*place.at)));
}

Batch read_batch(const Request& request, const Service& service) {
  const auto rows = nlohmann::json::parse(request.body, nullptr, false);
  if (!rows.is_array()) throw HttpError(400, "The body must be a JSON array of incidents.");
  const TimeZone zone(service.city->time_zone);
  Batch batch;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    try {
      take(rows[r], service, zone, batch);
    } catch (const DataError& error) {
      batch.rejected.push_back({{"row", r},
                                {"id", rows[r].is_object() ? rows[r].value("id", nlohmann::json()) : nlohmann::json()},
                                {"reason", error.what()}});
    }
  }
  return batch;
}

bool wants_json(const Target& target) {
  const std::string_view format = single(target, "format");
  if (!format.empty() && format != "csv" && format != "json")
    throw HttpError(400, "The parameter \"format\" must be csv or json.");
  return format == "json";
}

// The ramp at equal steps of the logarithm, from `lowest` to `highest`: "#rrggbbaa".
Json ramp_json() {
  constexpr std::size_t kSteps = 8;
  const PngPalette palette = heat_palette();
  Json colours = Json::array();
  for (std::size_t step = 0; step <= kSteps; ++step) {
    const std::size_t index = 1 + step * 254 / kSteps;
    std::ostringstream alpha;
    alpha << std::hex << std::setw(2) << std::setfill('0') << int{palette.alpha[index]};
    colours.push_back(text_of(palette.colour[index]) + alpha.str());
  }
  return colours;
}

// A page of another site must not write through its visitor's browser.
void refuse_strangers(const Request& request) {
  if (request.origin.empty()) return;
  const std::size_t at = request.origin.find("://");
  if (at == std::string::npos || request.origin.substr(at + 3) != request.host)
    throw HttpError(403, "Pages of other sites may not append incidents.");
}

std::uint64_t count_selected(const EventQuestion& question, const Service& service, const EventStore& store) {
  if (question == EventQuestion{}) return store.size();  // pages ask so again and again
  try {
    const EventFilter filter = parse_question(question, *service.city);
    const CountOptions total{.by_cell = false, .period = Period::none, .by_category = false};
    const auto rows = count_events(store, service.city->grid_of_face, filter, total);
    return rows.empty() ? 0 : rows.front().count;
  } catch (const DataError& error) {
    throw HttpError(400, error.what());
  }
}

}  // namespace

Response append_incidents_route(const Request& request, const Service& service) {
  refuse_strangers(request);
  if (!service.live->can_append()) throw HttpError(403, "This server has no project file to append to.");
  const Batch batch = read_batch(request, service);
  LiveEvents::Appended done{0, 0, service.live->now()->epoch()};
  try {
    if (batch.events.size() > 0) done = service.live->append(batch.events, batch.faces);
  } catch (const DataError& error) {
    throw HttpError(503, error.what());  // replaced, locked for long, a full disk: nothing was added
  }
  return json_response(
      request, {{"added", done.added}, {"updated", done.updated}, {"rejected", batch.rejected}, {"epoch", done.epoch}});
}

Response incidents_route(const Request& request, const Target& target, const Service& service) {
  const auto state = service.live->now();
  const auto words = [&](EventField field) {
    Json list = Json::array();
    for (const std::string& word : state->store().dictionary(field))
      if (!word.empty()) list.push_back(word);
    return list;
  };
  const auto [first, last] = time_span(state->store());
  const auto moment = [&, any = first <= last](std::int64_t s) {
    return any ? Json(format_local_time({s, true})) : Json();
  };
  const HeatScale& scale = state->scale;
  return json_response(request, {{"incidents", state->store().size()},
                                 {"selected", count_selected(question_of(target), service, state->store())},
                                 {"epoch", state->epoch()},
                                 {"first", moment(first)},
                                 {"last", moment(last)},
                                 {"time_zone", service.city->time_zone},
                                 {"categories", words(EventField::category)},
                                 {"agencies", words(EventField::agency)},
                                 {"severities", words(EventField::severity)},
                                 {"heat_scale",
                                  {{"version", scale.version},
                                   {"unit", "events per km2"},
                                   {"lowest", scale.lowest},
                                   {"highest", scale.highest},
                                   {"colors", ramp_json()}}}});
}

Response epoch_route(const Request& request, const Service& service) {
  const auto state = service.live->now();
  return json_response(request, {{"epoch", state->epoch()}, {"incidents", state->store().size()}});
}

Response counts_route(const Request& request, const Target& target, const Service& service) {
  const auto state = service.live->now();
  try {
    const EventFilter filter = parse_question(question_of(target), *service.city);
    const std::string_view by = single(target, "by");
    const CountOptions options = parse_count_by(by.empty() ? "grid" : by);
    const bool json = wants_json(target);
    const auto rows = count_events(state->store(), service.city->grid_of_face, filter, options);
    if (json) return json_response(request, counts_json(*service.city, state->store(), rows, options));
    const Packing packing = accepts_gzip(request.accept_encoding) ? Packing::for_this : Packing::skip;
    return respond(request, make_content(counts_csv(*service.city, state->store(), rows, options), packing),
                   "text/csv; charset=utf-8", "public, no-cache");
  } catch (const DataError& error) {
    throw HttpError(400, error.what());
  }
}

Response heat_tile_route(const Request& request, const Target& target, const Service& service) {
  const auto state = service.live->now();
  const HeatQuestion q = heat_question(target, service, *state);
  return heat_response(request, service.cache->get(q.key, [&] { return make_heat_tile(q, service, *state); }));
}

std::optional<Response> cached_heat_tile_route(const Request& request, const Target& target, const Service& service) {
  const SharedContent content = service.cache->find(heat_question(target, service, *service.live->now()).key);
  if (!content) return std::nullopt;
  return heat_response(request, content);
}

}  // namespace gridloom
