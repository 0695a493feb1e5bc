// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/global_permutation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/statistics/cell_values.h"
#include "engine/statistics/global_statistics.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kPlacementPurpose = 3;
constexpr std::size_t kStatistics = 6;
constexpr double kRounding = 1e-11;

// sum w_ij of z_i z_j, (z_i - z_j)², x_i x_j, and of joins black-black, black-white, white-white.
using Sums = std::array<double, kStatistics>;

struct Field {
  std::vector<double> x;
  std::vector<double> black;  // or all 0
  double mean = 0;
};

template <class PlaceOf>
Sums sums_of_placement(const Field& f, const SpatialWeights& w, PlaceOf&& at) {
  Sums sums{};
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto row = w.neighbours_of(i);
    const auto weights = w.weights_of(i);
    const double xi = f.x[at(i)];
    const double bi = f.black[at(i)];
    for (std::size_t k = 0; k < row.size(); ++k) {
      const double xj = f.x[at(row[k])];
      const double bj = f.black[at(row[k])];
      const Sums terms{(xi - f.mean) * (xj - f.mean), (xi - xj) * (xi - xj), xi * xj, bi * bj,
                       bi + bj - 2 * bi * bj,         (1 - bi) * (1 - bj)};
      for (std::size_t s = 0; s < kStatistics; ++s) sums[s] += weights[k] * terms[s];
    }
  }
  return sums;
}

// The largest that the sums' terms add up to, whatever their signs.
Sums slack_of(const Field& f, const SpatialWeights& w) {
  double deviation = 0, most = 0;
  for (double x : f.x) {
    deviation = std::max(deviation, std::abs(x - f.mean));
    most = std::max(most, std::abs(x));
  }
  const double total = kRounding * std::accumulate(w.weight.begin(), w.weight.end(), 0.0);
  return {total * deviation * deviation, 4 * total * deviation * deviation, total * most * most, total, total, total};
}

std::vector<std::uint32_t> placement(std::uint64_t seed, std::uint64_t number, std::size_t n) {
  std::vector<std::uint32_t> at(n);
  std::iota(at.begin(), at.end(), 0u);
  RandomStream random(seed, static_cast<std::uint32_t>(number), kPlacementPurpose);
  for (std::size_t i = n; i > 1; --i) std::swap(at[i - 1], at[random.below(i)]);
  return at;
}

}  // namespace

GlobalPermutations permute_global(std::span<const double> values, std::span<const std::uint8_t> black,
                                  const SpatialWeights& w, const PermutationOptions& options) {
  if (options.permutations == 0) throw std::invalid_argument("permutations: at least 1 is needed");
  moran(values, w);  // refuses what cannot be tested
  if (!black.empty()) join_counts(black, w);
  Field field{{values.begin(), values.end()}, {black.begin(), black.end()}, moments_of(values).mean};
  field.black.resize(values.size());
  const Sums observed = sums_of_placement(field, w, [](std::size_t i) { return i; });
  const Sums slack = slack_of(field, w);
  std::vector<Sums> drawn(options.permutations);
  parallel_for(options.permutations, options.threads, [&](std::size_t number) {
    const std::vector<std::uint32_t> at = placement(options.seed, number, values.size());
    drawn[number] = sums_of_placement(field, w, [&at](std::size_t i) { return at[i]; });
  });
  std::array<TailCounts, kStatistics> counts;
  for (const Sums& sums : drawn)
    for (std::size_t s = 0; s < kStatistics; ++s) {
      const double difference = sums[s] - observed[s];
      ++counts[s].draws;
      counts[s].greater += difference > slack[s];
      counts[s].equal += std::abs(difference) <= slack[s];
    }
  GlobalPermutations result{counts[0], counts[1], counts[2], {}, {}, {}};
  if (!black.empty()) {
    result.black_black = counts[3];
    result.black_white = counts[4];
    result.white_white = counts[5];
  }
  return result;
}

}  // namespace gridloom
