// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request to a server of the toy city: answered by a status that HTTP knows, never by 500, and a JSON
// answer is JSON.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/bytes.h"
#include "server/api/routes.h"
#include "server/http/problem.h"
#include "support/repository.h"
#include "support/toy_city.h"

namespace gridloom::fuzz {

// What went wrong inside, the latest.
inline std::string& told_operator() {
  static std::string told;
  return told;
}

inline std::unique_ptr<Service> toy_service(std::optional<LogPosition> project = {}) {
  return std::make_unique<Service>(toy::city(),
                                   ServiceOptions{.styles = repository() / "styles",
                                                  .web = {},
                                                  .project = std::move(project),
                                                  .on_error = [](const Text& told) { told_operator() = told.en; }});
}

inline std::string check_response(const Response& response) {
  if (response.status >= 500 && response.status != 503) return "500: " + std::exchange(told_operator(), {});
  if (reason_of(response.status).empty()) return "no status that HTTP knows: " + std::to_string(response.status);
  const bool is_json = response.header("Content-Type").find("json") != std::string_view::npos &&
                       response.header("Content-Encoding").empty();
  if (is_json && response.body && !nlohmann::json::accept(response.text())) return "an answer that is no JSON";
  return {};
}

// A line each: method, target, Host, Accept-Encoding, If-None-Match, Origin; the rest is the body.
inline Request request_from(std::string_view text) {
  Request request;
  for (std::string* field : {&request.method, &request.target, &request.host, &request.accept_encoding,
                             &request.if_none_match, &request.origin}) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    *field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  request.body = text;
  return request;
}

inline std::string check_request(Bytes data) {
  static const std::unique_ptr<Service> service = toy_service();
  return check_response(wait_for(answer(request_from(chars_of(data)), *service)));
}

}  // namespace gridloom::fuzz
