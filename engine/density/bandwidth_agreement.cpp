// SPDX-License-Identifier: Apache-2.0
#include "engine/density/bandwidth_agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace gridloom {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// One bandwidth's densities of the places, as ranks; those that are dense.
struct Ranked {
  std::vector<double> rank;  // from the mean rank; ties share theirs
  std::vector<bool> dense;
};

Ranked ranked(const std::vector<double>& density) {
  const std::size_t n = density.size();
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return density[a] > density[b]; });
  Ranked r{std::vector<double>(n), std::vector<bool>(n)};
  const auto kept = static_cast<std::size_t>(std::ceil(kDensePart * static_cast<double>(n)));
  for (std::size_t begin = 0, end; begin < n; begin = end) {
    for (end = begin + 1; end < n && density[order[end]] == density[order[begin]];) ++end;
    for (std::size_t i = begin; i < end; ++i) {
      r.rank[order[i]] = 0.5 * static_cast<double>(n) - 0.5 * static_cast<double>(begin + end);
      r.dense[order[i]] = begin < kept && density[order[i]] > 0;
    }
  }
  return r;
}

// Ranks are halves, so the sums are exact up to 2^26 places.
double product(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

BandwidthPair compared(const Ranked& a, const Ranked& b) {
  BandwidthPair pair;
  const double spread = std::sqrt(product(a.rank, a.rank)) * std::sqrt(product(b.rank, b.rank));
  pair.rank_correlation = spread > 0 ? std::clamp(product(a.rank, b.rank) / spread, -1.0, 1.0) : kNaN;
  std::size_t both = 0, either = 0;
  for (std::size_t p = 0; p < a.dense.size(); ++p) {
    both += a.dense[p] && b.dense[p];
    either += a.dense[p] || b.dense[p];
  }
  pair.dense_in_both = either > 0 ? static_cast<double>(both) / static_cast<double>(either) : kNaN;
  return pair;
}

}  // namespace

BandwidthAgreement bandwidth_agreement(std::span<const Point> points, const RasterGrid& grid,
                                       std::span<const std::uint8_t> place, std::span<const double> bandwidths_m,
                                       KernelOptions options) {
  if (place.size() != grid.size()) throw std::invalid_argument("there must be one word on each pixel");
  std::vector<Ranked> runs;
  for (double bandwidth : bandwidths_m) {
    options.bandwidth_m = bandwidth;
    const std::vector<double> values = kernel_density(points, grid, options);
    std::vector<double> of_places;
    for (std::size_t q = 0; q < values.size(); ++q)
      if (place[q] != 0) of_places.push_back(values[q]);
    runs.push_back(ranked(of_places));
  }
  BandwidthAgreement result;
  for (std::size_t a = 0; a < runs.size(); ++a)
    for (std::size_t b = a + 1; b < runs.size(); ++b) {
      result.pairs.push_back(compared(runs[a], runs[b]));
      result.pairs.back().first_m = bandwidths_m[a];
      result.pairs.back().second_m = bandwidths_m[b];
    }
  result.dense_share.assign(grid.size(), kNaN);
  if (runs.empty()) return result;
  for (std::size_t q = 0, at = 0; q < place.size(); ++q) {
    if (place[q] == 0) continue;
    const auto dense = std::count_if(runs.begin(), runs.end(), [&](const Ranked& r) { return r.dense[at]; });
    result.dense_share[q] = static_cast<double>(dense) / static_cast<double>(runs.size());
    ++at;
  }
  return result;
}

}  // namespace gridloom
