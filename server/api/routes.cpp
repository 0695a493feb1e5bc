// SPDX-License-Identifier: Apache-2.0
#include "server/api/routes.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "server/api/api_routes.h"
#include "server/api/append_route.h"
#include "server/api/audience.h"
#include "server/api/event_routes.h"
#include "server/api/tile_routes.h"
#include "server/http/problem.h"
#include "server/words/error_text.h"
#include "server/words/url.h"

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

Response metrics_route(const Service& service) {
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

void answer_get(const Request& request, const Service& service, Patience patience, Answer& answer) {
  const auto target = parse_target(request.target);
  if (!target) throw HttpError(400, "The request target is malformed.");
  const std::string_view path = target->path;
  const auto is = [&](std::string_view route, auto&& make) {
    answer.route = route;
    answer.response = make();
  };
  if (path == "/healthz") return is("health", [&] { return health_route(request, service); });
  if (path == "/readyz") return is("ready", [&] { return ready_route(request, service); });
  if (path == "/metrics" && service.audience != Audience::everybody && gets_public_form(request, service))
    throw HttpError(403, "The counters of this server are its operator's: they tell when incidents come.");
  if (path == "/metrics") return is("metrics", [&] { return metrics_route(service); });
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

// Of the exception that is being handled.
Response problem_of(const Request& request, const Service& service) try { throw; } catch (const HttpError& error) {
  return problem(error.status(), error.what());
} catch (const Cancelled&) {
  return problem(503, "The answer took longer than it may.");  // the one who asked has left, or has been told
} catch (const std::exception& error) {
  if (service.on_error) service.on_error(within(shortened(request.target, kMostDetailBytes), text_of(error)));
  return problem(500, "The server failed to answer; its operator has been told.");
}

Answer answer(const Request& request, const Service& service, Patience patience) {
  Answer answer{"other", std::nullopt};
  try {
    if (request.method == "OPTIONS")
      answer.response = options(request);
    else if (request.method == "GET" || request.method == "HEAD")
      answer_get(request, service, patience, answer);
    else if (request.method == "DELETE" && is_job(path_of(request)))
      answer_job(request, *parse_target(request.target), service, answer);
    else
      answer.response = method_not_allowed(request);
  } catch (...) {
    answer.response = problem_of(request, service);
  }
  return answer;
}

// No cache may give one form for the other: shared ones keep the public one alone.
void mark_form(Response& response, bool public_form, const Service& service) {
  if (!service.publication) return;
  const auto named = [&](std::string_view name) {
    return std::find_if(response.headers.begin(), response.headers.end(),
                        [&](const auto& h) { return h.first == name; });
  };
  if (const auto at = named("Vary"); at != response.headers.end())
    at->second += ", Origin";
  else
    response.headers.emplace_back("Vary", "Origin");
  if (const auto at = named("Cache-Control");
      at != response.headers.end() && at->second == "public, no-cache" && !public_form)
    at->second = "private, no-cache";
}

// What every answer carries, and its entry in the metrics.
Response finished(Response response, bool public_form, std::string_view route, Metrics::Clock::time_point start,
                  const Service& service) {
  mark_form(response, public_form, service);
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  service.metrics->request(route, response.status, Metrics::Clock::now() - start);
  return response;
}

std::optional<Response> timed(const Request& request, const Service& service, Patience patience) {
  const auto start = Metrics::Clock::now();
  Answer made = answer(request, service, patience);
  if (!made.response) return std::nullopt;
  return finished(std::move(*made.response), gets_public_form(request, service), made.route, start, service);
}

}  // namespace

namespace {

Left begin_append(const Request& request, const Service& service, const Reply& reply) {
  // Who may add may also find out how much is missing to a full batch.
  if (gets_public_form(request, service))
    throw HttpError(403, "Incidents are taken from the operator alone: this answer would be in the public form.");
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  service.appends->take(
      request, [gone] { return gone->load(); }, reply);
  return [gone] { *gone = true; };
}

std::optional<std::function<Left(Reply)>> made_elsewhere(const Request& request, const Service& service) {
  const auto target = parse_target(request.target);
  const bool append = is_append(request);
  const bool asks = request.method == "GET" || request.method == "HEAD" || request.method == "POST";
  if (!append && !(asks && target && is_analysis(target->path))) return std::nullopt;
  return [request, append, target = *target, &service](const Reply& reply) -> Left {
    const auto start = Metrics::Clock::now();
    const bool public_form = gets_public_form(request, service);
    const Reply answer = [reply, start, append, public_form, &service](Response response) {
      reply(finished(std::move(response), public_form, append ? "append" : "analysis", start, service));
    };
    try {
      return append ? begin_append(request, service, answer) : begin_analysis(request, target, service, answer);
    } catch (...) {
      answer(problem_of(request, service));
      return {};
    }
  };
}

}  // namespace

// An analysis of events that are not ready begins in a worker (handle): a lane must not wait for them.
std::optional<std::function<Left(Reply)>> handle_later(const Request& request, const Service& service) {
  if (!is_append(request) && !events_are_ready(request, service)) return std::nullopt;
  return made_elsewhere(request, service);
}

Response handle(const Request& request, const Service& service) {
  const auto begin = made_elsewhere(request, service);
  if (!begin) return *timed(request, service, Patience::any);
  std::promise<Response> made;
  (*begin)([&](Response response) { made.set_value(std::move(response)); });
  return made.get_future().get();
}

std::optional<Response> handle_at_once(const Request& request, const Service& service) {
  if (handle_later(request, service) || !events_are_ready(request, service)) return std::nullopt;
  return timed(request, service, Patience::none);
}

}  // namespace gridloom
