// SPDX-License-Identifier: Apache-2.0
#include "engine/io/time_zone.h"
#include "engine/base/strings.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"

namespace gridloom {
namespace {

constexpr std::size_t kHeader = 44;  // RFC 8536 §3.1

[[noreturn]] void refuse(const std::string& name) { throw DataError("time_zone_unknown", {{"zone", name}}); }

std::int64_t big_endian(std::string_view bytes, std::size_t at, int width) {
  std::uint64_t value = static_cast<unsigned char>(bytes[at]) & 0x80 ? ~std::uint64_t{0} : 0;
  for (int i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return static_cast<std::int64_t>(value);
}

// The numbers of a header's six counts.
struct Counts {
  std::size_t isut, isstd, leap, time, type, chars;
  Counts(std::string_view b, std::size_t at) {
    std::size_t* fields[] = {&isut, &isstd, &leap, &time, &type, &chars};
    for (std::size_t i = 0; i < 6; ++i) *fields[i] = static_cast<std::size_t>(big_endian(b, at + 20 + 4 * i, 4));
  }
  std::size_t bytes(std::size_t time_width) const {
    return time * (time_width + 1) + type * 6 + chars + leap * (time_width + 4) + isstd + isut;
  }
};

std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// "Z", "+08:00", "-0500", "+08" in seconds.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string_view rest = text.substr(3);
  if (rest.starts_with(':')) rest.remove_prefix(1);
  const auto hours = two_digits(text.substr(1, 2));
  const auto minutes = text.size() == 3 ? std::optional(0) : two_digits(rest);
  if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

}  // namespace

TimeZone::TimeZone(const std::string& name) {
  if (name.empty() || name == "UTC") return;
  if (name.find("..") != name.npos || name.front() == '/') refuse(name);
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!bytes.starts_with("TZif") || bytes.size() < kHeader || bytes[4] < '2') refuse(name);
  const std::size_t second = kHeader + Counts(bytes, 0).bytes(4);  // version 1 data come first
  if (bytes.size() < second + kHeader) refuse(name);
  const Counts n(bytes, second);
  const std::size_t times = second + kHeader, kinds = times + n.time * 8, types = kinds + n.time;
  if (bytes.size() < second + kHeader + n.bytes(8) || n.type == 0) refuse(name);
  const auto offset = [&](std::size_t type) {
    return static_cast<std::int32_t>(big_endian(bytes, types + std::min(type, n.type - 1) * 6, 4));
  };
  before_ = offset(0);
  for (std::size_t i = 0; i < n.time; ++i) {
    from_.push_back(big_endian(bytes, times + i * 8, 8));
    after_.push_back(offset(static_cast<unsigned char>(bytes[kinds + i])));
  }
}

std::int64_t TimeZone::local(std::int64_t utc) const {
  const auto next = std::upper_bound(from_.begin(), from_.end(), utc) - from_.begin();
  return utc + (next == 0 ? before_ : after_[static_cast<std::size_t>(next - 1)]);
}

std::optional<LocalTime> parse_time(std::string_view text, const TimeZone& zone) {
  if (const auto plain = parse_local_time(text)) return plain;
  if (text.size() < 16) return std::nullopt;
  std::size_t end = text.find_first_of(".Zz+-", 16);
  const auto moment = parse_local_time(text.substr(0, end));
  if (!moment || end == text.npos) return std::nullopt;
  if (text[end] == '.') {
    const std::size_t after = text.find_first_not_of("0123456789", end + 1);
    if (after == end + 1 || end + 1 == text.size()) return std::nullopt;
    if (after == text.npos) return moment;
    end = after;
  }
  const auto offset = parse_offset(text.substr(end));
  if (!offset) return std::nullopt;
  return LocalTime{zone.local(moment->seconds - *offset), true};
}

LocalTime read_time(std::string_view name, std::string_view text, const TimeZone& zone) {
  if (const auto time = parse_time(text, zone)) return *time;
  throw DataError("time_unread", {{"name", name}, {"given", shortened(text)}});
}

}  // namespace gridloom
