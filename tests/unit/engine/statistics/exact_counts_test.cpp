// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/exact_counts.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/draw.h"

namespace gridloom {
namespace {

// Tails of the sum of `k` of the values, over all their orders.
ExactTails over_all_placements(std::vector<double> values, std::size_t k, double observed) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  double count = 0;
  ExactTails t{0, 0, 0};
  do {
    double sum = 0;
    for (std::size_t d = 0; d < k; ++d) sum += values[order[d]];
    (sum < observed ? t.less : sum > observed ? t.greater : t.equal) += 1;
    ++count;
  } while (std::next_permutation(order.begin(), order.end()));
  return {t.less / count, t.equal / count, t.greater / count};
}

TEST(ExactLocal, EqualsAllPlacements) {
  const std::vector<double> x{3, 0, 1, 1, 7, 0, 2, 1};
  const SpatialWeights w = weights_from_lists(std::vector<std::vector<std::uint32_t>>{
      {1, 2}, {0, 3, 4, 5, 6}, {4, 7}, {1, 2, 4}, {0}, {1, 6, 7}, {0, 1, 2, 3, 4, 5, 7}, {2, 3}});
  for (Ties ties : {Ties::full, Ties::mid_p}) {
    const ExactLocal p = exact_local(x, w, {.ties = ties});
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<double> others = x;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      double around = 0;
      for (std::uint32_t j : w.neighbours_of(i)) around += x[j];
      const std::size_t k = w.neighbours_of(i).size();
      const double of_others = p_value(over_all_placements(others, k, around), Tail::two_sided, ties);
      EXPECT_NEAR(p.g[i], of_others, 1e-12);
      EXPECT_NEAR(p.moran[i], of_others, 1e-12);  // no value equals the mean
      EXPECT_NEAR(p.g_star[i], p_value(over_all_placements(x, k + 1, around + x[i]), Tail::two_sided, ties), 1e-12);
    }
  }
}

TEST(ExactLocal, SeesACellThatIsBusyAllByItself) {
  const SpatialWeights w = lattice_contiguity(20, 20, Contiguity::queen);
  std::vector<double> x(400, 0.0);
  for (std::size_t i = 0; i < 400; i += 9) x[i] = 1;
  x[210] = 50;
  const ExactLocal p = exact_local(x, w, {});
  EXPECT_GT(p.g[210], 0.1);
  EXPECT_LT(p.g_star[210], 0.05);
}

TEST(ExactLocal, IsHypergeometricForRareEvents) {
  // 9999 others of which 49 hold one event; 8 neighbours, 4 of them with one.
  const SpatialWeights w = lattice_contiguity(100, 100, Contiguity::queen);
  std::vector<double> x(10'000, 0.0);
  const std::size_t cell = 5050;
  int placed = 0;
  for (std::uint32_t j : w.neighbours_of(cell))
    if (placed < 4) x[j] = 1, ++placed;
  for (std::size_t i = 0; placed < 49; i += 150)
    if (x[i] == 0) x[i] = 1, ++placed;
  const auto log_choose = [](double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  };
  double upper = 0;
  for (int s = 4; s <= 8; ++s)
    upper += std::exp(log_choose(49, s) + log_choose(9999 - 49, 8 - s) - log_choose(9999, 8));
  const ExactLocal p = exact_local(x, w, {.tail = Tail::greater, .ties = Ties::full});
  EXPECT_NEAR(p.g[cell] / upper, 1, 1e-9);
  EXPECT_LT(p.g[cell], 1e-7);
}

TEST(ExactLocal, AgreesWithPermutations) {
  draw::Random random(4);
  const SpatialWeights w = lattice_contiguity(15, 15, Contiguity::queen);
  std::vector<double> x;
  for (std::size_t i = 0; i < w.size(); ++i) x.push_back(random.one_in(3) ? random.between(0, 5) : 0);
  const ExactLocal exact = exact_local(x, row_standardised(w), {.ties = Ties::full});
  PermutationOptions options;
  options.permutations = 9999;
  const LocalPermutations sampled = permute_local(x, {}, w, options);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(exact.g[i], sampled.g[i], 0.05);
    EXPECT_NEAR(exact.moran[i], sampled.moran[i], 0.05);
  }
}

TEST(ExactLocal, RefusesWhatIsNoCount) {
  const SpatialWeights w = lattice_contiguity(3, 3, Contiguity::rook);
  std::vector<double> x(9, 1.0);
  EXPECT_TRUE(exact_applies(x, w));
  x[0] = 0.5;
  EXPECT_FALSE(exact_applies(x, w));
  EXPECT_THROW(exact_local(x, w, {}), DataError);
  x[0] = 1e6;
  EXPECT_FALSE(exact_applies(x, w));
  const std::vector<Point> points{{0, 0}, {100, 0}, {300, 0}};
  EXPECT_FALSE(exact_applies(std::vector<double>{1, 2, 3}, kernel_weights(points, 1, Kernel::triweight)));
}

TEST(ExactCounts, OnlyWhatIsAskedForIsToldAndPaid) {
  std::vector<double> values(100, 0.0);
  for (std::size_t i = 0; i < 100; i += 3) values[i] = static_cast<double>(i % 7);
  const SpatialWeights w = lattice_contiguity(10, 10, Contiguity::queen);
  const ExactLocal all = exact_local(values, w, {});
  const ExactLocal star = exact_local(values, w, {.given_cell = false}),
                   others = exact_local(values, w, {.with_cell = false});
  EXPECT_EQ(star.g_star, all.g_star);
  EXPECT_TRUE(star.g.empty() && star.moran.empty() && others.g_star.empty());
  EXPECT_EQ(others.g, all.g);
  EXPECT_LT(exact_cost(values, w, {.given_cell = false}), exact_cost(values, w, {.with_cell = false}));
  for (double& x : values) x *= 100;
  EXPECT_GT(exact_cost(values, w, {}), 50 * exact_cost(std::vector<double>(100, 1.0), w, {}));
}

}  // namespace
}  // namespace gridloom
