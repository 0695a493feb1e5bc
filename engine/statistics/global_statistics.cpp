// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/global_statistics.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/statistics/cell_values.h"

namespace gridloom {
namespace {

// sum over links of w_ij f(i, j).
template <class Term>
double sum_over_links(const SpatialWeights& w, Term&& term) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto row = w.neighbours_of(i);
    const auto weights = w.weights_of(i);
    for (std::size_t k = 0; k < row.size(); ++k) sum += weights[k] * term(i, row[k]);
  }
  return sum;
}

void require_links(const SpatialWeights& w, const char* statistic) {
  if (w.size() < 4) throw DataError("too_few_cells", {{"statistic", statistic}, {"least", 4}});
  if (w.links() == 0) throw DataError("no_neighbours", {{"statistic", statistic}});
}

void require_variation(std::span<const double> values, const char* statistic) {
  if (std::all_of(values.begin(), values.end(), [&](double x) { return x == values[0]; }))
    throw DataError("values_all_equal", {{"statistic", statistic}});
}

void require_testable(std::span<const double> values, const SpatialWeights& w, const char* statistic) {
  require_values(values, w, statistic);
  require_links(w, statistic);
  require_variation(values, statistic);
}

double cells_that_count(const SpatialWeights& w, Islands rule) {
  return static_cast<double>(w.size() - (rule == Islands::left_out ? islands(w).size() : 0));
}

// m (m - 1) ... (m - k + 1)
double falling(double m, int k) {
  double product = 1;
  for (int i = 0; i < k; ++i) product *= m - i;
  return product;
}

// Pairs of one colour, `m` cells of n (Cliff & Ord 1981, equation 1.29 and following: non-free sampling).
GlobalTest same_colour(double value, double m, double n, const WeightSums& s) {
  const auto share = [&](int k) { return falling(m, k) / falling(n, k); };
  GlobalTest t;
  t.value = value;
  t.expected = 0.5 * s.s0 * share(2);
  t.variance = 0.25 * (s.s1 * share(2) + (s.s2 - 2 * s.s1) * share(3) + (s.s0 * s.s0 + s.s1 - s.s2) * share(4)) -
               t.expected * t.expected;
  return t;
}

GlobalTest two_colours(double value, double black, double n, const WeightSums& s) {
  const double white = n - black;
  GlobalTest t;
  t.value = value;
  t.expected = s.s0 * black * white / falling(n, 2);
  t.variance =
      0.25 * (2 * s.s1 * black * white / falling(n, 2) + (s.s2 - 2 * s.s1) * black * white * (n - 2) / falling(n, 3) +
              4 * (s.s0 * s.s0 + s.s1 - s.s2) * falling(black, 2) * falling(white, 2) / falling(n, 4)) -
      t.expected * t.expected;
  return t;
}

}  // namespace

GlobalTest moran(std::span<const double> values, const SpatialWeights& w, Islands rule) {
  require_testable(values, w, "Moran's I");
  const WeightSums s = sums_of(w);
  const Moments m = moments_of(values);
  const double n = cells_that_count(w, rule);
  const double s00 = s.s0 * s.s0;
  const double cross = sum_over_links(w, [&](auto i, auto j) { return (values[i] - m.mean) * (values[j] - m.mean); });
  const double kurtosis = m.n * m.fourth / (m.square * m.square);
  GlobalTest t;
  t.value = n / s.s0 * cross / m.square;
  t.expected = -1 / (n - 1);
  const double e2 = t.expected * t.expected;
  t.variance_normality = (n * n * s.s1 - n * s.s2 + 3 * s00) / (s00 * (n * n - 1)) - e2;
  t.variance = (n * ((n * n - 3 * n + 3) * s.s1 - n * s.s2 + 3 * s00) -
                kurtosis * ((n * n - n) * s.s1 - 2 * n * s.s2 + 6 * s00)) /
                   ((n - 1) * (n - 2) * (n - 3) * s00) -
               e2;
  return t;
}

