// SPDX-License-Identifier: Apache-2.0
#include "server/http/problem.h"

#include <nlohmann/json.hpp>

#include "engine/base/strings.h"

namespace gridloom {

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

Response problem(unsigned status, const Text& detail, Language language) {
  const nlohmann::ordered_json body = {{"type", "about:blank"},
                                       {"title", reason_of(status)},
                                       {"status", status},
                                       {"detail", shortened(detail.in(language), kMostDetailBytes)}};
  // A detail may quote what the client sent; what is not UTF-8 there becomes U+FFFD.
  const auto replace = nlohmann::ordered_json::error_handler_t::replace;
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(body.dump(-1, ' ', false, replace) + "\n");
  response.headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}};
  return response;
}

Response come_again(const Text& detail, unsigned after_seconds, Language language) {
  Response response = problem(503, detail, language);
  response.headers.emplace_back("Retry-After", std::to_string(after_seconds));
  return response;
}

}  // namespace gridloom
