// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/spatial_weights.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "support/draw.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<Point> random_points(std::uint64_t seed, int n, int extent) {
  draw::Random random(seed);
  std::vector<Point> points;
  for (int i = 0; i < n; ++i) points.push_back({random.between(0, extent), random.between(0, extent)});
  return points;
}

double distance(Point a, Point b) { return std::hypot(double(a.x) - b.x, double(a.y) - b.y); }

TEST(Contiguity, OfALabelingFollowsTheDrawing) {
  // a b b
  // a c d
  // e e d
  const Subdivision s = draw::build_stack({draw::cells({"abb", "acd", "eed"}, "abcde")});
  const auto& labels = s.labelings[0].of_face;
  const SpatialWeights rook = contiguity(s.arrangement, labels, 5, Contiguity::rook);
  const SpatialWeights queen = contiguity(s.arrangement, labels, 5, Contiguity::queen);
  EXPECT_THAT(rook.neighbours_of(0), ElementsAre(1, 2, 4));
  EXPECT_THAT(rook.neighbours_of(1), ElementsAre(0, 2, 3));
  EXPECT_THAT(rook.neighbours_of(3), ElementsAre(1, 2, 4));
  EXPECT_THAT(queen.neighbours_of(0), ElementsAre(1, 2, 4));
  EXPECT_THAT(queen.neighbours_of(2), ElementsAre(0, 1, 3, 4));
  EXPECT_EQ(rook.weight, std::vector<double>(rook.links(), 1.0));
}

TEST(Contiguity, OfADrawnChequerboardEqualsTheLattice) {
  const Subdivision s = draw::build_stack({draw::cells({"abcd", "efgh", "ijkl"}, "abcdefghijkl")});
  for (Contiguity kind : {Contiguity::rook, Contiguity::queen})
    EXPECT_EQ(contiguity(s.arrangement, s.labelings[0].of_face, 12, kind), lattice_contiguity(4, 3, kind));
}

TEST(Contiguity, GapsJoinNobody) {
  const Subdivision s = draw::build_stack({draw::cells({"a.b"}, "ab")});
  const SpatialWeights w = contiguity(s.arrangement, s.labelings[0].of_face, 2, Contiguity::queen);
  EXPECT_EQ(w.links(), 0u);
  EXPECT_THAT(islands(w), ElementsAre(0, 1));
}

TEST(LatticeContiguity, CountsLinks) {
  // Sides: 2 (c (r - 1) + r (c - 1)); corners: 4 (c - 1) (r - 1).
  EXPECT_EQ(lattice_contiguity(7, 5, Contiguity::rook).links(), 2u * (7 * 4 + 5 * 6));
  EXPECT_EQ(lattice_contiguity(7, 5, Contiguity::queen).links(), 2u * (7 * 4 + 5 * 6) + 4u * 6 * 4);
  EXPECT_THAT(islands(lattice_contiguity(1, 1, Contiguity::queen)), ElementsAre(0));
}

TEST(DistanceBand, IsAllWithinTheBoundAndTheBoundItself) {
  const std::vector<Point> points = random_points(1, 300, 10'000);
  const SpatialWeights w = distance_band(points, 1.5);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::uint32_t> expected;
    for (std::uint32_t j = 0; j < points.size(); ++j)
      if (j != i && distance(points[i], points[j]) <= 1500) expected.push_back(j);
    EXPECT_THAT(w.neighbours_of(i), ElementsAreArray(expected));
  }
  const std::vector<Point> two{{0, 0}, {3000, 4000}};
  EXPECT_EQ(distance_band(two, 5).links(), 2u);
  EXPECT_EQ(distance_band(two, 4.999).links(), 0u);
}

