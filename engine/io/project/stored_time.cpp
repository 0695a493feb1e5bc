// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/stored_time.h"

#include "engine/events/local_time.h"

namespace gridloom {
namespace {

constexpr std::size_t kDate = 10, kSeconds = 19;  // characters of 2025-03-01 and of 2025-03-01T13:45:10

bool is_fraction(std::string_view text) {
  return text.size() > 1 && text[0] == '.' && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace

StoredTime stored_time(LocalTime time) {
  const std::string text = format_local_time(time);
  return {text.substr(0, kDate), time.has_clock ? text + ".000Z" : std::string()};
}

std::optional<LocalTime> time_stored(std::string_view on, std::string_view at) {
  std::string_view text = at.empty() ? on : at;
  if (text.empty()) return kUnknownTime;
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() > kSeconds && is_fraction(text.substr(kSeconds))) text = text.substr(0, kSeconds);
  return parse_local_time(text);
}

}  // namespace gridloom
