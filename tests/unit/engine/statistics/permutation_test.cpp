// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/permutation.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

#include "engine/statistics/local_statistics.h"
#include "support/draw.h"

namespace gridloom {
namespace {

using testing::Each;

void expect_same(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) << i << ": " << a[i] << ' ' << b[i];
}

void expect_same(const LocalPermutations& a, const LocalPermutations& b) {
  expect_same(a.moran, b.moran);
  expect_same(a.g, b.g);
  expect_same(a.g_star, b.g_star);
  expect_same(a.geary, b.geary);
  expect_same(a.join_count, b.join_count);
  EXPECT_EQ(a.draws, b.draws);
}

std::vector<double> noise(std::size_t n, std::uint64_t seed) {
  draw::Random random(seed);
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(random.real() + random.real() + random.real());
  return values;
}

std::vector<std::uint8_t> above(const std::vector<double>& values, double bound) {
  std::vector<std::uint8_t> black;
  for (double x : values) black.push_back(x > bound);
  return black;
}

// The exact two-sided p of each statistic of a cell, over all placements of the others.
struct ExactP {
  double moran, g, geary, join_count;
};
ExactP exact_p(const std::vector<double>& x, const std::vector<std::uint8_t>& black, const SpatialWeights& w,
               std::size_t i) {
  std::vector<std::size_t> others;
  for (std::size_t j = 0; j < x.size(); ++j)
    if (j != i) others.push_back(j);
  double mean = 0;
  for (double v : x) mean += v / static_cast<double>(x.size());
  const auto row = w.neighbours_of(i);
  const auto weights = w.weights_of(i);
  const auto statistics = [&](auto&& cell) {
    std::array<double, 4> s{};
    for (std::size_t k = 0; k < row.size(); ++k) {
      s[0] += weights[k] * (x[i] - mean) * (x[cell(k)] - mean);
      s[1] += weights[k] * x[cell(k)];
      s[2] += weights[k] * (x[i] - x[cell(k)]) * (x[i] - x[cell(k)]);
      s[3] += weights[k] * black[cell(k)];
    }
    return s;
  };
  const auto observed = statistics([&](std::size_t k) { return row[k]; });
  std::array<double, 4> upper{}, lower{};
  double count = 0;
  do {
    const auto s = statistics([&](std::size_t k) { return others[k]; });
    for (std::size_t t = 0; t < 4; ++t) {
      upper[t] += s[t] >= observed[t] - 1e-9;
      lower[t] += s[t] <= observed[t] + 1e-9;
    }
    ++count;
  } while (std::next_permutation(others.begin(), others.end()));
  const auto p = [&](std::size_t t) { return std::min(1.0, 2 * std::min(upper[t], lower[t]) / count); };
  return {p(0), p(1), p(2), p(3)};
}

// Of G*: over all placements of all values.
double exact_p_of_star(const std::vector<double>& x, const SpatialWeights& w, std::size_t i) {
  std::vector<std::size_t> all(x.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto row = w.neighbours_of(i);
  const auto weights = w.weights_of(i);
  const auto sum = [&](auto&& cell) {
    double s = w.self[i] * x[cell(row.size())];
    for (std::size_t k = 0; k < row.size(); ++k) s += weights[k] * x[cell(k)];
    return s;
  };
  const double observed = sum([&](std::size_t k) { return k < row.size() ? row[k] : i; });
  double upper = 0, lower = 0, count = 0;
  do {
    const double s = sum([&](std::size_t k) { return all[k]; });
    upper += s >= observed - 1e-9;
    lower += s <= observed + 1e-9;
    ++count;
  } while (std::next_permutation(all.begin(), all.end()));
  return std::min(1.0, 2 * std::min(upper, lower) / count);
}

void expect_exact(const SpatialWeights& w) {
  const std::vector<double> x{3, 0, 1, 1, 7, 0, 2, 1};
  const std::vector<std::uint8_t> black{1, 0, 0, 1, 1, 0, 1, 0};
  PermutationOptions options;
  options.permutations = 40'000;
  const LocalPermutations p = permute_local(x, black, w, options);
  constexpr double kError = 4 * 2 * 0.5 / 200;  // four sd of twice a share of 40 000 draws
  for (std::size_t i = 0; i < x.size(); ++i) {
    const ExactP e = exact_p(x, black, w, i);
    EXPECT_NEAR(p.moran[i], e.moran, kError) << i;
    EXPECT_NEAR(p.g[i], e.g, kError) << i;
    EXPECT_NEAR(p.g_star[i], exact_p_of_star(x, w, i), kError) << i;
    EXPECT_NEAR(p.geary[i], e.geary, kError) << i;
    if (black[i]) {
      EXPECT_NEAR(p.join_count[i], e.join_count, kError) << i;
    }
  }
}

TEST(PermuteLocal, ApproachesTheExactDistribution) {
  expect_exact(weights_from_lists(std::vector<std::vector<std::uint32_t>>{
      {1, 2}, {0, 3, 4, 5, 6}, {4, 7}, {1, 2, 4}, {0}, {1, 6, 7}, {0, 1, 2, 3, 4, 5, 7}, {2, 3}}));
}

TEST(PermuteLocal, ApproachesTheExactDistributionForUnequalWeights) {
  SpatialWeights w = weights_from_lists(std::vector<std::vector<std::uint32_t>>{
      {1, 2}, {0, 3, 4, 5, 6}, {4, 7}, {1, 2, 4}, {0}, {1, 6, 7}, {0, 1, 2, 3, 4, 5, 7}, {2, 3}});
  for (std::size_t k = 0; k < w.links(); ++k) w.weight[k] = 1 + static_cast<double>(k % 3);
  expect_exact(w);
}

TEST(PermuteLocal, IsTheSameForAnyNumberOfThreads) {
  const SpatialWeights w = lattice_contiguity(40, 30, Contiguity::queen);
  const auto x = noise(w.size(), 1);
  const auto black = above(x, 1.8);
  PermutationOptions options;
  options.permutations = 199;
  const LocalPermutations one = permute_local(x, black, w, options);
  for (unsigned threads : {2u, 8u}) {
    options.threads = threads;
    expect_same(permute_local(x, black, w, options), one);
  }
  options.seed = 2;
  EXPECT_NE(permute_local(x, black, w, options).g, one.g);
}

TEST(PermuteLocal, IsTheSameForBinaryAndStandardisedRowsAndShiftedValues) {
  const SpatialWeights w = lattice_contiguity(20, 20, Contiguity::rook);
  std::vector<double> x = noise(w.size(), 2);
  for (double& v : x) v = std::floor(v * 100);
  const auto black = above(x, 180);
  PermutationOptions options;
  options.permutations = 99;
  const LocalPermutations p = permute_local(x, black, w, options);
  expect_same(permute_local(x, black, row_standardised(w), options), p);
  for (double& v : x) v += 1e6;
  expect_same(permute_local(x, black, w, options), p);
}

TEST(PermuteLocal, NothingAroundNothingIsNoColdSpotInASparseField) {
  const SpatialWeights w = lattice_contiguity(30, 30, Contiguity::queen);
  std::vector<double> x(w.size(), 0.0);
  for (std::size_t i = 0; i < x.size(); i += 97) x[i] = 1;
  const LocalPermutations p = permute_local(x, above(x, 0), w, {});
  for (std::size_t i = 0; i < x.size(); ++i) {
    double around = 0;
    for (std::uint32_t j : w.neighbours_of(i)) around += x[j];
    if (around == 0) {
      EXPECT_GT(p.g[i], 0.5) << i;
    }
  }
}

TEST(PermuteLocal, EqualValuesTieThroughout) {
  const SpatialWeights w = lattice_contiguity(5, 5, Contiguity::queen);
  const std::vector<double> flat(25, 0.1);
  const LocalPermutations p = permute_local(flat, {}, w, {});
  EXPECT_THAT(p.moran, Each(1.0));
  EXPECT_THAT(p.g, Each(1.0));
  EXPECT_THAT(p.geary, Each(1.0));
  EXPECT_TRUE(std::isnan(p.join_count[0]));
}

TEST(PermuteLocal, SaysNothingOfIslands) {
  const SpatialWeights w = weights_from_lists(std::vector<std::vector<std::uint32_t>>{{1, 2}, {0}, {0}, {}});
  const LocalPermutations p = permute_local(std::vector<double>{1, 2, 3, 4}, {}, w, {});
  EXPECT_TRUE(std::isnan(p.g[3]));
  EXPECT_EQ(p.draws[3], 0u);
}

TEST(PermuteLocal, OneSidedMoranFollowsTheCellsSide) {
  // A cold cell among cold ones is positive autocorrelation although its lag is low.
  const SpatialWeights w = lattice_contiguity(20, 20, Contiguity::queen);
  std::vector<double> x = noise(400, 5);
  for (std::size_t r = 0; r < 5; ++r)
    for (std::size_t c = 0; c < 5; ++c) x[r * 20 + c] -= 3;
  PermutationOptions options;
  options.tail = Tail::greater;
  const LocalPermutations p = permute_local(x, {}, w, options);
  EXPECT_LE(p.moran[2 * 20 + 2], 0.002);
  EXPECT_GT(p.g[2 * 20 + 2], 0.99);
}

TEST(PermuteLocal, StopsEarlyWhereNothingIsToBeSeen) {
  const SpatialWeights w = lattice_contiguity(25, 25, Contiguity::queen);
  const auto x = noise(w.size(), 3);
  const auto black = above(x, 1.8);
  PermutationOptions options;
  options.permutations = 1999;
  const LocalPermutations all = permute_local(x, black, w, options);
  options.stop_at = 50;
  const LocalPermutations stopped = permute_local(x, black, w, options);
  double draws = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    draws += stopped.draws[i];
    if (stopped.draws[i] == 1999 && all.g[i] < 0.05) {
      EXPECT_EQ(stopped.g[i], all.g[i]);
    }
    // Relative error of a p by 50 exceedances: 1/sqrt(50) = .14, five times that.
    EXPECT_NEAR(stopped.g[i], all.g[i], 0.7 * all.g[i] + 1e-9);
  }
  EXPECT_LT(draws, 0.5 * 1999 * static_cast<double>(x.size()));
}

TEST(PermuteLocal, StopsInEveryTailAndWithEitherTreatmentOfTies) {
  const SpatialWeights w = lattice_contiguity(20, 20, Contiguity::queen);
  std::vector<double> x = noise(w.size(), 6);
  for (double& v : x) v = std::floor(3 * v);  // many ties
  for (std::size_t r = 8; r < 12; ++r)
    for (std::size_t c = 8; c < 12; ++c) x[r * 20 + c] += 4;
  const auto black = above(x, 5);
  for (const Tail tail : {Tail::greater, Tail::less, Tail::two_sided})
    for (const Ties ties : {Ties::full, Ties::mid_p}) {
      PermutationOptions options;
      options.permutations = 1999;
      options.tail = tail;
      options.ties = ties;
      const LocalPermutations all = permute_local(x, black, w, options);
      options.stop_at = 50;
      const LocalPermutations stopped = permute_local(x, black, w, options);
      double draws = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        draws += stopped.draws[i];
        for (const auto column : {&LocalPermutations::moran, &LocalPermutations::g, &LocalPermutations::g_star,
                                  &LocalPermutations::geary, &LocalPermutations::join_count}) {
          const double p = (all.*column)[i];
          if (!std::isnan(p)) {
            EXPECT_NEAR((stopped.*column)[i], p, 0.7 * p + 1e-9) << i << ' ' << word_of(tail) << ' ' << word_of(ties);
          }
        }
      }
      EXPECT_LT(draws, 0.7 * 1999 * static_cast<double>(x.size())) << word_of(tail) << ' ' << word_of(ties);
    }
}

