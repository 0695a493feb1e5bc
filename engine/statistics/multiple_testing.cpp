// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/multiple_testing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace gridloom {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The tested cells, by p.
std::vector<std::size_t> ranked(std::span<const double> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::sort(order.begin(), order.end(), [p](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  return order;
}

}  // namespace

std::vector<double> false_discovery_rate(std::span<const double> p) {
  std::vector<double> q(p.size(), kNaN);
  const std::vector<std::size_t> order = ranked(p);
  const double m = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t k = order.size(); k-- > 0;) {
    least = std::min(least, m * p[order[k]] / static_cast<double>(k + 1));
    q[order[k]] = least;
  }
  return q;
}

std::vector<double> bonferroni(std::span<const double> p) {
  const double m = static_cast<double>(ranked(p).size());
  std::vector<double> adjusted;
  for (double x : p) adjusted.push_back(std::isnan(x) ? kNaN : std::min(1.0, m * x));
  return adjusted;
}

}  // namespace gridloom
