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

  // How often the key occurs.
  std::size_t count(std::string_view key) const;
  // The key's first value; empty where it does not occur.
  std::optional<std::string_view> value(std::string_view key) const;
};

// Origin form ("/a/b?c=d") only. Empty for anything else: a missing slash, a broken %-escape, control characters
// (encoded or not) or text that is not UTF-8. A fragment is dropped. O(length).
std::optional<Target> parse_target(std::string_view);

// The path's segments between slashes: "/a/b" is {"a", "b"}, "/" is {""}.
std::vector<std::string_view> segments(std::string_view path);

// Percent-encodes all but the unreserved characters of RFC 3986.
std::string encode(std::string_view);

}  // namespace gridloom
