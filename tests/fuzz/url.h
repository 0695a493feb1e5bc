// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request target: what is taken is clean text, and means the same when it is encoded again.
#pragma once

#include <algorithm>

#include "engine/base/strings.h"
#include "fuzz/bytes.h"
#include "server/words/url.h"

namespace gridloom::fuzz {

inline bool is_clean(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

inline std::string encoded(const Target& target) {
  std::string out = '/' + encode(target.path.substr(1));
  char mark = '?';
  for (const auto& [key, value] : target.query) out += std::exchange(mark, '&') + encode(key) + '=' + encode(value);
  return out;
}

inline std::string check_url(Bytes data) {
  const auto target = parse_target(chars_of(data));
  if (!target) return {};
  if (!target->path.starts_with('/') || !is_clean(target->path)) return "the path is no clean path";
  for (const auto& [key, value] : target->query)
    if (!is_clean(key) || !is_clean(value)) return "the query has text that is not clean";
  const auto again = parse_target(encoded(*target));
  if (!again || again->path != target->path || again->query != target->query) return "encoded again it is another";
  return {};
}

}  // namespace gridloom::fuzz
