// SPDX-License-Identifier: Apache-2.0
#include "server/api/routes.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "engine/base/strings.h"
#include "server/api/audience.h"
#include "server/api/body_parameters.h"
#include "server/api/route_table.h"
#include "server/http/problem.h"
#include "server/live/error_problem.h"
#include "server/words/error_text.h"
#include "server/words/url.h"

namespace gridloom {
namespace {

using Clock = Metrics::Clock;

// --- the route ---

// The routes of one path: they have one pattern.
struct Found {
  std::vector<const Route*> routes;
  Parameters::Pairs texts;  // of the pattern's names

  const Route* of(std::string_view method) const {
    const auto at = std::find_if(routes.begin(), routes.end(), [&](const Route* r) { return r->takes(method); });
    return at == routes.end() ? nullptr : *at;
  }
};

Found routes_of(std::string_view path) {
  Found found;
  for (const Route& route : all_routes()) {
    if (found.routes.empty()) {
      auto texts = match(route.pattern, path);
      if (!texts) continue;
      found.texts = std::move(*texts);
    } else if (route.pattern != found.routes.front()->pattern) {
      continue;
    }
    found.routes.push_back(&route);
  }
  return found;
}

std::string allowed(const Found& found) {
  std::string methods;
  for (const char* method : {"GET", "HEAD", "POST", "DELETE"})
    if (found.of(method)) methods += std::string(method) + ", ";
  return methods + "OPTIONS";
}

Response options(const Found& found) {
  Response response;
  response.status = 204;
  response.headers = {{"Allow", allowed(found)},
                      {"Access-Control-Allow-Methods", allowed(found)},
                      {"Access-Control-Allow-Headers", "*"},
                      {"Access-Control-Max-Age", "86400"}};
  return response;
}

Response method_not_allowed(const Call& call, const Found& found) {
  const std::string& method = call.request.method;
  Response response = problem(405,
                              {"The method " + method + " is not allowed here; these are: " + allowed(found) + '.',
                               "此处不允许 " + method + " 方法；允许：" + allowed(found) + "。"},
                              call.language);
  response.headers.emplace_back("Allow", allowed(found));
  return response;
}

// --- its parameters ---

void refuse_unknown(const Route& route, const Parameters::Pairs& given) {
  if (route.takes_any_parameter()) return;
  const auto is_known = [&](const std::string& name) {
    return name == "lang" || std::any_of(route.parameters.begin(), route.parameters.end(),
                                         [&](const ParameterText& p) { return p.name == name && !route.names(name); });
  };
  const auto wrong = std::find_if(given.begin(), given.end(), [&](const auto& p) { return !is_known(p.first); });
  if (wrong == given.end()) return;
  std::set<std::string, std::less<>> known{"lang"};
  for (const ParameterText& p : route.parameters)
    if (!route.names(p.name)) known.insert(p.name);
  refuse_name(wrong->first, known);
}

// The language that the parameters ask for, as far as they do.
Language wished(const Parameters::Pairs& given, Language otherwise) {
  for (const auto& [name, value] : given)
    if (const auto known = value_of<Language>(value); name == "lang" && known) return *known;
  return otherwise;
}

void read_parameters(Call& call, const Route& route, Parameters::Pairs given, const Parameters::Pairs& of_pattern) {
  if (route.body == Body::parameters && call.request.method == "POST") add_body(call.request.body, given);
  call.language = wished(given, call.language);
  refuse_unknown(route, given);
  given.insert(given.end(), of_pattern.begin(), of_pattern.end());
  call.parameters = Parameters(std::move(given));
  if (!route.takes_any_parameter()) call.parameters.word("lang", call.language);
}

// --- the answer ---

Response error_response(const std::exception& error, const Call& call) {
  const Problem told = problem_of(error);
  if (told.for_operator && call.service.on_error)
    call.service.on_error(within(shortened(call.request.target, kMostDetailBytes), text_of(error)));
  return problem(told.status, told.detail, call.language);
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
Response finished(Response response, const Call& call, Clock::time_point start) {
  mark_form(response, gets_public_form(call.request, call.service), call.service);
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  call.service.metrics->request(call.word, response.status, Clock::now() - start);
  return response;
}

InWorker finished(InWorker work, CallPtr call) {
  return {[work = std::move(work), call = std::move(call)] {
    const auto start = Clock::now();
    try {
      return finished(work.make(), *call, start);
    } catch (const std::exception& error) {
      return finished(error_response(error, *call), *call, start);
    }
  }};
}

Elsewhere finished(Elsewhere others, CallPtr call) {
  return {[begin = std::move(others.begin), call = std::move(call)](const Reply& reply) -> Left {
            const auto start = Clock::now();
            const Reply last = [reply, call, start](Response response) {
              reply(finished(std::move(response), *call, start));
            };
            try {
              return begin(last);
            } catch (const std::exception& error) {
              last(error_response(error, *call));
              return {};
            }
          },
          others.in_time};
}

// Throws what problem_of knows.
Answering begin(const std::shared_ptr<Call>& call) {
  const Request& request = call->request;
  auto target = parse_target(request.target == "*" ? "/" : request.target);
  if (!target) throw HttpError(400, {"The request target is malformed.", "请求目标格式有误。"});
  call->language = wished(target->query, call->language);
  call->path = std::move(target->path);
  const Found found = routes_of(call->path);
  if (request.method == "OPTIONS") return options(found);
  const Route* route = found.of(request.method);
  if (!route) return method_not_allowed(*call, found);
  call->word = route->word;
  require(route->role, request, call->service);
  read_parameters(*call, *route, std::move(target->query), found.texts);
  // Whoever serves sockets must not wait for incidents to be made public.
  if (events_are_ready(request, call->service)) return route->manner.answer(call);
  return InWorker{[call, answer = route->manner.answer] { return wait_for(answer(call)); }};
}

}  // namespace

Answering answer(Request request, const Service& service) {
  const auto start = Clock::now();
  const auto call = std::make_shared<Call>(std::move(request), service);
  Answering made;
  try {
    made = begin(call);
  } catch (const std::exception& error) {
    made = error_response(error, *call);
  }
  if (auto* ready = std::get_if<Response>(&made)) return finished(std::move(*ready), *call, start);
  if (auto* work = std::get_if<InWorker>(&made)) return finished(std::move(*work), call);
  return finished(std::get<Elsewhere>(std::move(made)), call);
}

bool takes_large_body(std::string_view method, std::string_view target) {
  if (method != "POST") return false;
  const auto read = parse_target(target);
  const Route* route = read ? routes_of(read->path).of(method) : nullptr;
  return route && route->body == Body::incidents;
}

}  // namespace gridloom
