// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_routes.h"

#include <iomanip>
#include <sstream>
#include <string>

#include "engine/events/local_time.h"
#include "server/api/audience.h"
#include "server/api/json_response.h"
#include "server/words/counts_text.h"
#include "server/words/event_query.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

constexpr std::size_t kMostRowsOfZeros = 2'000'000;

bool wants_json(const Parameters& parameters) {
  static constexpr auto kJson = words<bool>({{"csv", false}, {"json", true}});
  return parameters.word("format", false, kJson);
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
  const EventFilter filter = parse_question(question, *service.city);
  const CountTable total = count_events(store, {}, filter, {.by_cell = false});
  return total.rows() == 0 ? 0 : total.count.front();
}

}  // namespace

Response incidents_route(const Call& call) {
  const Service& service = call.service;
  const auto state = events_for(call.request, service);
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
  const EventQuestion question = question_for(call.parameters, service, *state);
  const HeatScale& scale = state->scale;
  return json_response(call.request, {{"incidents", state->store().size()},
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

Response epoch_route(const Call& call) {
  const auto state = events_for(call.request, call.service);
  return json_response(call.request, {{"epoch", state->epoch()}, {"incidents", state->store().size()}});
}

Response counts_route(const Call& call) {
  const City& city = *call.service.city;
  const auto state = events_for(call.request, call.service);
  const EventFilter filter = parse_question(question_for(call.parameters, call.service, *state), city);
  const std::string by = call.parameters.text("by");
  CountBy options = count_by(by.empty() ? "grid" : by, city);
  options.size_m = call.parameters.number("size", 0, 10, 100'000);
  options.options.zeros = call.parameters.yes("zeros");
  options.options.most_rows = kMostRowsOfZeros;
  if (state->grids.published) require(refuse_finer(options, city));
  const bool json = wants_json(call.parameters);
  const auto locator = [&]() -> const PointLocator& { return call.service.locator; };
  const IncidentCounts counts = incident_counts(city, locator, state->store(), filter, options, 1);
  if (json) return json_response(call.request, counts_json(counts));
  const Packing packing = accepts_gzip(call.request.accept_encoding) ? Packing::for_this : Packing::skip;
  return respond(call.request, make_content(counts_csv(counts), packing), "text/csv; charset=utf-8",
                 "public, no-cache");
}

}  // namespace gridloom
