// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_routes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#include "server/api/audience.h"
#include "server/api/json_response.h"
#include "server/api/tile_address.h"
#include "server/http/problem.h"
#include "server/words/error_text.h"
#include "server/words/event_query.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

std::string_view single(const Target& target, std::string_view key) {
  if (target.count(key) > 1)
    throw HttpError(400, "The parameter \"" + std::string(key) + "\" is given more than once.");
  return target.value(key).value_or("");
}

struct HeatQuestion {
  TileKey key;
  EventQuestion events;
  double radius = 0;
};

HeatQuestion heat_question(const Target& target, const Service& service, const EventState& state) {
  HeatQuestion q{parse_heat_tile(target, service.tiles), question_for(target, service, state),
                 parse_heat_radius(target)};
  q.key.epoch = state.epoch();
  q.key.published = state.grids.published;
  if (q.key.published) require(refuse_finer_radius(q.radius), target);
  try {
    q.key.question = canonical(q.events, service.city->time_zone) + '/' + Json(q.radius).dump() + '/' +
                     std::to_string(state.scale.version);
  } catch (const DataError& error) {
    throw HttpError(400, text_of(error).en);
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
    service.metrics->render(word_of(TileFormat::png), Metrics::Clock::now() - start);
    return content;
  } catch (const DataError& error) {
    throw HttpError(400, text_of(error).en);
  }
}

Response heat_response(const Request& request, const SharedContent& content) {
  return respond(request, content, "image/png", "public, no-cache");
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

std::uint64_t count_selected(const EventQuestion& question, const Service& service, const EventStore& store) {
  if (question == EventQuestion{}) return store.size();  // pages ask so again and again
  try {
    const EventFilter filter = parse_question(question, *service.city);
    const CountOptions total{.by_cell = false, .period = Period::none, .by_category = false};
    const auto rows = count_events(store, service.city->grid_of_face, filter, total);
    return rows.empty() ? 0 : rows.front().count;
  } catch (const DataError& error) {
    throw HttpError(400, text_of(error).en);
  }
}

}  // namespace

Response incidents_route(const Request& request, const Target& target, const Service& service) {
  const auto state = events_for(request, service);
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
  const EventQuestion question = question_for(target, service, *state);
  const HeatScale& scale = state->scale;
  return json_response(request, {{"incidents", state->store().size()},
                                 {"selected", count_selected(question, service, state->store())},
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
  const auto state = events_for(request, service);
  return json_response(request, {{"epoch", state->epoch()}, {"incidents", state->store().size()}});
}

Response counts_route(const Request& request, const Target& target, const Service& service) {
  const auto state = events_for(request, service);
  try {
    const EventFilter filter = parse_question(question_for(target, service, *state), *service.city);
    const std::string_view by = single(target, "by");
    const CountOptions options = parse_count_by(by.empty() ? "grid" : by);
    if (state->grids.published) require(refuse_finer(options), target);
    const bool json = wants_json(target);
    const auto rows = count_events(state->store(), service.city->grid_of_face, filter, options);
    if (json) return json_response(request, counts_json(*service.city, state->store(), rows, options));
    const Packing packing = accepts_gzip(request.accept_encoding) ? Packing::for_this : Packing::skip;
    return respond(request, make_content(counts_csv(*service.city, state->store(), rows, options), packing),
                   "text/csv; charset=utf-8", "public, no-cache");
  } catch (const DataError& error) {
    throw HttpError(400, text_of(error).en);
  }
}

Response heat_tile_route(const Request& request, const Target& target, const Service& service) {
  const auto state = events_for(request, service);
  const HeatQuestion q = heat_question(target, service, *state);
  return heat_response(request, service.cache->get(q.key, [&] { return make_heat_tile(q, service, *state); }));
}

std::optional<Response> cached_heat_tile_route(const Request& request, const Target& target, const Service& service) {
  const SharedContent content = service.cache->find(heat_question(target, service, *events_for(request, service)).key);
  if (!content) return std::nullopt;
  return heat_response(request, content);
}

}  // namespace gridloom