TEST(DistanceBand, ReachesAcrossTheWholeLattice) {
  const std::int32_t far = kCoordinateLimit - 1;
  const std::vector<Point> corners{{-far, 0}, {far, 0}, {-far + 5, 0}};
  EXPECT_THAT(distance_band(corners, 999'999).neighbours_of(0), ElementsAre(2));
}

TEST(DistanceBand, RefusesWhatIsNoDistance) {
  const std::vector<Point> two{{0, 0}, {1, 1}};
  for (double metres : {0.0, -5.0, std::nan(""), 2e6}) EXPECT_THROW(distance_band(two, metres), DataError);
}

TEST(KNearest, TakesTheLowerIndexOfThoseEquallyFar) {
  const std::vector<Point> cross{{0, 0}, {0, 10}, {10, 0}, {0, -10}, {-10, 0}};
  EXPECT_THAT(k_nearest(cross, 2).neighbours_of(0), ElementsAre(1, 2));
  EXPECT_THAT(k_nearest(cross, 3).neighbours_of(0), ElementsAre(1, 2, 3));
}

TEST(KNearest, EqualsBruteForceOnClustersAndCoincidingPoints) {
  std::vector<Point> points = random_points(2, 200, 400);
  const std::vector<Point> apart = random_points(3, 60, 1'000'000'000);
  points.insert(points.end(), apart.begin(), apart.end());
  for (std::uint32_t k : {1u, 4u, 11u}) {
    const SpatialWeights w = k_nearest(points, k);
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::vector<std::pair<double, std::uint32_t>> all;
      for (std::uint32_t j = 0; j < points.size(); ++j)
        if (j != i) all.emplace_back(distance(points[i], points[j]), j);
      std::sort(all.begin(), all.end());
      std::set<std::uint32_t> expected;
      for (std::uint32_t n = 0; n < k; ++n) expected.insert(all[n].second);
      EXPECT_THAT(w.neighbours_of(i), ElementsAreArray(expected));
    }
  }
}

TEST(KNearest, ReachesFromCornerToCorner) {
  const std::int32_t far = kCoordinateLimit - 1;
  const std::vector<Point> corners{{-far, -far}, {far, far}, {-far, far}};
  EXPECT_THAT(k_nearest(corners, 2).neighbours_of(0), ElementsAre(1, 2));
}

TEST(KNearest, RefusesMoreThanThereAre) {
  const std::vector<Point> two{{0, 0}, {1, 1}};
  EXPECT_THROW(k_nearest(two, 2), DataError);
  EXPECT_THROW(k_nearest(two, 0), DataError);
}

TEST(KernelWeights, FollowTheKernel) {
  const std::vector<Point> row{{0, 0}, {500, 0}, {1000, 0}, {2000, 0}};
  EXPECT_THAT(kernel_weights(row, 1, Kernel::uniform).weights_of(0), ElementsAre(1, 1));
  EXPECT_THAT(kernel_weights(row, 1, Kernel::epanechnikov).weights_of(0), ElementsAre(0.75));
  EXPECT_THAT(kernel_weights(row, 1, Kernel::quartic).weights_of(0), ElementsAre(0.75 * 0.75));
  EXPECT_THAT(kernel_weights(row, 1, Kernel::triweight).weights_of(0), ElementsAre(0.75 * 0.75 * 0.75));
  EXPECT_THAT(kernel_weights(row, 1, Kernel::gaussian).weights_of(0),
              ElementsAre(std::exp(-0.125), std::exp(-0.5), std::exp(-2.0)));
}

TEST(SpatialWeights, AreThoseOfTheRuleAskedFor) {
  const std::vector<Point> at{{0, 0}, {3000, 0}, {0, 4000}, {9000, 9000}};
  const auto of = [&](const WeightOptions& options) {
    return spatial_weights(options, at, [](Contiguity kind) { return lattice_contiguity(2, 2, kind); });
  };
  EXPECT_EQ(of({}), lattice_contiguity(2, 2, Contiguity::queen));
  EXPECT_EQ(of({.rule = NeighbourRule::rook}), lattice_contiguity(2, 2, Contiguity::rook));
  EXPECT_EQ(of({.rule = NeighbourRule::distance, .metres = 5}), distance_band(at, 5));
  EXPECT_EQ(of({.rule = NeighbourRule::knn, .k = 2}), k_nearest(at, 2));
  EXPECT_EQ(of({.rule = NeighbourRule::kernel, .metres = 6, .kernel = Kernel::triweight}),
            kernel_weights(at, 6, Kernel::triweight));
  EXPECT_EQ(of({.rule = NeighbourRule::knn, .k = 2, .row_standardised = true}), row_standardised(k_nearest(at, 2)));
  for (const auto& [word, rule] : kWords<NeighbourRule>)
    EXPECT_EQ(of({.rule = rule, .metres = 5, .k = 2}).size(), at.size()) << word;
}

TEST(RowStandardised, RowsSumToOneAndIslandsStayEmpty) {
  const std::vector<std::vector<std::uint32_t>> lists{{1, 2}, {0}, {0}, {}};
  const SpatialWeights w = row_standardised(weights_from_lists(lists));
  EXPECT_THAT(w.weights_of(0), ElementsAre(0.5, 0.5));
  EXPECT_THAT(w.weights_of(1), ElementsAre(1.0));
  EXPECT_THAT(w.weights_of(3), IsEmpty());
  EXPECT_THAT(w.self, ElementsAre(0.5, 1, 1, 1));
  EXPECT_THAT(islands(w), ElementsAre(3));
}

TEST(WeightsAmong, AreThoseOfTheCellsLeft) {
  const std::vector<std::vector<std::uint32_t>> lists{{1, 2}, {0, 3}, {0}, {1}};
  const SpatialWeights w = weights_from_lists(lists);
  const std::vector<std::uint32_t> cells{0, 1, 3};
  const std::vector<std::vector<std::uint32_t>> left{{1}, {0, 2}, {1}};
  EXPECT_EQ(weights_among(w, cells), weights_from_lists(left));
  EXPECT_EQ(weights_among(row_standardised(w), cells), row_standardised(weights_from_lists(left)));
  EXPECT_THAT(islands(weights_among(w, std::vector<std::uint32_t>{2, 3})), ElementsAre(0, 1));
}

TEST(WeightsAmong, OfKNearestAreTheNearestOfThoseLeft) {
  const std::vector<Point> points{{0, 0}, {10, 0}, {20, 0}, {40, 0}, {80, 0}};
  const std::vector<std::uint32_t> cells{0, 2, 3, 4};
  const std::vector<Point> left{points[0], points[2], points[3], points[4]};
  EXPECT_EQ(weights_among(k_nearest(points, 2), cells), k_nearest(left, 2));
  EXPECT_EQ(weights_among(row_standardised(k_nearest(points, 2)), cells), row_standardised(k_nearest(left, 2)));
  EXPECT_THROW(weights_among(k_nearest(points, 2), std::vector<std::uint32_t>{0, 4}), DataError);
}

TEST(WeightsFromLists, RefuseWhatIsNoNeighbour) {
  using Lists = std::vector<std::vector<std::uint32_t>>;
  EXPECT_THROW(weights_from_lists(Lists{{1}, {2}}), DataError);
  EXPECT_THROW(weights_from_lists(Lists{{0}, {0}}), DataError);
  EXPECT_THROW(weights_from_lists(Lists{{1, 1}, {0}}), DataError);
}

TEST(WeightSums, EqualTheDefinitionOnADenseMatrix) {
  const SpatialWeights w = row_standardised(k_nearest(random_points(4, 40, 1000), 5));
  const std::size_t n = w.size();
  std::vector<std::vector<double>> dense(n, std::vector<double>(n, 0.0));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < 5; ++k) dense[i][w.neighbours_of(i)[k]] = w.weights_of(i)[k];
  double s0 = 0, s1 = 0, s2 = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double both = 0;
    for (std::size_t j = 0; j < n; ++j) {
      s0 += dense[i][j];
      s1 += 0.5 * (dense[i][j] + dense[j][i]) * (dense[i][j] + dense[j][i]);
      both += dense[i][j] + dense[j][i];
    }
    s2 += both * both;
  }
  const WeightSums sums = sums_of(w);
  EXPECT_NEAR(sums.s0, s0, 1e-12 * s0);
  EXPECT_NEAR(sums.s1, s1, 1e-12 * s1);
  EXPECT_NEAR(sums.s2, s2, 1e-12 * s2);
}

}  // namespace
}  // namespace gridloom
