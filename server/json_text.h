// SPDX-License-Identifier: Apache-2.0
// JSON helpers of the server's own .cpp files. Not for other headers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "engine/fusion/delivery.h"
#include "server/http_message.h"

namespace gridloom {

using Json = nlohmann::ordered_json;

inline Json json_of(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

// One line; bytes that are not UTF-8 (a city's names may come from any file) become U+FFFD.
inline std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// For texts made anew for each answer.
inline Response json_response(const Request& request, std::string text) {
  const Packing packing = accepts_gzip(request.accept_encoding) ? Packing::for_this : Packing::skip;
  return respond(request, make_content(std::move(text), packing), "application/json", "public, no-cache");
}
inline Response json_response(const Request& request, const Json& json) { return json_response(request, dump(json)); }

}  // namespace gridloom
