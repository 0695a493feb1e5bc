// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/exact_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "engine/base/errors.h"
#include "engine/statistics/cell_values.h"

namespace gridloom {
namespace {

constexpr double kMostRange = 4096;
constexpr std::size_t kMostNeighbours = 64;

using Multiset = std::map<std::size_t, std::size_t>;  // value above the smallest -> cells

// The distributions of the sums of 0 .. k values drawn from the multiset without replacement; index: how many, sum.
//
// Value by value: ways[m][s] is the chance that, of k places, the values so far fill m with sum s, times C(total, k):
// with t of the n_v cells of value v, ways'[m + t][s + t v] += ways[m][s] C(n_v, t). Scaled by t!/n^t, so that
// binomials of a city's size stay near 1: C(n_v, t)/n^t, and the common factor cancels in the end.
std::vector<std::vector<double>> distributions_of_sums(const Multiset& values, std::size_t k) {
  std::size_t total = 0;
  for (const auto& [value, cells] : values) total += cells;
  const std::size_t range = values.rbegin()->first;
  std::vector<std::vector<double>> ways(k + 1);
  for (std::size_t m = 0; m <= k; ++m) ways[m].assign(m * range + 1, 0.0);
  ways[0][0] = 1;
  for (const auto& [value, cells] : values) {
    std::vector<double> binomial{1};  // C(cells, t) / total^t
    for (std::size_t t = 1; t <= std::min(k, cells); ++t)
      binomial.push_back(binomial.back() * static_cast<double>(cells - t + 1) /
                         (static_cast<double>(t) * static_cast<double>(total)));
    for (std::size_t m = k; m > 0; --m)  // from above: what is added to must not be read again
      for (std::size_t t = 1; t < std::min(binomial.size(), m + 1); ++t)
        for (std::size_t s = 0; s < ways[m - t].size(); ++s) ways[m][s + t * value] += ways[m - t][s] * binomial[t];
  }
  for (std::vector<double>& chances : ways) {
    double all = 0;
    for (double chance : chances) all += chance;
    for (double& chance : chances) chance /= all;
  }
  return ways;
}

// Additions of distributions_of_sums.
double cost_of(const Multiset& values, std::size_t k) {
  const auto range = static_cast<double>(values.rbegin()->first);
  double cost = 0;
  for (const auto& [value, cells] : values)
    for (std::size_t m = 1; m <= k; ++m) {
      const auto most = static_cast<double>(std::min(m, cells));
      cost += most * ((static_cast<double>(m) - (most + 1) / 2) * range + 1);  // t = 1 .. most: (m - t) range + 1
    }
  return cost;
}

Multiset steps_of(std::span<const double> values) {
  const double low = *std::min_element(values.begin(), values.end());
  Multiset all;
  for (double x : values) ++all[static_cast<std::size_t>(x - low)];
  return all;
}

ExactTails tails_at(const std::vector<double>& chance, std::size_t sum) {
  ExactTails t{0, chance[sum], 0};
  for (std::size_t s = 0; s < sum; ++s) t.less += chance[s];
  for (std::size_t s = chance.size(); s-- > sum + 1;) t.greater += chance[s];
  return t;
}

bool whole_and_narrow(std::span<const double> values) {
  if (values.empty()) return false;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low <= kMostRange &&
         std::all_of(values.begin(), values.end(), [](double x) { return x == std::floor(x); });
}

}  // namespace

double p_value(const ExactTails& t, Tail tail, Ties ties) {
  const double tied = ties == Ties::full ? t.equal : 0.5 * t.equal;
  if (tail == Tail::greater) return t.greater + tied;
  if (tail == Tail::less) return t.less + tied;
  return std::min(1.0, 2 * (std::min(t.less, t.greater) + tied));
}

bool exact_applies(std::span<const double> values, const SpatialWeights& w) {
  if (!whole_and_narrow(values)) return false;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto weights = w.weights_of(i);
    if (weights.size() > kMostNeighbours) return false;
    if (std::any_of(weights.begin(), weights.end(), [&](double x) { return x != weights[0]; })) return false;
  }
  return true;
}

double exact_cost(std::span<const double> values, const SpatialWeights& w, const ExactOptions& options) {
  const Multiset all = steps_of(values);
  std::map<double, std::size_t> widest;  // own value -> most neighbours
  std::size_t most = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const std::size_t k = w.neighbours_of(i).size();
    widest[values[i]] = std::max(widest[values[i]], k);
    most = std::max(most, k);
  }
  double cost = options.with_cell ? cost_of(all, most + 1) : 0;
  if (options.given_cell)
    for (const auto& [own, k] : widest) cost += cost_of(all, k);
  return cost;
}

ExactLocal exact_local(std::span<const double> values, const SpatialWeights& w, const ExactOptions& options) {
  require_values(values, w, "exact test");
  if (!exact_applies(values, w)) throw DataError("exact_test_does_not_apply");
  const std::size_t n = values.size();
  const double low = *std::min_element(values.begin(), values.end());
  const double mean = moments_of(values).mean;
  const Multiset all = steps_of(values);
  std::vector<std::size_t> steps;
  for (double x : values) steps.push_back(static_cast<std::size_t>(x - low));
  ExactLocal result;
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (options.given_cell) result.moran.assign(n, kNaN), result.g.assign(n, kNaN);
  if (options.with_cell) result.g_star.assign(n, kNaN);
  std::vector<std::size_t> sum(n, 0);
  std::map<std::size_t, std::vector<std::size_t>> cells_of;  // own step -> cells that are no islands
  std::size_t most = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = w.neighbours_of(i);
    for (std::uint32_t j : row) sum[i] += steps[j];
    if (!row.empty()) cells_of[steps[i]].push_back(i);
    most = std::max(most, row.size());
  }
  if (options.with_cell && most > 0) {
    const auto chances = distributions_of_sums(all, most + 1);
    for (const auto& [own, cells] : cells_of)
      for (std::size_t i : cells)
        result.g_star[i] =
            p_value(tails_at(chances[w.neighbours_of(i).size() + 1], sum[i] + own), options.tail, options.ties);
  }
  if (!options.given_cell) return result;
  for (const auto& [own, cells] : cells_of) {
    Multiset others = all;
    if (--others[own] == 0) others.erase(own);
    std::size_t widest = 0;
    for (std::size_t i : cells) widest = std::max(widest, w.neighbours_of(i).size());
    const auto chances = distributions_of_sums(others, widest);
    for (std::size_t i : cells) {
      const ExactTails tails = tails_at(chances[w.neighbours_of(i).size()], sum[i]);
      const double apart = values[i] - mean;
      const ExactTails of_moran = apart > 0   ? tails
                                  : apart < 0 ? ExactTails{tails.greater, tails.equal, tails.less}
                                              : ExactTails{};
      result.g[i] = p_value(tails, options.tail, options.ties);
      result.moran[i] = p_value(of_moran, options.tail, options.ties);
    }
  }
  return result;
}

}  // namespace gridloom
