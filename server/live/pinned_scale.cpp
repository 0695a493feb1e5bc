// SPDX-License-Identifier: Apache-2.0
#include "server/live/pinned_scale.h"
#include "engine/base/strings.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/base/errors.h"
#include "engine/io/project/project_meta.h"

namespace gridloom {
namespace {

constexpr const char *kVersion = "heat_scale_version", *kLowest = "heat_scale_lowest", *kHighest = "heat_scale_highest";

template <class Number>
Number number_at(const ProjectSettings& settings, const char* key) {
  const auto at = settings.find(key);
  const auto number = at == settings.end() ? std::nullopt : number_of<Number>(at->second);
  if (number) return *number;
  throw DataError("scale_is_no_number", {{"key", key}});
}

}  // namespace

std::vector<double> grid_densities(const City& city, std::span<const std::uint64_t> incidents) {
  std::vector<double> densities;
  for (std::size_t g = 0; g < city.grids.size(); ++g)
    if (incidents[g] > 0 && city.grids[g].area_m2 > 0)
      densities.push_back(static_cast<double>(incidents[g]) / city.grids[g].area_m2 * 1e6);
  std::sort(densities.begin(), densities.end());
  return densities;
}

double percentile(std::span<const double> densities, double percent) {
  if (densities.empty()) return 0;
  const double rank = std::ceil(percent / 100 * static_cast<double>(densities.size()));
  return densities[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

HeatScale pinned_scale(const ProjectSettings& settings, const City& city, std::span<const std::uint64_t> incidents) {
  if (const auto chosen = chosen_scale(settings)) return *chosen;
  return scale_for(percentile(grid_densities(city, incidents), kPinnedPercent), kScaleOfData);
}

void check_scale(const HeatScale& scale) {
  if (!(scale.lowest > 0) || !std::isfinite(scale.highest) || !(scale.lowest < scale.highest))
    throw DataError("scale_out_of_range", {{"lowest", scale.lowest}, {"highest", scale.highest}});
}

std::optional<HeatScale> chosen_scale(const ProjectSettings& settings) {
  if (!settings.contains(kHighest)) return std::nullopt;
  const HeatScale scale{number_at<std::uint32_t>(settings, kVersion), number_at<double>(settings, kLowest),
                        number_at<double>(settings, kHighest)};
  check_scale(scale);
  return scale;
}

ProjectSettings settings_of(const HeatScale& scale) {
  return {{kVersion, std::to_string(scale.version)},
          {kLowest, number_text(scale.lowest)},
          {kHighest, number_text(scale.highest)}};
}

}  // namespace gridloom
