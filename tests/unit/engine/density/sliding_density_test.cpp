// SPDX-License-Identifier: Apache-2.0
#include "engine/density/sliding_density.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace gridloom {
namespace {

const RasterGrid kGrid{-300'000, 250'000, 5'000, 100, 90};

struct Stream {
  std::vector<Point> points;
  std::vector<double> weights;
};

Stream stream(std::size_t n) {
  std::mt19937_64 random(31);
  Stream s;
  for (std::size_t e = 0; e < n; ++e) {
    s.points.push_back({static_cast<std::int32_t>(random() % 600'000) - 350'000,
                        static_cast<std::int32_t>(random() % 500'000) - 250'000});
    s.weights.push_back(static_cast<double>(random() % 1000) / 7);
  }
  return s;
}

class SlidingKernels : public testing::TestWithParam<Kernel> {};

TEST_P(SlidingKernels, EqualsTheBatchAndReturnsToZero) {
  const KernelOptions options{GetParam(), 40, 1, true};
  const Stream s = stream(2000);
  SlidingDensity sliding(kGrid, options);
  constexpr std::size_t kKept = 300;
  for (std::size_t e = 0; e < s.points.size(); ++e) {
    sliding.add(s.points[e], s.weights[e]);
    if (e >= kKept) sliding.remove(s.points[e - kKept], s.weights[e - kKept]);
  }
  ASSERT_EQ(sliding.events(), kKept);
  const auto last = s.points.size() - kKept;
  const auto batch =
      kernel_density(std::span(s.points).subspan(last), kGrid, options, std::span(s.weights).subspan(last));
  const auto surface = sliding.surface();
  const double most = *std::max_element(batch.begin(), batch.end());
  // The batch cuts the Gaussian's corners at the same square.
  for (std::size_t q = 0; q < batch.size(); ++q) ASSERT_NEAR(surface[q], batch[q], 1e-9 * most) << q;
  EXPECT_EQ(sliding.at(7, 11), surface[11 * 100 + 7]);
  for (std::size_t e = last; e < s.points.size(); ++e) sliding.remove(s.points[e], s.weights[e]);
  EXPECT_EQ(sliding.surface(), std::vector<double>(kGrid.size(), 0.0));
}

TEST_P(SlidingKernels, RemembersNothingOfOrderOrPast) {
  const KernelOptions options{GetParam(), 33, 1};
  const Stream s = stream(200);
  SlidingDensity one(kGrid, options), other(kGrid, options);
  for (std::size_t e = 0; e < 100; ++e) one.add(s.points[e], s.weights[e]);
  for (std::size_t e = 200; e-- > 0;) other.add(s.points[e], s.weights[e]);
  for (std::size_t e = 150; e < 200; ++e) other.remove(s.points[e], s.weights[e]);
  for (std::size_t e = 100; e < 150; ++e) other.remove(s.points[e], s.weights[e]);
  EXPECT_EQ(one.surface(), other.surface());
}

INSTANTIATE_TEST_SUITE_P(Kernels, SlidingKernels,
                         testing::Values(Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::triweight,
                                         Kernel::gaussian),
                         [](const auto& named) { return std::string(word_of(named.param)); });

TEST(DensityWindow, HoldsTheLastStretchOfTimeWhateverTheOrderOfArrival) {
  const KernelOptions options{Kernel::quartic, 40, 1};
  const Stream s = stream(60);
  DensityWindow window(kGrid, options, 10);
  for (const int time : {5, 3, 9, 1, 7}) window.add(time, s.points[static_cast<std::size_t>(time)]);
  window.advance(13);  // 1 and 3 have gone
  EXPECT_EQ(window.density().events(), 3u);
  window.add(3, s.points[3]);  // too late
  EXPECT_EQ(window.density().events(), 3u);
  window.advance(12);  // never back
  SlidingDensity expected(kGrid, options);
  for (const std::size_t e : {5u, 7u, 9u}) expected.add(s.points[e]);
  EXPECT_EQ(window.density().surface(), expected.surface());
  window.advance(100);
  EXPECT_EQ(window.density().surface(), std::vector<double>(kGrid.size(), 0.0));
}

TEST(SlidingDensity, RefusesWhatHasNoMeaning) {
  EXPECT_THROW(SlidingDensity(kGrid, {Kernel::quartic, 0, 1}), std::invalid_argument);
  EXPECT_THROW(DensityWindow(kGrid, {}, 0), std::invalid_argument);
  SlidingDensity sliding(kGrid, {});
  EXPECT_THROW(sliding.remove({0, 0}), std::invalid_argument);
  EXPECT_THROW(sliding.add({0, 0}, -1), std::invalid_argument);
  EXPECT_THROW(sliding.add({0, 0}, std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
