// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/crs_guess.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gridloom {
namespace {

std::string epsg(int code) { return "EPSG:" + std::to_string(code); }

bool looks_like_degrees(const Extent& e) {
  return e.min_x >= -180 && e.max_x <= 180 && e.min_y >= -90 && e.max_y <= 90;
}

// The zone prefix that all eastings share; 0 for none.
int zone_prefix(const Extent& e) {
  const int zone = static_cast<int>(e.min_x / 1e6);
  return e.min_x > 0 && zone == static_cast<int>(e.max_x / 1e6) && e.min_y > 0 && e.max_y < 6.5e6 ? zone : 0;
}

void add_prefixed(const Extent& e, std::vector<CrsGuess>& guesses) {
  const int zone = zone_prefix(e);
  const auto add = [&](int code, int degrees) {
    guesses.push_back({epsg(code), Reason{"eastings_with_zone", {{"zone", zone}, {"degrees", degrees}}}});
  };
  if (zone >= 25 && zone <= 45) add(4513 + zone - 25, 3);
  if (zone >= 13 && zone <= 23) add(4491 + zone - 13, 6);
}

// Zones without prefix whose central meridian is near the city: its longitude decides between them.
void add_central_meridians(double lon, double lat, std::vector<CrsGuess>& guesses) {
  const int cm3 = static_cast<int>(std::lround(lon / 3)) * 3;
  for (int cm = cm3 - 3; cm <= cm3 + 3; cm += 3) {
    if (cm >= 75 && cm <= 135)
      guesses.push_back({epsg(4534 + (cm - 75) / 3), Reason{"fits_meridian", {{"meridian", cm}}}});
  }
  const int utm = std::clamp(static_cast<int>(std::floor((lon + 180) / 6)) + 1, 1, 60);
  guesses.push_back({epsg((lat >= 0 ? 32600 : 32700) + utm), Reason{"fits_utm_zone", {{"zone", utm}}}});
}

// How badly an image fits the frame: how far its sides are off, as a share of the frame's size.
double misfit(const Extent& image, const Extent& frame) {
  const double size = (frame.max_x - frame.min_x) + (frame.max_y - frame.min_y);
  return (std::abs(image.min_x - frame.min_x) + std::abs(image.min_y - frame.min_y) +
          std::abs(image.max_x - frame.max_x) + std::abs(image.max_y - frame.max_y)) /
         size;
}

// Empty where nothing leads from there to the working CRS.
Extent tried(const std::string& crs, const Extent& coordinates, const std::string& working_crs) {
  try {
    PositionReader reader(crs, working_crs);
    return image_of(coordinates, reader);
  } catch (const DataError&) {
    return {};
  }
}

}  // namespace

std::optional<CrsGuess> guess_crs(const Extent& coordinates, const std::string& working_crs,
                                  const std::optional<Extent>& frame) {
  if (coordinates.empty()) return std::nullopt;
  std::vector<CrsGuess> guesses;
  if (looks_like_degrees(coordinates)) guesses.push_back({"EPSG:4326", Reason{"looks_like_degrees"}});
  add_prefixed(coordinates, guesses);
  if (!frame) return guesses.empty() ? std::nullopt : std::optional(guesses.front());

  const Projected centre = frame->centre();
  const LonLat middle = to_lonlat(working_crs, centre);
  if (!looks_like_degrees(coordinates)) {
    guesses.push_back({working_crs, Reason{"fits_working_crs"}});
    add_central_meridians(middle.lon, middle.lat, guesses);
    guesses.push_back({"EPSG:3857", Reason{"fits_web_mercator"}});
  }
  std::optional<CrsGuess> best;
  double least = 1e300;
  for (const CrsGuess& guess : guesses) {
    const Extent image = tried(guess.crs, coordinates, working_crs);
    if (image.empty() || !image.intersects(*frame) || misfit(image, *frame) >= least) continue;
    least = misfit(image, *frame);
    best = guess;
  }
  return best;
}

}  // namespace gridloom
