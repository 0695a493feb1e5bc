// SPDX-License-Identifier: Apache-2.0
#include "engine/io/working_crs.h"

#include <algorithm>
#include <cmath>

#include "engine/io/datum.h"

namespace gridloom {
namespace {

std::string epsg(int code) { return "EPSG:" + std::to_string(code); }

}  // namespace

std::string zone_around(LonLat at, bool nad83) {
  if (!std::isfinite(at.lon) || !(std::abs(at.lat) < 84)) return {};
  if (in_china_box(at)) {
    const int meridian = static_cast<int>(std::lround(at.lon / 3)) * 3;
    return epsg(4534 + (std::clamp(meridian, 75, 135) - 75) / 3);
  }
  const int zone = std::clamp(static_cast<int>(std::floor((at.lon + 180) / 6)) + 1, 1, 60);
  if (nad83 && at.lat > 0 && zone <= 23) return epsg(26900 + zone);
  return epsg((at.lat >= 0 ? 32600 : 32700) + zone);
}

}  // namespace gridloom
