// SPDX-License-Identifier: Apache-2.0
// JSON helpers of the server's own .cpp files. Not for other headers.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/fusion/delivery.h"
#include "server/http_message.h"

namespace gridloom {

using Json = nlohmann::ordered_json;

inline Json json_of(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

// One line; bytes that are not UTF-8 (a city's names may come from any file) become U+FFFD.
inline std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

inline Response json_response(const Request& request, const Json& json) {
  return respond(request, make_content(dump(json), true), "application/json", "public, no-cache");
}

}  // namespace gridloom
