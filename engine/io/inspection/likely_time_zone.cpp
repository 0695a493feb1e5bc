// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/likely_time_zone.h"

#include <cmath>
#include <fstream>
#include <numbers>
#include <optional>
#include <sstream>

#include "engine/base/strings.h"
#include "engine/io/datum.h"

namespace gridloom {
namespace {

// Degrees of "+3852" or "-0770212": two or three digits of degrees, two of minutes, perhaps two of seconds.
std::optional<double> degrees_of(std::string_view text, std::size_t digits) {
  const auto part = [&](std::size_t at) { return number_of<int>(text.substr(at, 2)).value_or(0); };
  if (text.size() < 1 + digits + 2) return std::nullopt;
  const auto whole = number_of<int>(text.substr(1, digits));
  if (!whole) return std::nullopt;
  const double seconds = text.size() >= 1 + digits + 4 ? part(1 + digits + 2) : 0;
  const double value = *whole + part(1 + digits) / 60.0 + seconds / 3600.0;
  return text[0] == '-' ? -value : value;
}

// "+3852-07702"
std::optional<LonLat> place_of(std::string_view text) {
  const std::size_t second = text.find_first_of("+-", 1);
  if (second == text.npos) return std::nullopt;
  const auto lat = degrees_of(text.substr(0, second), 2), lon = degrees_of(text.substr(second), 3);
  if (!lat || !lon) return std::nullopt;
  return LonLat{*lon, *lat};
}

}  // namespace

std::string likely_time_zone(LonLat at) {
  if (in_china_box(at)) return "Asia/Shanghai";
  std::ifstream table("/usr/share/zoneinfo/zone1970.tab");
  std::string best;
  double least = 1e300;
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream columns(line);
    std::string countries, coordinates, zone;
    std::getline(columns, countries, '\t');
    std::getline(columns, coordinates, '\t');
    std::getline(columns, zone, '\t');
    const auto place = place_of(coordinates);
    if (!place) continue;
    const double east = std::remainder(place->lon - at.lon, 360) * std::cos(at.lat * std::numbers::pi / 180);
    const double distance = std::hypot(east, place->lat - at.lat);
    if (distance >= least) continue;
    least = distance;
    best = zone;
  }
  return best;
}

}  // namespace gridloom
