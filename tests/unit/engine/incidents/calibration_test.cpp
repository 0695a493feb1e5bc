// SPDX-License-Identifier: Apache-2.0
// Pure noise on 100 x 100 cells, twenty times: how often do the tests cry?
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/incidents/exact_counts.h"
#include "engine/incidents/multiple_testing.h"
#include "engine/incidents/permutation.h"
#include "support/draw.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kSide = 100;
constexpr std::uint64_t kSeeds = 20;

const SpatialWeights& queen() {
  static const SpatialWeights w = lattice_contiguity(kSide, kSide, Contiguity::queen);
  return w;
}

std::vector<double> gaussian(std::uint64_t seed) {
  draw::Random random(seed);
  std::vector<double> x;
  for (std::size_t i = 0; i < queen().size(); ++i)
    x.push_back(std::sqrt(-2 * std::log(1 - random.real())) * std::cos(2 * std::numbers::pi * random.real()));
  return x;
}

std::vector<double> poisson(double mean, std::uint64_t seed) {
  draw::Random random(seed);
  std::vector<double> x;
  for (std::size_t i = 0; i < queen().size(); ++i) {
    double product = random.real();
    int events = 0;
    for (; product > std::exp(-mean); ++events) product *= random.real();
    x.push_back(events);
  }
  return x;
}

double share_at(const std::vector<double>& p, double alpha) {
  return static_cast<double>(std::count_if(p.begin(), p.end(), [&](double x) { return x <= alpha; })) /
         static_cast<double>(p.size());
}

bool finds_nothing(const std::vector<double>& p) { return share_at(false_discovery_rate(p), .05) == 0; }

// Neighbouring cells share neighbours, so the share of one field varies by about .0025 around .05 however exact each
// test is: the bound of 4 to 5.5 % is on the mean of the fields, a wider one on each.
TEST(Calibration, GaussianNoiseIsCalledSignificantAtTheNominalRate) {
  int quiet = 0;
  std::array<double, 4> sum{};
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    PermutationOptions options;
    options.permutations = 199;
    options.seed = seed;
    const LocalPermutations p = permute_local(gaussian(seed), {}, queen(), options);
    const std::array statistics{&p.moran, &p.g, &p.g_star, &p.geary};
    for (std::size_t s = 0; s < 4; ++s) {
      const double share = share_at(*statistics[s], .05);
      sum[s] += share;
      EXPECT_GE(share, .04) << seed;
      EXPECT_LE(share, .06) << seed;
    }
    quiet += finds_nothing(p.g_star);
  }
  for (double total : sum) {
    EXPECT_GE(total / kSeeds, .04);
    EXPECT_LE(total / kSeeds, .055);
  }
  EXPECT_GE(quiet, 19);
}

void expect_quiet(double mean) {
  int quiet = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::vector<double> x = poisson(mean, seed);
    PermutationOptions options;
    options.permutations = 199;
    options.seed = seed;
    options.ties = Ties::mid_p;
    const LocalPermutations sampled = permute_local(x, {}, queen(), options);
    const ExactLocal exact = exact_local(x, queen(), {.ties = Ties::mid_p});
    for (const auto* of : {&sampled.moran, &sampled.g_star, &sampled.geary, &exact.moran, &exact.g_star})
      EXPECT_LE(share_at(*of, .05), .055) << "mean " << mean << ", seed " << seed;
    quiet += finds_nothing(sampled.g_star) && finds_nothing(exact.g_star) && finds_nothing(exact.moran);
  }
  EXPECT_GE(quiet, 19);
}

TEST(Calibration, SparseCountsAreNeverCalledMoreOftenThanNominally) { expect_quiet(.3); }
TEST(Calibration, VerySparseCountsAreNeverCalledMoreOftenThanNominally) { expect_quiet(.02); }

}  // namespace
}  // namespace gridloom
