// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/global_permutation.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/statistics/global_statistics.h"
#include "support/reference_data.h"

namespace gridloom {
namespace {

// Shares of all placements with the statistic as large, and as small, or more so.
struct Shares {
  double upper = 0, lower = 0;
};
template <class Statistic>
Shares over_all_placements(const std::vector<double>& x, Statistic&& statistic) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> placed(x.size());
  const double observed = statistic(x);
  Shares s;
  double count = 0;
  do {
    for (std::size_t i = 0; i < x.size(); ++i) placed[i] = x[order[i]];
    const double value = statistic(placed);
    s.upper += value >= observed - 1e-9;
    s.lower += value <= observed + 1e-9;
    ++count;
  } while (std::next_permutation(order.begin(), order.end()));
  return {s.upper / count, s.lower / count};
}

TEST(PermuteGlobal, ApproachesTheExactDistribution) {
  const SpatialWeights w =
      weights_from_lists(std::vector<std::vector<std::uint32_t>>{{1, 2}, {0, 3}, {0, 4}, {1, 4, 5}, {2, 3}, {3}, {}});
  const std::vector<double> x{1, 0, 5, 2, 7, 0, 3};
  const std::vector<std::uint8_t> black{1, 1, 0, 0, 1, 0, 1};
  PermutationOptions options;
  options.permutations = 40'000;
  const GlobalPermutations p = permute_global(x, black, w, options);
  const auto expect = [&](const TailCounts& counts, const std::vector<double>& values, auto&& statistic) {
    const Shares exact = over_all_placements(values, statistic);
    EXPECT_NEAR(p_value(counts, Tail::greater, Ties::full), exact.upper, 4 * 0.5 / 200);
    EXPECT_NEAR(p_value(counts, Tail::less, Ties::full), exact.lower, 4 * 0.5 / 200);
  };
  expect(p.moran, x, [&](const auto& v) { return moran(v, w).value; });
  expect(p.geary, x, [&](const auto& v) { return geary(v, w).value; });
  expect(p.g, x, [&](const auto& v) { return getis_ord_g(v, w).value; });
  const std::vector<double> b(black.begin(), black.end());
  const auto joins = [&](auto member) {
    return [&w, member](const std::vector<double>& v) {
      return (join_counts(std::vector<std::uint8_t>(v.begin(), v.end()), w).*member).value;
    };
  };
  expect(p.black_black, b, joins(&JoinCounts::black_black));
  expect(p.black_white, b, joins(&JoinCounts::black_white));
  expect(p.white_white, b, joins(&JoinCounts::white_white));
}

TEST(PermuteGlobal, FindsTheCrimeOfColumbusClusteredForAnyNumberOfThreads) {
  const auto crime = reference::Table("columbus_local_expected_spdep.csv")["CRIME"];
  const SpatialWeights w = row_standardised(reference::gal("columbus_queen.gal"));
  PermutationOptions options;
  const GlobalPermutations one = permute_global(crime, {}, w, options);
  EXPECT_DOUBLE_EQ(p_value(one.moran, Tail::greater, Ties::full), 0.001);
  EXPECT_DOUBLE_EQ(p_value(one.geary, Tail::less, Ties::full), 0.001);
  EXPECT_EQ(one.black_black.draws, 0u);
  for (unsigned threads : {2u, 8u}) {
    options.threads = threads;
    const GlobalPermutations many = permute_global(crime, {}, w, options);
    EXPECT_EQ(many.moran, one.moran);
    EXPECT_EQ(many.geary, one.geary);
    EXPECT_EQ(many.g, one.g);
  }
}

TEST(PermuteGlobal, RefusesWhatCannotBeTested) {
  const SpatialWeights w = lattice_contiguity(3, 3, Contiguity::rook);
  EXPECT_THROW(permute_global(std::vector<double>(9, 1.0), {}, w, {}), DataError);
  std::vector<double> x(9, 1.0);
  x[4] = 2;
  EXPECT_THROW(permute_global(x, std::vector<std::uint8_t>(9, 1), w, {}), DataError);
  EXPECT_THROW(permute_global(x, {}, w, {.permutations = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
