// SPDX-License-Identifier: Apache-2.0
// Request targets taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gridloom {

// Path and query of a request target, percent-decoded. `+` in a query is a space.
struct Target {
  std::string path;                                        // starts with '/'
  std::vector<std::pair<std::string, std::string>> query;  // in order; keys may repeat
};

// Origin form ("/a/b?c=d") only. Empty for anything else: a missing slash, a broken %-escape, control characters
// (encoded or not) or text that is not UTF-8. A fragment is dropped. O(length).
std::optional<Target> parse_target(std::string_view);

// Percent-encodes all but the unreserved characters of RFC 3986.
std::string encode(std::string_view);

}  // namespace gridloom
