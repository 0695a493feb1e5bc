// SPDX-License-Identifier: Apache-2.0
// Any bytes as a client's JSON: taken where it is JSON that is not too deep, else refused as HTTP has it.
#pragma once

#include <algorithm>

#include "fuzz/bytes.h"
#include "server/http/json_body.h"
#include "server/http/problem.h"

namespace gridloom::fuzz {

inline std::size_t depth_of(const nlohmann::json& value) {
  if (value.is_primitive()) return 0;
  std::size_t deepest = 0;
  for (const auto& item : value) deepest = std::max(deepest, depth_of(item));
  return deepest + 1;
}

inline std::string check_json_body(Bytes data) try {
  const nlohmann::json value = parse_json_body(chars_of(data));
  if (depth_of(value) > kMostJsonDepth) return "deeper than it may be";
  return parse_json_body(value.dump()) == value ? "" : "written again it is another";
} catch (const HttpError& error) {
  if (error.status() != 400 && error.status() != 413) return "refused with " + std::to_string(error.status());
  const auto json = nlohmann::json::parse(chars_of(data), nullptr, false);
  return json.is_discarded() || depth_of(json) > kMostJsonDepth || data.size() > kMostJsonValues ? "" : error.what();
}

}  // namespace gridloom::fuzz