TEST(PermuteLocal, OnlyWhatIsAskedForIsTold) {
  const SpatialWeights w = lattice_contiguity(8, 8, Contiguity::queen);
  const std::vector<double> x = noise(w.size(), 1);
  const LocalPermutations all = permute_local(x, {}, w, {});
  const LocalPermutations star = permute_local(x, {}, w, {.given_cell = false}),
                          others = permute_local(x, {}, w, {.with_cell = false});
  EXPECT_EQ(star.g_star, all.g_star);
  EXPECT_TRUE(star.g.empty() && star.moran.empty() && others.g_star.empty());
  EXPECT_EQ(others.g, all.g);
}

TEST(PValue, CountsTiesInBothTails) {
  const TailCounts c{10, 5, 99};
  EXPECT_DOUBLE_EQ(p_value(c, Tail::greater, Ties::full), 16 / 100.0);
  EXPECT_DOUBLE_EQ(p_value(c, Tail::less, Ties::full), 90 / 100.0);
  EXPECT_DOUBLE_EQ(p_value(c, Tail::two_sided, Ties::full), 32 / 100.0);
  EXPECT_DOUBLE_EQ(p_value(c, Tail::greater, Ties::mid_p), 13 / 100.0);
  EXPECT_DOUBLE_EQ(p_value(c, Tail::less, Ties::mid_p), 87 / 100.0);
  EXPECT_DOUBLE_EQ(p_value({0, 90, 99}, Tail::two_sided, Ties::full), 1);
  EXPECT_DOUBLE_EQ(p_value({0, 0, 99}, Tail::two_sided, Ties::full), 2 / 100.0);
  EXPECT_DOUBLE_EQ(p_value({20, 0, 400, true}, Tail::two_sided, Ties::full), 40 / 400.0);
  EXPECT_DOUBLE_EQ(p_value({15, 10, 400, true}, Tail::greater, Ties::mid_p), 20 / 400.0);
  EXPECT_TRUE(std::isnan(p_value({}, Tail::two_sided, Ties::full)));
}

TEST(PermuteLocal, RefusesWhatItCannotDo) {
  const SpatialWeights w = lattice_contiguity(3, 3, Contiguity::rook);
  const std::vector<double> x = noise(9, 1);
  EXPECT_THROW(permute_local(x, {}, w, {.permutations = 0}), std::invalid_argument);
  EXPECT_THROW(permute_local(x, std::vector<std::uint8_t>(8), w, {}), DataError);
  EXPECT_THROW(permute_local(x, std::vector<std::uint8_t>(9, 2), w, {}), DataError);
  EXPECT_THROW(permute_local(std::vector<double>(8), {}, w, {}), DataError);
}

}  // namespace
}  // namespace gridloom
