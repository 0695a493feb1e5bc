// SPDX-License-Identifier: Apache-2.0
// What clients send as JSON, looked at before anything is built of it: a DOM of deep or countless values would take a
// hundred times the memory of its text, and its copies and dumps recurse.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

namespace gridloom {

inline constexpr std::size_t kMostJsonDepth = 64;
inline constexpr std::size_t kMostJsonValues = 2'000'000;

// Throws HttpError: 400 for what is no JSON (with the byte), or deeper than kMostJsonDepth; 413 for more than
// kMostJsonValues. O(bytes).
nlohmann::json parse_json_body(std::string_view body);

}  // namespace gridloom
