// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/class_breaks.h"

#include <algorithm>
#include <cmath>

#include "engine/base/round_numbers.h"

namespace gridloom {
namespace {

// Drops the break whose two classes together hold the fewest values.
void drop_one(std::vector<double>& breaks, const std::vector<double>& sorted) {
  const auto rank = [&](std::size_t i) -> std::ptrdiff_t {
    if (i >= breaks.size()) return std::ssize(sorted);
    return std::lower_bound(sorted.begin(), sorted.end(), breaks[i]) - sorted.begin();
  };
  std::size_t least = 0;
  for (std::size_t i = 1; i < breaks.size(); ++i)
    if (rank(i + 1) - rank(i - 1) < rank(least + 1) - (least == 0 ? 0 : rank(least - 1))) least = i;
  breaks.erase(breaks.begin() + static_cast<std::ptrdiff_t>(least));
}

}  // namespace

std::vector<double> round_breaks(std::vector<double> values, std::size_t classes) {
  std::erase_if(values, [](double v) { return !(v > 0) || !std::isfinite(v); });
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto percentile = [&](double p) {
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
  };
  const double low = percentile(0.05), high = percentile(0.95);
  constexpr double kFine[] = {1, 1.5, 2, 3, 5, 7};
  std::vector<double> breaks = round_series(low, high);
  if (breaks.size() < 3) breaks = round_series(low, high, kFine);
  while (breaks.size() + 1 > classes) drop_one(breaks, values);
  return breaks;
}

std::size_t class_of(const std::vector<double>& breaks, double value) {
  return static_cast<std::size_t>(std::upper_bound(breaks.begin(), breaks.end(), value) - breaks.begin());
}

}  // namespace gridloom
