// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/adjustment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace gridloom {
namespace {

constexpr int kCells = 8;
constexpr std::int32_t kCell = 300'000;

using Distortion = std::function<Point(Point)>;

// Crooked streets, drawn through the distortion of whoever drew them; every side has three bends.
DeliveredLayer streets(const std::string& id, double accuracy_m, const Distortion& distort, unsigned seed = 1) {
  const auto at = [&](int i, int j) {
    std::mt19937 random(seed * 1'000'003u + static_cast<unsigned>(i * 1009 + j));
    std::uniform_int_distribution<std::int32_t> off(-20'000, 20'000);
    const std::int32_t dx = off(random), dy = off(random);
    return distort({i * kCell / 4 + dx, j * kCell / 4 + dy});
  };
  DeliveredLayer out;
  out.id = id;
  out.rank = 1;
  out.accuracy_m = accuracy_m;
  for (int i = 0; i < kCells; ++i)
    for (int j = 0; j < kCells; ++j) {
      Ring ring;
      for (int k = 0; k < 4; ++k) ring.points.push_back(at(4 * i + k, 4 * j));
      for (int k = 0; k < 4; ++k) ring.points.push_back(at(4 * i + 4, 4 * j + k));
      for (int k = 0; k < 4; ++k) ring.points.push_back(at(4 * i + 4 - k, 4 * j + 4));
      for (int k = 0; k < 4; ++k) ring.points.push_back(at(4 * i, 4 * j + 4 - k));
      out.cells.push_back({{std::to_string(i * kCells + j), "", {}}, {ring}});
    }
  return out;
}

// Smooth over two kilometres, of at most `metres` either way.
Distortion smooth(double metres, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> phase(0, 6.28);
  const double a = phase(random), b = phase(random), c = phase(random), d = phase(random);
  return [=](Point p) {
    const double x = p.x / 400e3, y = p.y / 400e3;
    return Point{p.x + static_cast<std::int32_t>(std::lround(1000 * metres * std::sin(x + a) * std::cos(y + b))),
                 p.y + static_cast<std::int32_t>(std::lround(1000 * metres * std::sin(y + c) * std::cos(x + d)))};
  };
}

Point true_point(Point p) { return p; }

FuseInput drawn_by(int departments, double metres) {
  FuseInput in;
  for (int l = 0; l < departments; ++l)
    in.layers.push_back(streets("l" + std::to_string(l), 1.5 * metres, smooth(metres, 7u + static_cast<unsigned>(l))));
  return in;
}

// Root mean square over the vertices, in metres.
double off(const DeliveredLayer& a, const DeliveredLayer& b) {
  double sum = 0, n = 0;
  for (std::size_t c = 0; c < a.cells.size(); ++c)
    for (std::size_t i = 0; i < a.cells[c].rings[0].points.size(); ++i, ++n) {
      const Point p = a.cells[c].rings[0].points[i], q = b.cells[c].rings[0].points[i];
      sum += std::pow((p.x - q.x) / 1000.0, 2) + std::pow((p.y - q.y) / 1000.0, 2);
    }
  return std::sqrt(sum / n);
}

std::vector<std::vector<Point>> points(const FuseInput& in) {
  std::vector<std::vector<Point>> out;
  for (const DeliveredLayer& l : in.layers)
    for (const DeliveredCell& c : l.cells)
      for (const Ring& r : c.rings) out.push_back(r.points);
  return out;
}

TEST(Adjustment, BringsEquallyBadLayersTogetherAndNearerToTheTruth) {
  const DeliveredLayer truth = streets("truth", 1, true_point);
  for (double metres : {10.0, 25.0}) {
    const FuseInput before = drawn_by(8, metres);
    FuseInput in = before;
    EXPECT_EQ(adjust_layers(in, 2).size(), in.layers.size());
    double was = 0, is = 0, apart = 0;
    for (std::size_t l = 0; l < in.layers.size(); ++l) {
      was += off(before.layers[l], truth) / 8;
      is += off(in.layers[l], truth) / 8;
      apart += off(in.layers[l], in.layers[(l + 1) % 8]) / 8;
    }
    EXPECT_LT(is, was / 2) << metres;
    EXPECT_LT(apart, was / 5) << metres;
  }
}

TEST(Adjustment, MovesNoLayerFartherThanItsAccuracy) {
  const FuseInput before = drawn_by(6, 25);
  FuseInput in = before;
  for (DeliveredLayer& l : in.layers) l.accuracy_m = 28;
  ASSERT_FALSE(adjust_layers(in, 2).empty());
  const auto p = points(before), q = points(in);
  for (std::size_t r = 0; r < p.size(); ++r)
    for (std::size_t i = 0; i < p[r].size(); ++i)
      ASSERT_LE(std::hypot(p[r][i].x - q[r][i].x, p[r][i].y - q[r][i].y), 28'001);
}

TEST(Adjustment, LeavesLockedLayersAndThoseToldToStayAndDrawsTheOthersToThem) {
  const DeliveredLayer truth = streets("truth", 1, true_point);
  FuseInput in = drawn_by(6, 20);
  in.layers[2] = streets("locked", 30, true_point);
  in.layers[2].locked = true;
  in.layers[4].shift = ShiftWord::keep;
  const FuseInput before = in;
  EXPECT_EQ(adjust_layers(in, 2).size(), 4u);
  EXPECT_EQ(off(in.layers[2], before.layers[2]), 0);
  EXPECT_EQ(off(in.layers[4], before.layers[4]), 0);
  EXPECT_LT(off(in.layers[0], truth), off(before.layers[0], truth));
}

TEST(Adjustment, GoodLayersHardlyMoveTowardsBadOnes) {
  const DeliveredLayer truth = streets("truth", 1, true_point);
  FuseInput in = drawn_by(6, 20);
  in.layers[3] = streets("good", 1, smooth(0.5, 99));
  ASSERT_FALSE(adjust_layers(in, 2).empty());
  EXPECT_LT(off(in.layers[3], truth), 1.5);
  EXPECT_LT(off(in.layers[0], truth), 3);
}

TEST(Adjustment, DoesNothingWhereLayersAgree) {
  FuseInput in = drawn_by(2, 20);
  for (const char* id : {"a", "b", "c"}) in.layers.push_back(streets(id, 30, true_point));
  const auto before = points(in);
  EXPECT_TRUE(adjust_layers(in, 2).empty());
  EXPECT_EQ(points(in), before);
}

TEST(Adjustment, DoesNothingWhereLayersMeanOtherLines) {
  for (unsigned trial = 0; trial < 5; ++trial) {
    FuseInput in;
    for (unsigned l = 0; l < 5; ++l)
      in.layers.push_back(streets("l" + std::to_string(l), 30, smooth(140, 50 * trial + l), 20 * trial + l + 2));
    const auto before = points(in);
    EXPECT_TRUE(adjust_layers(in, 2).empty());
    EXPECT_EQ(points(in), before);
  }
}

TEST(Adjustment, DoesNotDependOnThreadsNorOnWhereTheCityLies) {
  FuseInput one = drawn_by(5, 20), four = one, away = one;
  const Point by{123'456, -7'654'321};
  for (DeliveredLayer& l : away.layers)
    for (DeliveredCell& c : l.cells)
      for (Point& p : c.rings[0].points) p = {p.x + by.x, p.y + by.y};
  adjust_layers(one, 1);
  adjust_layers(four, 4);
  adjust_layers(away, 2);
  EXPECT_EQ(points(one), points(four));
  auto back = points(away);
  for (auto& ring : back)
    for (Point& p : ring) p = {p.x - by.x, p.y - by.y};
  EXPECT_EQ(points(one), back);
}

TEST(Adjustment, OfNothingIsNothing) {
  FuseInput in;
  in.layers.resize(5);
  EXPECT_TRUE(adjust_layers(in, 1).empty());
}

}  // namespace
}  // namespace gridloom
