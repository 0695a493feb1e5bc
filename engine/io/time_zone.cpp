// SPDX-License-Identifier: Apache-2.0
#include "engine/io/time_zone.h"

#include <algorithm>
#include <cctype>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

// "Asia/Shanghai", "Etc/GMT+8": no path that leads out of the database.
bool is_plain(const std::string& name) {
  return std::isalpha(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '/' || c == '_' || c == '+' || c == '-'; });
}

}  // namespace

TimeZone::TimeZone(const std::string& name) : zone_(absl::UTCTimeZone()) {
  if (name.empty() || name == "UTC") return;
  if (!is_plain(name) || !absl::LoadTimeZone(name, &zone_)) throw DataError("time_zone_unknown", {{"zone", name}});
}

std::int64_t TimeZone::local(std::int64_t utc) const { return utc + zone_.At(absl::FromUnixSeconds(utc)).offset; }

}  // namespace gridloom