GlobalTest geary(std::span<const double> values, const SpatialWeights& w, Islands rule) {
  require_testable(values, w, "Geary's c");
  const WeightSums s = sums_of(w);
  const Moments m = moments_of(values);
  const double n = cells_that_count(w, rule);
  const double s00 = s.s0 * s.s0;
  const double squares =
      sum_over_links(w, [&](auto i, auto j) { return (values[i] - values[j]) * (values[i] - values[j]); });
  const double kurtosis = m.n * m.fourth / (m.square * m.square);
  GlobalTest t;
  t.value = (n - 1) / (2 * s.s0) * squares / m.square;
  t.expected = 1;
  t.variance_normality = ((2 * s.s1 + s.s2) * (n - 1) - 4 * s00) / (2 * (n + 1) * s00);
  t.variance = ((n - 1) * s.s1 * (n * n - 3 * n + 3 - (n - 1) * kurtosis) -
                0.25 * (n - 1) * s.s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * kurtosis) +
                s00 * (n * n - 3 - (n - 1) * (n - 1) * kurtosis)) /
               (n * (n - 2) * (n - 3) * s00);
  return t;
}

GlobalTest getis_ord_g(std::span<const double> values, const SpatialWeights& w) {
  require_testable(values, w, "Getis-Ord G");
  if (std::any_of(values.begin(), values.end(), [](double x) { return x < 0; }))
    throw DataError("getis_ord_of_negative_values");
  const WeightSums s = sums_of(w);
  const double n = static_cast<double>(values.size());
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  for (double x : values) {
    m1 += x;
    m2 += x * x;
    m3 += x * x * x;
    m4 += x * x * x * x;
  }
  const double pairs = m1 * m1 - m2;
  if (!(pairs > 0)) throw DataError("getis_ord_of_one_value");
  const double s00 = s.s0 * s.s0;
  const double b0 = (n * n - 3 * n + 3) * s.s1 - n * s.s2 + 3 * s00;
  const double b1 = -((n * n - n) * s.s1 - 2 * n * s.s2 + 6 * s00);
  const double b2 = -(2 * n * s.s1 - (n + 3) * s.s2 + 6 * s00);
  const double b3 = 4 * (n - 1) * s.s1 - 2 * (n + 1) * s.s2 + 8 * s00;
  const double b4 = s.s1 - s.s2 + s00;
  GlobalTest t;
  t.value = sum_over_links(w, [&](auto i, auto j) { return values[i] * values[j]; }) / pairs;
  t.expected = s.s0 / (n * (n - 1));
  const double second = b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1 * m1 * m1 * m1;
  t.variance = second / (pairs * pairs * falling(n, 4)) - t.expected * t.expected;
  return t;
}

JoinCounts join_counts(std::span<const std::uint8_t> black, const SpatialWeights& w) {
  const std::vector<double> values(black.begin(), black.end());
  require_testable(values, w, "join counts");
  if (std::any_of(black.begin(), black.end(), [](std::uint8_t b) { return b > 1; }))
    throw DataError("values_not_black_or_white", {{"statistic", "join counts"}});
  const WeightSums s = sums_of(w);
  const double n = static_cast<double>(black.size());
  const double blacks = static_cast<double>(std::count(black.begin(), black.end(), std::uint8_t{1}));
  const double bb = 0.5 * sum_over_links(w, [&](auto i, auto j) { return values[i] * values[j]; });
  const double ww = 0.5 * sum_over_links(w, [&](auto i, auto j) { return (1 - values[i]) * (1 - values[j]); });
  const double bw = 0.5 * sum_over_links(w, [&](auto i, auto j) { return values[i] != values[j] ? 1.0 : 0.0; });
  return {same_colour(bb, blacks, n, s), two_colours(bw, blacks, n, s), same_colour(ww, n - blacks, n, s)};
}

double bivariate_moran(std::span<const double> x, std::span<const double> y, const SpatialWeights& w) {
  require_testable(x, w, "bivariate Moran");
  require_testable(y, w, "bivariate Moran");
  const Moments mx = moments_of(x);
  const Moments my = moments_of(y);
  const double cross = sum_over_links(w, [&](auto i, auto j) { return (x[i] - mx.mean) * (y[j] - my.mean); });
  return mx.n / sums_of(w).s0 * cross / std::sqrt(mx.square * my.square);
}

}  // namespace gridloom
