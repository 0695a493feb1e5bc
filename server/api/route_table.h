// SPDX-License-Identifier: Apache-2.0
// All routes: what the dispatcher, the answers to OPTIONS, the metrics and the page on the HTTP interface know of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/api/audience.h"
#include "server/api/route.h"
#include "server/words/parameter_text.h"

namespace gridloom {

enum class Body {
  none,        // one that comes is ignored
  parameters,  // with POST, a JSON object of the route's parameters, beside those of the query
  incidents,   // may be large
};

struct Outcome {
  unsigned status;
  Text about;
};

struct Route {
  std::vector<std::string_view> methods;  // GET, POST, DELETE; whoever takes GET takes HEAD
  // Segments between slashes: itself, or {name}, which takes any text, and after it the ending that a text must have.
  // In the last segment [brackets] and a second {name} are for readers: the text goes to the first name whole. "/*"
  // takes every path.
  std::string_view pattern;
  std::string_view word;  // in the metrics
  Role role = Role::everybody;
  Body body = Body::none;
  Manner manner;
  Text title;  // a few words
  Text about;
  ParameterTexts parameters{};      // of the pattern, the query and the body; all routes know `lang`, too
  std::vector<Outcome> outcomes{};  // beside those that every route may have
  std::string_view example;         // what follows "curl "; $URL is the server

  bool takes(std::string_view method) const;
  bool takes_any_parameter() const { return pattern == "/*"; }
  // Whether the pattern has {name}.
  bool names(std::string_view name) const;
};

// In order: the first whose pattern fits a path is its.
const std::vector<Route>& all_routes();

// The texts of the pattern's names in a path; empty where it does not fit. O(length).
std::optional<Parameters::Pairs> match(std::string_view pattern, std::string_view path);

}  // namespace gridloom
