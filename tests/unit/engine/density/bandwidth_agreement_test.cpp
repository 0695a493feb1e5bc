// SPDX-License-Identifier: Apache-2.0
#include "engine/density/bandwidth_agreement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "support/draw.h"

namespace gridloom {
namespace {

constexpr RasterGrid kGrid{0, 4'000'000, 200'000, 20, 20};

std::vector<Point> scattered(int n) {
  draw::Random random(4);
  std::vector<Point> points;
  for (int i = 0; i < n; ++i) points.push_back({random.between(0, 3'999'999), random.between(0, 3'999'999)});
  return points;
}

std::vector<double> slow_ranks(const std::vector<double>& v) {
  std::vector<double> rank;
  for (double mine : v) {
    double less = 0, equal = 0;
    for (double other : v) less += other < mine, equal += other == mine;
    rank.push_back(less + (equal + 1) / 2);
  }
  return rank;
}

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(BandwidthAgreement, IsSpearmansRhoAndTheShareOfDensePlaces) {
  const std::vector<Point> points = scattered(60);
  std::vector<std::uint8_t> place(kGrid.size(), 1);
  for (std::size_t q = 0; q < place.size(); q += 3) place[q] = 0;
  const double bandwidths[] = {250, 400, 900};
  const BandwidthAgreement a = bandwidth_agreement(points, kGrid, place, bandwidths, {Kernel::quartic});
  ASSERT_EQ(a.pairs.size(), 3u);
  std::vector<std::vector<double>> of_places(3);
  std::vector<double> share(kGrid.size(), 0);
  for (std::size_t k = 0; k < 3; ++k) {
    const std::vector<double> values = kernel_density(points, kGrid, {Kernel::quartic, bandwidths[k]});
    for (std::size_t q = 0; q < values.size(); ++q)
      if (place[q]) of_places[k].push_back(values[q]);
    std::vector<double> sorted = of_places[k];
    std::sort(sorted.rbegin(), sorted.rend());
    const double least = sorted[static_cast<std::size_t>(std::ceil(0.1 * static_cast<double>(sorted.size()))) - 1];
    for (std::size_t q = 0; q < values.size(); ++q) share[q] += values[q] >= least && values[q] > 0 ? 1 : 0;
  }
  EXPECT_NEAR(a.pairs[0].rank_correlation, pearson(slow_ranks(of_places[0]), slow_ranks(of_places[1])), 1e-12);
  EXPECT_NEAR(a.pairs[1].rank_correlation, pearson(slow_ranks(of_places[0]), slow_ranks(of_places[2])), 1e-12);
  EXPECT_NEAR(a.pairs[2].rank_correlation, pearson(slow_ranks(of_places[1]), slow_ranks(of_places[2])), 1e-12);
  EXPECT_GT(a.pairs[0].rank_correlation, a.pairs[1].rank_correlation);
  for (std::size_t q = 0; q < place.size(); ++q)
    if (place[q])
      EXPECT_DOUBLE_EQ(a.dense_share[q], share[q] / 3) << q;
    else
      EXPECT_TRUE(std::isnan(a.dense_share[q]));
}

TEST(BandwidthAgreement, OneBandwidthAgreesWithItselfAndNoEventsHaveNoRanks) {
  const std::vector<std::uint8_t> place(kGrid.size(), 1);
  const double twice[] = {300, 300};
  const BandwidthAgreement same = bandwidth_agreement(scattered(40), kGrid, place, twice, {});
  EXPECT_DOUBLE_EQ(same.pairs[0].rank_correlation, 1);
  EXPECT_EQ(same.pairs[0].dense_in_both, 1);
  const BandwidthAgreement none = bandwidth_agreement({}, kGrid, place, twice, {});
  EXPECT_TRUE(std::isnan(none.pairs[0].rank_correlation));
  EXPECT_TRUE(std::isnan(none.pairs[0].dense_in_both));
  EXPECT_EQ(none.dense_share[0], 0);
  EXPECT_THROW(bandwidth_agreement({}, kGrid, {}, twice, {}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
