// SPDX-License-Identifier: Apache-2.0
#include "engine/io/datum.h"

#include <cmath>
#include <numbers>

namespace gridloom {
namespace {

constexpr double kPi = std::numbers::pi;
// Krasovsky 1940, on which the formula is built.
constexpr double kSemiMajor = 6378245.0;
constexpr double kEccentricity2 = 0.00669342162296594323;
// More than enough: the error shrinks by a factor of 100 or more at each step.
constexpr int kSteps = 10;

// The short waves that both components share, in metres.
double ripple(double x) { return (20 * std::sin(6 * x * kPi) + 20 * std::sin(2 * x * kPi)) * 2 / 3; }

double north_metres(double x, double y) {
  return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * std::sqrt(std::abs(x)) + ripple(x) +
         (20 * std::sin(y * kPi) + 40 * std::sin(y / 3 * kPi)) * 2 / 3 +
         (160 * std::sin(y / 12 * kPi) + 320 * std::sin(y * kPi / 30)) * 2 / 3;
}

double east_metres(double x, double y) {
  return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * std::sqrt(std::abs(x)) + ripple(x) +
         (20 * std::sin(x * kPi) + 40 * std::sin(x / 3 * kPi)) * 2 / 3 +
         (150 * std::sin(x / 12 * kPi) + 300 * std::sin(x / 30 * kPi)) * 2 / 3;
}

// Solves forward(p) = target, starting at the target.
template <class Forward>
LonLat invert(LonLat target, Forward forward) {
  LonLat p = target;
  for (int i = 0; i < kSteps; ++i) {
    const LonLat q = forward(p);
    p = {p.lon + (target.lon - q.lon), p.lat + (target.lat - q.lat)};
  }
  const LonLat q = forward(p);
  const bool found = std::abs(q.lon - target.lon) < 1e-9 && std::abs(q.lat - target.lat) < 1e-9;
  return found ? p : target;
}

}  // namespace

bool in_china_box(LonLat p) { return p.lon >= 72.004 && p.lon <= 137.8347 && p.lat >= 0.8293 && p.lat <= 55.8271; }

LonLat wgs84_to_gcj02(LonLat p) {
  if (!in_china_box(p)) return p;
  const double x = p.lon - 105, y = p.lat - 35;
  const double phi = p.lat / 180 * kPi;
  const double w2 = 1 - kEccentricity2 * std::sin(phi) * std::sin(phi);
  const double w = std::sqrt(w2);
  const double metres_per_radian_north = kSemiMajor * (1 - kEccentricity2) / (w2 * w);
  const double metres_per_radian_east = kSemiMajor / w * std::cos(phi);
  return {p.lon + east_metres(x, y) / metres_per_radian_east * 180 / kPi,
          p.lat + north_metres(x, y) / metres_per_radian_north * 180 / kPi};
}

LonLat gcj02_to_wgs84(LonLat p) { return invert(p, wgs84_to_gcj02); }

LonLat gcj02_to_bd09(LonLat p) {
  if (!in_china_box(p)) return p;
  constexpr double k = kPi * 3000 / 180;
  const double z = std::hypot(p.lon, p.lat) + 0.00002 * std::sin(p.lat * k);
  const double theta = std::atan2(p.lat, p.lon) + 0.000003 * std::cos(p.lon * k);
  return {z * std::cos(theta) + 0.0065, z * std::sin(theta) + 0.006};
}

LonLat bd09_to_gcj02(LonLat p) { return invert(p, gcj02_to_bd09); }
LonLat wgs84_to_bd09(LonLat p) { return gcj02_to_bd09(wgs84_to_gcj02(p)); }
LonLat bd09_to_wgs84(LonLat p) { return gcj02_to_wgs84(bd09_to_gcj02(p)); }

LonLat undo_shift(Datum datum, LonLat p) {
  switch (datum) {
    case Datum::gcj02:
      return gcj02_to_wgs84(p);
    case Datum::bd09:
      return bd09_to_wgs84(p);
    case Datum::detect:
    case Datum::wgs84:
      break;
  }
  return p;
}

std::string_view name_of(Datum datum) {
  switch (datum) {
    case Datum::wgs84:
      return "WGS 84";
    case Datum::gcj02:
      return "GCJ-02";
    case Datum::bd09:
      return "BD-09";
    case Datum::detect:
      break;
  }
  return "undeclared";
}

}  // namespace gridloom
