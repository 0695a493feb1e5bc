// SPDX-License-Identifier: Apache-2.0
#include "engine/incidents/exact_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "engine/incidents/cell_values.h"
#include "engine/progress.h"

namespace gridloom {
namespace {

constexpr double kMostRange = 4096;
constexpr std::size_t kMostNeighbours = 64;

using Multiset = std::map<std::size_t, std::size_t>;  // value above the smallest -> cells

// The distribution of the sum of k values drawn from the multiset without replacement, index: sum.
//
// Value by value: ways[m][s] is the chance that, of k places, the values so far fill m with sum s, times C(total, k):
// with t of the n_v cells of value v, ways'[m + t][s + t v] += ways[m][s] C(n_v, t). Scaled by t!/n^t, so that
// binomials of a city's size stay near 1: C(n_v, t)/n^t, and the common factor cancels in the end.
std::vector<double> distribution_of_sum(const Multiset& values, std::size_t k) {
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
  double all = 0;
  for (double chance : ways[k]) all += chance;
  for (double& chance : ways[k]) chance /= all;
  return std::move(ways[k]);
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

ExactLocal exact_local(std::span<const double> values, const SpatialWeights& w, const ExactOptions& options) {
  require_values(values, w, "exact test");
  if (!exact_applies(values, w))
    throw DataError(
        "exact test: it needs counts (whole numbers of range at most 4096) and rows of equal weights with at most 64 "
        "neighbours; take permutations instead");
  const std::size_t n = values.size();
  const double low = *std::min_element(values.begin(), values.end());
  const double mean = moments_of(values).mean;
  std::vector<std::size_t> steps;
  Multiset all;
  for (double x : values) {
    steps.push_back(static_cast<std::size_t>(x - low));
    ++all[steps.back()];
  }
  ExactLocal result;
  for (auto* p : {&result.moran, &result.g, &result.g_star}) p->assign(n, std::numeric_limits<double>::quiet_NaN());
  std::map<std::pair<std::size_t, std::size_t>, std::vector<double>> of_others;  // own value, neighbours
  std::map<std::size_t, std::vector<double>> of_all;                             // neighbours
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = w.neighbours_of(i);
    if (row.empty()) continue;
    std::vector<double>& chance = of_others[{steps[i], row.size()}];
    if (chance.empty()) {
      Multiset others = all;
      if (--others[steps[i]] == 0) others.erase(steps[i]);
      chance = distribution_of_sum(others, row.size());
    }
    std::vector<double>& chance_with_cell = of_all[row.size()];
    if (chance_with_cell.empty()) chance_with_cell = distribution_of_sum(all, row.size() + 1);
    std::size_t sum = 0;
    for (std::uint32_t j : row) sum += steps[j];
    const ExactTails tails = tails_at(chance, sum);
    const double own = values[i] - mean;
    const ExactTails of_moran = own > 0   ? tails
                                : own < 0 ? ExactTails{tails.greater, tails.equal, tails.less}
                                          : ExactTails{};
    result.g[i] = p_value(tails, options.tail, options.ties);
    result.g_star[i] = p_value(tails_at(chance_with_cell, sum + steps[i]), options.tail, options.ties);
    result.moran[i] = p_value(of_moran, options.tail, options.ties);
  }
  return result;
}

}  // namespace gridloom
