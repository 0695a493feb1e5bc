// SPDX-License-Identifier: Apache-2.0
#include "server/routes.h"

#include <exception>
#include <future>
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

std::string allowed_at(std::string_view path) {
  if (is_analysis(path) || path == "/api/incidents") return "GET, HEAD, POST, OPTIONS";
  return is_job(path) ? "GET, HEAD, DELETE, OPTIONS" : "GET, HEAD, OPTIONS";
}

std::string path_of(const Request& request) {
  const auto target = parse_target(request.target);
  return target ? target->path : std::string();
}

Response options(const Request& request) {
  Response response;
  response.status = 204;
  response.headers = {{"Allow", allowed_at(path_of(request))},
                      {"Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"},
                      {"Access-Control-Allow-Headers", "*"},
                      {"Access-Control-Max-Age", "86400"}};
  return response;
}

Response method_not_allowed(const Request& request) {
  Response response = problem(405, "The method " + request.method + " is not allowed here.");
  response.headers.emplace_back("Allow", allowed_at(path_of(request)));
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

void answer_job(const Request& request, const Target& target, const Service& service, Answer& answer) {
  answer.route = "job";
  answer.response = job_route(request, target, service);
}

void answer_post(const Request& request, const Service& service, Patience patience, Answer& answer) {
  const auto target = parse_target(request.target);
  if (!target) throw HttpError(400, "The request target is malformed.");
  if (target->path != "/api/incidents") {
    answer.response = method_not_allowed(request);
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
  if (is_job(path)) {
    // A result may be large, and is packed for the one who asks.
    return is("job", [&] {
      return path.ends_with("/result") ? later(patience, job_route, request, *target, service)
                                       : std::optional(job_route(request, *target, service));
    });
  }
  if (path == "/api/incidents/counts")
    return is("counts", [&] { return later(patience, counts_route, request, *target, service); });
  if (path.starts_with("/tiles/heat/"))
    return is("heat", [&] {
      return patience == Patience::any ? std::optional(heat_tile_route(request, *target, service))
                                       : cached_heat_tile_route(request, *target, service);
    });
  if (path == "/tiles/heat.json") return is("tilejson", [&] { return heat_json_route(request, *target, service); });
  if (path.starts_with("/tiles/") && path.ends_with(".json"))
    return is("tilejson", [&] { return tile_json_route(request, *target, service); });
  if (path.starts_with("/tiles/")) return is("tile", [&] { return tile(request, *target, service, patience); });
  return is("page", [&] { return page(request, *target, service); });
}

Response failed(const Request& request, const Service& service, const std::exception& error) {
  if (service.on_error) service.on_error(request.target + ": " + error.what());
  return problem(500, "The server failed to answer; its operator has been told.");
}

Answer answer(const Request& request, const Service& service, Patience patience) {
  Answer answer{"other", std::nullopt};
  try {
    if (request.method == "OPTIONS")
      answer.response = options(request);
    else if (request.method == "GET" || request.method == "HEAD")
      answer_get(request, service, patience, answer);
    else if (request.method == "POST")
      answer_post(request, service, patience, answer);
    else if (request.method == "DELETE" && is_job(path_of(request)))
      answer_job(request, *parse_target(request.target), service, answer);
    else
      answer.response = method_not_allowed(request);
  } catch (const HttpError& error) {
    answer.response = problem(error.status(), error.what());
  } catch (const std::exception& error) {
    answer.response = failed(request, service, error);
  }
  return answer;
}

// What every answer carries, and its entry in the metrics.
Response finished(Response response, std::string_view route, Metrics::Clock::time_point start, const Service& service) {
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  service.metrics->request(route, response.status, Metrics::Clock::now() - start);
  return response;
}

std::optional<Response> timed(const Request& request, const Service& service, Patience patience) {
  const auto start = Metrics::Clock::now();
  Answer made = answer(request, service, patience);
  if (!made.response) return std::nullopt;
  return finished(std::move(*made.response), made.route, start, service);
}

}  // namespace

std::optional<std::function<void(Reply)>> handle_later(const Request& request, const Service& service) {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") return std::nullopt;
  const auto target = parse_target(request.target);
  if (!target || !is_analysis(target->path)) return std::nullopt;
  return [request, target = *target, &service](const Reply& reply) {
    const auto start = Metrics::Clock::now();
    const Reply answer = [reply, start, &service](Response response) {
      reply(finished(std::move(response), "analysis", start, service));
    };
    try {
      begin_analysis(request, target, service, answer);
    } catch (const HttpError& error) {
      answer(problem(error.status(), error.what()));
    } catch (const std::exception& error) {
      answer(failed(request, service, error));
    }
  };
}

Response handle(const Request& request, const Service& service) {
  const auto begin = handle_later(request, service);
  if (!begin) return *timed(request, service, Patience::any);
  std::promise<Response> made;
  (*begin)([&](Response response) { made.set_value(std::move(response)); });
  return made.get_future().get();
}

std::optional<Response> handle_at_once(const Request& request, const Service& service) {
  if (handle_later(request, service)) return std::nullopt;
  return timed(request, service, Patience::none);
}

}  // namespace gridloom
