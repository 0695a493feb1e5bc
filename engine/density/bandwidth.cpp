// SPDX-License-Identifier: Apache-2.0
#include "engine/density/bandwidth.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <stdexcept>

#include "engine/base/errors.h"
#include "engine/base/parallel.h"

namespace gridloom {
namespace {

struct Moments {
  double x = 0, y = 0;          // mean, m
  double var_x = 0, var_y = 0;  // with n - 1
};

void check(std::span<const Point> points) {
  if (points.empty() || std::all_of(points.begin(), points.end(), [&](Point p) { return p == points.front(); }))
    throw DataError("bandwidth_of_one_place");
}

double metres(double mm) { return mm / 1000; }

Moments moments_of(std::span<const Point> points) {
  check(points);
  Moments m;
  const auto n = static_cast<double>(points.size());
  for (Point p : points) m.x += metres(p.x) / n, m.y += metres(p.y) / n;
  for (Point p : points) {
    const double dx = metres(p.x) - m.x, dy = metres(p.y) - m.y;
    m.var_x += dx * dx / (n - 1), m.var_y += dy * dy / (n - 1);
  }
  return m;
}

// Squared distances in m² of all pairs i < j, row by row, to a visitor.
template <typename Visit>
void for_pairs(std::span<const Point> points, Visit&& visit) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    stop_if_asked();
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const double dx = metres(double(points[i].x) - points[j].x), dy = metres(double(points[i].y) - points[j].y);
      visit(i, j, dx * dx + dy * dy);
    }
  }
}

std::vector<double> candidates_of(const BandwidthSearch& range) {
  if (!range.at_m.empty()) {
    if (range.at_m.front() > 0 && std::is_sorted(range.at_m.begin(), range.at_m.end()) &&
        std::isfinite(range.at_m.back()))
      return range.at_m;
    throw std::invalid_argument("candidates for a bandwidth must be positive and ascend");
  }
  if (!(range.from_m > 0 && range.from_m < range.to_m && range.candidates >= 2 && std::isfinite(range.to_m)))
    throw std::invalid_argument("a bandwidth search needs 0 < from < to and two candidates at least");
  std::vector<double> candidates;
  for (int k = 0; k < range.candidates; ++k) {
    const double share = static_cast<double>(k) / (range.candidates - 1);
    candidates.push_back(range.from_m * std::pow(range.to_m / range.from_m, share));
  }
  return candidates;
}

BandwidthChoice search(std::span<const Point> points, const BandwidthSearch& range, bool largest,
                       const std::function<double(double)>& criterion) {
  check(points);
  BandwidthChoice choice;
  for (const double candidate : candidates_of(range)) {
    choice.candidates_m.push_back(candidate);
    choice.criterion.push_back(criterion(candidate));
  }
  const auto& c = choice.criterion;
  const auto best = largest ? std::max_element(c.begin(), c.end()) : std::min_element(c.begin(), c.end());
  choice.best_m = choice.candidates_m[static_cast<std::size_t>(best - c.begin())];
  choice.at_end = best == c.begin() || best == c.end() - 1;
  return choice;
}

// Area common to two discs of radius h with centres r apart.
double overlap(double r, double h) {
  const double y = std::min(1.0, r / (2 * h));
  return 2 * h * h * (std::acos(y) - y * std::sqrt(1 - y * y));
}

}  // namespace

double radius_for(Kernel kernel, double sd_m) {
  return kernel == Kernel::gaussian ? sd_m : sd_m * std::sqrt(2.0 * (static_cast<int>(kernel) + 2));
}

AxisBandwidths scott_bandwidth(std::span<const Point> points) {
  const Moments m = moments_of(points);
  const double factor = std::pow(static_cast<double>(points.size()), -1.0 / 6);
  return {factor * std::sqrt(m.var_x), factor * std::sqrt(m.var_y), factor * std::sqrt((m.var_x + m.var_y) / 2)};
}

double silverman_bandwidth(std::span<const Point> points) {
  const Moments m = moments_of(points);
  const auto n = static_cast<double>(points.size());
  std::vector<double> distances;
  for (Point p : points) distances.push_back(std::hypot(metres(p.x) - m.x, metres(p.y) - m.y));
  std::sort(distances.begin(), distances.end());
  const std::size_t half = distances.size() / 2;
  const double median = distances.size() % 2 ? distances[half] : (distances[half - 1] + distances[half]) / 2;
  const double standard = std::sqrt((m.var_x + m.var_y) * (n - 1) / n);
  const double robust = median / std::sqrt(std::numbers::ln2);
  return 0.9 * (robust > 0 ? std::min(standard, robust) : standard) * std::pow(n, -0.2);
}

BandwidthChoice likelihood_bandwidth(std::span<const Point> points, const BandwidthSearch& range) {
  std::vector<double> sums(points.size());
  return search(points, range, true, [&](double b) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for_pairs(points, [&](std::size_t i, std::size_t j, double d2) {
      const double value = std::exp(-0.5 * d2 / (b * b));
      sums[i] += value, sums[j] += value;
    });
    double likelihood = 0;
    for (double s : sums) likelihood += std::log(s / (2 * std::numbers::pi * b * b));
    return likelihood;
  });
}

BandwidthChoice lscv_bandwidth(std::span<const Point> points, const BandwidthSearch& range) {
  const auto n = static_cast<double>(points.size());
  return search(points, range, false, [&](double b) {
    double wide = 0, narrow = 0;
    for_pairs(points, [&](std::size_t, std::size_t, double d2) {
      wide += 2 * std::exp(-d2 / (4 * b * b));
      narrow += 2 * std::exp(-d2 / (2 * b * b));
    });
    const double unit = 1 / (2 * std::numbers::pi * b * b);
    return (n + wide) * unit / 2 / (n * n) - 2 * narrow * unit / (n * (n - 1));
  });
}

BandwidthChoice diggle_bandwidth(std::span<const Point> points, double area_km2, const BandwidthSearch& range) {
  if (!(area_km2 > 0)) throw std::invalid_argument("the city's area must be positive");
  std::vector<double> pairs;
  const double reach = 4 * (range.at_m.empty() ? range.to_m : range.at_m.back());
  for_pairs(points, [&](std::size_t, std::size_t, double d2) {
    if (d2 <= reach * reach) pairs.push_back(std::sqrt(d2));
  });
  std::sort(pairs.begin(), pairs.end());
  const double area = area_km2 * 1e6, n = static_cast<double>(points.size());
  const double per_pair = 2 * area / (n * (n - 1));
  return search(points, range, false, [&](double sd) {
    const double h = 2 * sd, disc = std::numbers::pi * h * h;
    const auto last = std::upper_bound(pairs.begin(), pairs.end(), h);
    const double k = per_pair * static_cast<double>(last - pairs.begin());
    double common = 0;
    for (auto d = pairs.begin(); d != pairs.end() && *d < 2 * h; ++d) common += per_pair * overlap(*d, h);
    return (area / n - 2 * k) / disc + common / (disc * disc);
  });
}

}  // namespace gridloom
