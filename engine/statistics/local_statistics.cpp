// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/local_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "engine/base/errors.h"
#include "engine/statistics/cell_values.h"

namespace gridloom {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void require_cells(std::span<const double> values, const SpatialWeights& w, const char* statistic) {
  require_values(values, w, statistic);
  if (values.size() < 3) throw DataError("too_few_cells", {{"statistic", statistic}, {"least", 3}});
}

// Of one row: sum w y(j), W and W2.
struct RowSums {
  double lag = 0;
  double weight = 0;
  double weight2 = 0;
};

template <class ValueOf>
RowSums row_sums(const SpatialWeights& w, std::size_t i, ValueOf&& y) {
  RowSums r;
  const auto row = w.neighbours_of(i);
  const auto weights = w.weights_of(i);
  for (std::size_t k = 0; k < row.size(); ++k) {
    r.lag += weights[k] * y(row[k]);
    r.weight += weights[k];
    r.weight2 += weights[k] * weights[k];
  }
  return r;
}

// Of sum w y with k of `pool` values drawn without replacement; rounding below 0 is 0, which means undefined.
double sample_variance(const RowSums& r, double pool, double variance) {
  const double spread = (pool * r.weight2 - r.weight * r.weight) / (pool - 1);
  // All the others as neighbours with equal weights: nothing varies, up to rounding.
  return spread > 1e-12 * pool * r.weight2 / (pool - 1) ? std::max(0.0, variance) * spread : 0;
}

// Mean and variance (divisor: their number) of the values other than the i-th, of deviations about the overall mean.
struct Others {
  double mean = 0;
  double variance = 0;
};
Others others_of(const Moments& m, double deviation) {
  const double pool = m.n - 1;
  const double mean = -deviation / pool;
  const double variance = (m.square - deviation * deviation) / pool - mean * mean;
  return {mean, variance > 1e-14 * m.square / m.n ? variance : 0};
}

void append(LocalStatistic& s, double value, double expected, double variance, double z) {
  s.value.push_back(value);
  s.expected.push_back(expected);
  s.variance.push_back(variance);
  s.z.push_back(z);
}

double z_of(double value, double expected, double variance) {
  return variance > 0 ? (value - expected) / std::sqrt(variance) : kNaN;
}

// What shares are of; 0 where a value is negative, for then they mean nothing.
double total_of(std::span<const double> values) {
  const bool from_zero = std::all_of(values.begin(), values.end(), [](double x) { return x >= 0; });
  return from_zero ? std::accumulate(values.begin(), values.end(), 0.0) : 0;
}

std::vector<double> deviations(std::span<const double> values, double mean) {
  std::vector<double> d(values.begin(), values.end());
  for (double& x : d) x -= mean;
  return d;
}

}  // namespace

LocalStatistic local_moran(std::span<const double> values, const SpatialWeights& w) {
  require_cells(values, w, "local Moran");
  const Moments m = moments_of(values);
  const std::vector<double> d = deviations(values, m.mean);
  const double m2 = m.square / m.n;
  LocalStatistic s;
  for (std::size_t i = 0; i < d.size(); ++i) {
    const RowSums r = row_sums(w, i, [&](std::uint32_t j) { return d[j]; });
    const Others others = others_of(m, d[i]);
    const double scale = d[i] / m2;
    const double value = scale * r.lag;
    const double expected = scale * r.weight * others.mean;
    const double variance = scale * scale * sample_variance(r, m.n - 1, others.variance);
    append(s, value, expected, variance, z_of(value, expected, variance));
  }
  return s;
}

LocalStatistic local_g(std::span<const double> values, const SpatialWeights& w) {
  require_cells(values, w, "local G");
  const Moments m = moments_of(values);
  const std::vector<double> d = deviations(values, m.mean);
  const double sum = total_of(values);
  LocalStatistic s;
  for (std::size_t i = 0; i < d.size(); ++i) {
    const RowSums r = row_sums(w, i, [&](std::uint32_t j) { return d[j]; });
    const Others others = others_of(m, d[i]);
    const double variance = sample_variance(r, m.n - 1, others.variance);
    const double z = z_of(r.lag, r.weight * others.mean, variance);
    const double others_sum = sum > 0 ? sum - values[i] : 0;
    const double total = others_sum > 1e-12 * sum ? others_sum : 0;  // less is rounding
    append(s, total > 0 ? (r.lag + r.weight * m.mean) / total : kNaN, r.weight / (m.n - 1),
           total > 0 ? variance / (total * total) : kNaN, z);
  }
  return s;
}

