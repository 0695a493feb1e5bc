// SPDX-License-Identifier: Apache-2.0
// What a route is given and how it answers; route_table.h has all of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/api/service.h"
#include "server/http/answering.h"
#include "server/words/parameters.h"

namespace gridloom {

// A request whose target has been read, once and for all. It lives until the answer is finished.
struct Call {
  Call(Request asked, const Service& its_service)
      : request(std::move(asked)), service(its_service), language(language_of(request)) {}

  const Request request;
  const Service& service;
  std::string path;
  Parameters parameters{{}};  // of the query, of the body where it is one of parameters, and of the pattern's names
  Language language;          // of errors: ?lang=, else Accept-Language
  std::string_view word = "other";  // in the metrics
};
using CallPtr = std::shared_ptr<const Call>;

// When the answer is there.
enum class Patience {
  at_once,
  cached,  // at once where it lies in the cache, else a worker makes it
  in_worker,
  as_job,   // a job makes it, and the answer is the job's where it takes longer than the one who asks would wait
  in_turn,  // with all that wait to be written
};

// Routes throw what problem_of knows, at once or in what they leave to others.
struct Manner {
  Patience patience;
  Answering (*answer)(const CallPtr&);
};

template <Response (*make)(const Call&)>
inline constexpr Manner kAtOnce{Patience::at_once, [](const CallPtr& call) -> Answering { return make(*call); }};

template <Response (*make)(const Call&)>
inline constexpr Manner kInWorker{
    Patience::in_worker, [](const CallPtr& call) -> Answering { return InWorker{[call] { return make(*call); }}; }};

}  // namespace gridloom
