// SPDX-License-Identifier: Apache-2.0
#include "server/routes.h"

#include <exception>
#include <string>
#include <utility>

#include "server/api_routes.h"
#include "server/event_routes.h"
#include "server/problem.h"
#include "server/tile_routes.h"
#include "server/url.h"

namespace gridloom {
namespace {

enum class Patience { none, any };

struct Answer {
  std::string_view route;            // a word for the metrics
  std::optional<Response> response;  // empty: it would take patience
};

Response plain(std::string text, std::string type) {
  Response response;
  response.body = std::make_shared<const std::string>(std::move(text));
  response.headers = {{"Content-Type", std::move(type)}, {"Cache-Control", "no-store"}};
  return response;
}

Response options() {
  Response response;
  response.status = 204;
  response.headers = {{"Allow", "GET, HEAD, OPTIONS"},
                      {"Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
                      {"Access-Control-Allow-Headers", "*"},
                      {"Access-Control-Max-Age", "86400"}};
  return response;
}

Response method_not_allowed(const std::string& method) {
  Response response = problem(405, "The method " + method + " is not allowed here.");
  response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
  return response;
}

Response page(const Request& request, const Target& target, const Service& service) {
  if (auto found = service.web.find(request, target.path)) return std::move(*found);
  if (service.web.empty() && target.path == "/")
    throw HttpError(404, "The web application is not built; /api/city and /tiles/grids.json are there.");
  throw HttpError(404, "There is nothing at this address.");
}

std::optional<Response> tile(const Request& request, const Target& target, const Service& service, Patience patience) {
  return patience == Patience::any ? std::optional(tile_route(request, target, service))
                                   : cached_tile_route(request, target, service);
}

// For answers that take more than a moment.
template <class Route, class... Arguments>
std::optional<Response> later(Patience patience, Route route, const Arguments&... arguments) {
  if (patience == Patience::none) return std::nullopt;
  return route(arguments...);
}

void answer_post(const Request& request, const Service& service, Patience patience, Answer& answer) {
  const auto target = parse_target(request.target);
  if (!target) throw HttpError(400, "The request target is malformed.");
  if (target->path != "/api/incidents") {
    answer.response = method_not_allowed(request.method);
    return;
  }
  answer.route = "append";
  answer.response = later(patience, append_incidents_route, request, service);
}

void answer_get(const Request& request, const Service& service, Patience patience, Answer& answer) {
  const auto target = parse_target(request.target);
  if (!target) throw HttpError(400, "The request target is malformed.");
  const std::string_view path = target->path;
  const auto is = [&](std::string_view route, auto&& make) {
    answer.route = route;
    answer.response = make();
  };
  if (path == "/healthz" || path == "/readyz") return is("health", [&] { return health_route(request, service); });
  if (path == "/metrics")
    return is("metrics", [&] {
      return plain(service.metrics->text(service.cache->counts(), service.epoch), "text/plain; version=0.0.4");
    });
  if (path == "/api/city") return is("city", [&] { return city_route(request, service); });
  if (path == "/api/locate") return is("locate", [&] { return locate_route(request, *target, service); });
  if (path == "/api/incidents")
    return is("incidents", [&] { return later(patience, incidents_route, request, *target, service); });
  if (path == "/api/incidents/epoch") return is("epoch", [&] { return epoch_route(request, service); });
  if (path == "/api/incidents/counts")
    return is("counts", [&] { return later(patience, counts_route, request, *target, service); });
  if (path.starts_with("/tiles/heat/"))
    return is("heat", [&] {
      return patience == Patience::any ? std::optional(heat_tile_route(request, *target, service))
                                       : cached_heat_tile_route(request, *target, service);
    });
  if (path.starts_with("/tiles/") && path.ends_with(".json"))
    return is("tilejson", [&] { return tile_json_route(request, *target, service); });
  if (path.starts_with("/tiles/")) return is("tile", [&] { return tile(request, *target, service, patience); });
  return is("page", [&] { return page(request, *target, service); });
}

Answer answer(const Request& request, const Service& service, Patience patience) {
  Answer answer{"other", std::nullopt};
  try {
    if (request.method == "OPTIONS")
      answer.response = options();
    else if (request.method == "GET" || request.method == "HEAD")
      answer_get(request, service, patience, answer);
    else if (request.method == "POST")
      answer_post(request, service, patience, answer);
    else
      answer.response = method_not_allowed(request.method);
  } catch (const HttpError& error) {
    answer.response = problem(error.status(), error.what());
  } catch (const std::exception& error) {
    if (service.on_error) service.on_error(request.target + ": " + error.what());
    answer.response = problem(500, "The server failed to answer; its operator has been told.");
  }
  return answer;
}

std::optional<Response> timed(const Request& request, const Service& service, Patience patience) {
  const auto start = Metrics::Clock::now();
  Answer made = answer(request, service, patience);
  if (!made.response) return std::nullopt;
  made.response->headers.emplace_back("Access-Control-Allow-Origin", "*");
  made.response->headers.emplace_back("X-Content-Type-Options", "nosniff");
  service.metrics->request(made.route, made.response->status, Metrics::Clock::now() - start);
  return std::move(made.response);
}

}  // namespace

Response handle(const Request& request, const Service& service) { return *timed(request, service, Patience::any); }

std::optional<Response> handle_at_once(const Request& request, const Service& service) {
  return timed(request, service, Patience::none);
}

}  // namespace gridloom