LocalStatistic local_g_star(std::span<const double> values, const SpatialWeights& w) {
  require_cells(values, w, "local G*");
  const Moments m = moments_of(values);
  const std::vector<double> d = deviations(values, m.mean);
  const double total = total_of(values);
  LocalStatistic s;
  for (std::size_t i = 0; i < d.size(); ++i) {
    RowSums r = row_sums(w, i, [&](std::uint32_t j) { return d[j]; });
    r.lag += w.self[i] * d[i];
    r.weight += w.self[i];
    r.weight2 += w.self[i] * w.self[i];
    if (w.row_standardised) r = {r.lag / r.weight, 1, r.weight2 / (r.weight * r.weight)};
    const double variance = sample_variance(r, m.n, m.square / m.n);
    const double z = z_of(r.lag, 0, variance);
    append(s, total > 0 ? (r.lag + r.weight * m.mean) / total : kNaN, r.weight / m.n,
           total > 0 ? variance / (total * total) : kNaN, z);
  }
  return s;
}

LocalStatistic local_geary(std::span<const double> values, const SpatialWeights& w) {
  require_cells(values, w, "local Geary");
  const Moments m = moments_of(values);
  std::vector<double> z = deviations(values, m.mean);
  const double sd = std::sqrt(m.square / (m.n - 1));
  for (double& x : z) x /= sd;
  const Moments standard = moments_of(z);
  const double pool = m.n - 1;
  LocalStatistic s;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double a = z[i];
    const RowSums r = row_sums(w, i, [&](std::uint32_t j) { return (a - z[j]) * (a - z[j]); });
    // Sums over all j of (z_j - a)² and (z_j - a)⁴, whose i-th terms are 0.
    const double squares = standard.square + m.n * a * a;
    const double fourths = standard.fourth - 4 * a * standard.cube + 6 * a * a * standard.square + m.n * a * a * a * a;
    const double mean = squares / pool;
    const double spread = fourths / pool - mean * mean;
    const double variance = sample_variance(r, pool, spread > 1e-14 * fourths / pool ? spread : 0);
    append(s, r.lag, r.weight * mean, variance, z_of(r.lag, r.weight * mean, variance));
  }
  return s;
}

LocalStatistic local_join_count(std::span<const std::uint8_t> black, const SpatialWeights& w) {
  const std::vector<double> b(black.begin(), black.end());
  require_cells(b, w, "local join count");
  if (std::any_of(black.begin(), black.end(), [](std::uint8_t x) { return x > 1; }))
    throw DataError("values_not_black_or_white", {{"statistic", "local join count"}});
  const double pool = static_cast<double>(b.size()) - 1;
  const double blacks = static_cast<double>(std::count(black.begin(), black.end(), std::uint8_t{1}));
  LocalStatistic s;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const RowSums r = row_sums(w, i, [&](std::uint32_t j) { return b[j]; });
    const double share = (blacks - 1) / pool;
    const double expected = b[i] * r.weight * share;
    const double variance = b[i] * sample_variance(r, pool, share * (1 - share));
    append(s, b[i] * r.lag, expected, variance, z_of(b[i] * r.lag, expected, variance));
  }
  return s;
}

std::vector<Quadrant> moran_quadrants(std::span<const double> values, const SpatialWeights& w) {
  require_values(values, w, "Moran's quadrants");
  const std::vector<double> d = deviations(values, moments_of(values).mean);
  std::vector<Quadrant> quadrants;
  for (std::size_t i = 0; i < d.size(); ++i) {
    const bool high = d[i] > 0;
    const bool high_around = row_sums(w, i, [&](std::uint32_t j) { return d[j]; }).lag > 0;
    if (w.neighbours_of(i).empty())
      quadrants.push_back(Quadrant::none);
    else if (high)
      quadrants.push_back(high_around ? Quadrant::high_high : Quadrant::high_low);
    else
      quadrants.push_back(high_around ? Quadrant::low_high : Quadrant::low_low);
  }
  return quadrants;
}

}  // namespace gridloom
