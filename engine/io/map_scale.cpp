// SPDX-License-Identifier: Apache-2.0
#include "engine/io/map_scale.h"

#include <proj.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <numbers>

#include "engine/base/errors.h"
#include "engine/io/crs.h"
#include "engine/io/crs_name.h"

namespace gridloom {
namespace {

using Context = std::unique_ptr<PJ_CONTEXT, decltype(&proj_context_destroy)>;
using Crs = std::unique_ptr<PJ, decltype(&proj_destroy)>;

// The projected CRS in one with heights, or with parameters to another datum; null for any other.
Crs horizontal(PJ_CONTEXT* context, const std::string& crs) {
  Crs found(proj_create(context, parse_crs_name(crs).crs.c_str()), &proj_destroy);
  while (found) {
    const PJ_TYPE type = proj_get_type(found.get());
    if (type == PJ_TYPE_PROJECTED_CRS) break;
    if (type == PJ_TYPE_COMPOUND_CRS)
      found.reset(proj_crs_get_sub_crs(context, found.get(), 0));
    else
      found.reset(type == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(context, found.get()) : nullptr);
  }
  return found;
}

// Infinite where there are none.
LonLat degrees_of(const std::string& crs, Projected at) {
  try {
    return to_lonlat(crs, at);
  } catch (const DataError&) {
    return {std::numeric_limits<double>::infinity(), 0};
  }
}

std::string printed(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string utm_zone(LonLat at) {
  const int zone = std::clamp(static_cast<int>(std::floor((at.lon + 180) / 6)) + 1, 1, 60);
  return "EPSG:" + std::to_string((at.lat >= 0 ? 32600 : 32700) + zone);
}

}  // namespace

double scale_error(const std::string& crs, Projected at) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const LonLat place = degrees_of(crs, at);
  const Context context(proj_context_create(), &proj_context_destroy);
  proj_log_level(context.get(), PJ_LOG_NONE);
  // PROJ 9.1 swaps the axes of the factors of a CRS that has its northing first.
  const Crs official = horizontal(context.get(), crs);
  const Crs projected(official ? proj_normalize_for_visualization(context.get(), official.get()) : nullptr,
                      &proj_destroy);
  if (!projected || !std::isfinite(place.lon) || !std::isfinite(place.lat)) return kNaN;
  constexpr double kRadian = std::numbers::pi / 180;
  const PJ_FACTORS factors = proj_factors(projected.get(), proj_coord(place.lon * kRadian, place.lat * kRadian, 0, 0));
  if (proj_errno(projected.get()) != 0 || !(factors.tissot_semimajor > 0)) return kNaN;
  return std::max(factors.tissot_semimajor - 1, 1 - factors.tissot_semiminor);
}

void require_true_scale(const std::string& name, const std::string& crs, Projected at) {
  const double error = scale_error(crs, at);
  if (!(error > kMostScaleError)) return;
  const LonLat place = to_lonlat(crs, at);
  throw DataError("map_scale_untrue", {{"crs", name},
                                       {"percent", printed("%.3g", 100 * error)},
                                       {"lon", printed("%.3f", place.lon)},
                                       {"lat", printed("%.3f", place.lat)},
                                       {"better", utm_zone(place)}});
}

}  // namespace gridloom
