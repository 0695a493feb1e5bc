// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/displacement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "engine/fusion/fuse.h"
#include "support/town.h"

namespace gridloom {
namespace {

struct Silent final : Progress {
  void stage(std::string_view, double) override {}
  bool cancelled() const override { return false; }
};

TEST(SuggestedAccuracy, FindsTheSpreadAmongLinesThatMeanSomethingElse) {
  std::mt19937 random(1);
  for (double sigma : {1.0, 5.0, 15.0})
    for (double share : {0.3, 0.6, 0.9}) {
      std::normal_distribution<double> same(0, sigma);
      std::uniform_real_distribution<double> other(0, 200);
      std::bernoulli_distribution is_same(share);
      std::vector<double> d;
      for (int i = 0; i < 5000; ++i) d.push_back(is_same(random) ? std::abs(same(random)) : other(random));
      const auto suggested = suggested_accuracy(d);
      ASSERT_TRUE(suggested) << sigma << ' ' << share;
      EXPECT_NEAR(*suggested, 1.96 * sigma, 0.2 * 1.96 * sigma) << sigma << ' ' << share;
    }
}

TEST(SuggestedAccuracy, SaysNothingWithoutEvidence) {
  EXPECT_FALSE(suggested_accuracy({}));
  EXPECT_FALSE(suggested_accuracy(std::vector<double>(5000, 0.001)));  // drawn on the very same line
  EXPECT_FALSE(suggested_accuracy(std::vector<double>(99, 3.0)));
  std::vector<double> even;
  for (int i = 1; i < 4000; ++i) even.push_back(0.05 * i);
  EXPECT_FALSE(suggested_accuracy(even));
}

// Lines that mean something else cross the trusted ones here and there: what is near at a crossing is no spread.
TEST(SuggestedAccuracy, IsNotTakenFromAFewOddLinesAmongOthers) {
  std::mt19937 random(2);
  std::exponential_distribution<double> other(1 / 90.0);
  for (double share : {0.0, 0.05, 0.1}) {
    std::normal_distribution<double> same(0, 25);
    std::bernoulli_distribution is_same(share);
    std::vector<double> d(2000, 0.001);  // copied lines
    for (int i = 0; i < 3000; ++i) d.push_back(is_same(random) ? std::abs(same(random)) : other(random));
    EXPECT_FALSE(suggested_accuracy(d)) << share;
  }
  std::vector<double> sharp(2000, 0.001);
  for (int i = 0; i < 3000; ++i) sharp.push_back(i % 10 == 0 ? 0.5 : other(random));
  EXPECT_TRUE(suggested_accuracy(sharp));  // few, but nothing else is so near
}

std::vector<QualityRow> rows(const City& city, const std::string& layer) {
  std::vector<QualityRow> out;
  for (const QualityRow& r : city.quality)
    if (r.layer >= 0 && city.layers[static_cast<std::size_t>(r.layer)].id == layer) out.push_back(r);
  return out;
}

TEST(Displacement, OfATownIsWhatWasDrawn) {
  Silent silent;
  const City city = fuse(draw::town(), {.threads = 1, .today = "2026-01-01"}, silent).city;
  // The police drew the communities' lines 3 m off in both directions; they are the frame's now.
  double farthest = -1, recall = -1, near = 0, all = 0;
  for (const QualityRow& row : rows(city, "police")) {
    if (row.metric == QualityMetric::displacement_max) farthest = row.value;
    if (row.metric == QualityMetric::boundary_recall) recall = row.value;
    if (row.metric != QualityMetric::reference_distance) continue;
    all += row.value;
    if (row.up_to_m == 4.0) near = row.value;
  }
  EXPECT_GE(farthest, 0);
  EXPECT_LE(farthest, 5);
  EXPECT_EQ(recall, 1);
  EXPECT_NEAR(all, 1, 1e-9);
  EXPECT_GT(near, 0.3);
}

TEST(Displacement, DoesNotDependOnThreads) {
  Silent silent;
  const City one = fuse(draw::town(), {.threads = 1, .today = "2026-01-01"}, silent).city;
  const City four = fuse(draw::town(), {.threads = 4, .today = "2026-01-01"}, silent).city;
  for (const Layer& l : one.layers) EXPECT_EQ(rows(one, l.id), rows(four, l.id));
}

}  // namespace
}  // namespace gridloom
