// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/theme.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gridloom {
namespace {

double spacing(const City& city, std::vector<Label> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  const double area = std::accumulate(city.area_m2.begin(), city.area_m2.end(), 0.0);
  return std::sqrt(area / static_cast<double>(std::max<std::size_t>(labels.size(), 1)));
}

}  // namespace

void complete(Theme& theme, const City& city) {
  theme.label_of_face = labeling_of(city, theme.drawn).of_face;
  theme.item_spacing_m = spacing(city, theme.label_of_face);
  theme.own_spacing_m = theme.zone.empty() ? theme.item_spacing_m : spacing(city, theme.zone);
}

}  // namespace gridloom
