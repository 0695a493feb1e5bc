// SPDX-License-Identifier: Apache-2.0
// Answers in JSON.
#pragma once

#include <string>
#include <utility>

#include "server/http/http_message.h"
#include "server/words/json_text.h"

namespace gridloom {

// For texts made anew for each answer.
inline Response json_response(const Request& request, std::string text) {
  const Packing packing = accepts_gzip(request.accept_encoding) ? Packing::for_this : Packing::skip;
  return respond(request, make_content(std::move(text), packing), "application/json", "public, no-cache");
}
inline Response json_response(const Request& request, const Json& json) { return json_response(request, dump(json)); }

}  // namespace gridloom
