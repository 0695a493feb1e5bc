// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/shift.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/base/parallel.h"
#include "support/town.h"

namespace gridloom {
namespace {

// Crooked streets: a chessboard of `n` by `n` cells of 300 m whose corners lie up to 90 m off.
DeliveredLayer chessboard(const std::string& id, int n, int rank, double accuracy_m, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int32_t> off(-90'000, 90'000);
  std::vector<std::vector<Point>> corner;
  for (int i = 0; i <= n; ++i) {
    corner.emplace_back();
    for (int j = 0; j <= n; ++j) corner.back().push_back({i * 300'000 + off(random), j * 300'000 + off(random)});
  }
  DeliveredLayer out;
  out.id = id;
  out.rank = rank;
  out.accuracy_m = accuracy_m;
  const auto at = [&](int i, int j) { return corner[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)]; };
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      out.cells.push_back({{std::to_string(i * n + j), "", {}},
                           {Ring{{at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)}, false}}});
  return out;
}

FuseInput two(DeliveredLayer second) {
  FuseInput in;
  in.layers = {chessboard("streets", 10, 1, 5), std::move(second)};
  return in;
}

TEST(Shift, FindsTheVectorThatBringsALayerBack) {
  for (const auto& [dx, dy] : {std::pair{7'000, -6'000}, {40'000, 25'000}, {-80'000, 90'000}, {150'000, 20'000}}) {
    const auto shifts = find_shifts(two(draw::redrawn(chessboard("off", 10, 2, 10), dx, dy)), 1);
    ASSERT_EQ(shifts.size(), 1u) << dx << ',' << dy;
    EXPECT_EQ(shifts[0].layer, 1u);
    EXPECT_NEAR(shifts[0].found.east_m, -dx / 1000.0, 0.1);
    EXPECT_NEAR(shifts[0].found.north_m, -dy / 1000.0, 0.1);
    EXPECT_TRUE(shifts[0].clear);
    EXPECT_GT(shifts[0].found.near_after, 0.99);
  }
}

// Regular blocks fit their neighbours at many wrong vectors, and half of their lines at any along an axis.
DeliveredLayer blocks(const std::string& id, int rank) {
  DeliveredLayer out;
  out.id = id;
  out.rank = rank;
  out.accuracy_m = 5.0 * rank;
  std::mt19937 random(5);
  std::vector<std::int32_t> x{0}, y{0};
  for (int i = 0; i < 8; ++i) {
    x.push_back(x.back() + 230'000 + static_cast<std::int32_t>(random() % 60'000));
    y.push_back(y.back() + 90'000 + static_cast<std::int32_t>(random() % 25'000));
  }
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t j = 0; j < 8; ++j)
      out.cells.push_back({{std::to_string(8 * i + j), "", {}},
                           {Ring{{{x[i], y[j]}, {x[i + 1], y[j]}, {x[i + 1], y[j + 1]}, {x[i], y[j + 1]}}, false}}});
  return out;
}

TEST(Shift, IsNotMisledByRegularBlocks) {
  for (const auto& [dx, dy] : {std::pair{30'100, -19'900},
                               {-30'100, 19'900},
                               {24'900, 30'100},
                               {40'000, 45'000},
                               {40'000, 0},
                               {0, 60'000},
                               {60'000, 0},
                               {-120'000, 70'000}}) {
    FuseInput in;
    in.layers = {blocks("streets", 1), draw::redrawn(blocks("off", 2), dx, dy)};
    const auto shifts = find_shifts(in, 1);
    ASSERT_EQ(shifts.size(), 1u) << dx << ',' << dy;
    EXPECT_NEAR(shifts[0].found.east_m, -dx / 1000.0, 0.1);
    EXPECT_NEAR(shifts[0].found.north_m, -dy / 1000.0, 0.1);
    EXPECT_TRUE(shifts[0].clear);
  }
}

TEST(Shift, StopsWhenAsked) {
  LoopWatch watch;
  watch.stop = true;
  const FuseInput in = two(draw::redrawn(chessboard("off", 10, 2, 10), 30'000, -20'000));
  {
    const WatchScope scope(&watch);
    EXPECT_THROW(find_shifts(in, 1), Cancelled);
  }
  EXPECT_EQ(find_shifts(in, 1).size(), 1u);
}

TEST(Shift, FindsItUnderTheNoiseOfDigitising) {
  DeliveredLayer noisy = draw::redrawn(chessboard("off", 10, 2, 10), 30'000, -20'000);
  std::mt19937 random(3);
  std::normal_distribution<double> error(0, 2'000);
  for (DeliveredCell& c : noisy.cells)
    for (Point& p : c.rings.front().points)
      p = {p.x + static_cast<std::int32_t>(error(random)), p.y + static_cast<std::int32_t>(error(random))};
  const auto shifts = find_shifts(two(noisy), 1);
  ASSERT_EQ(shifts.size(), 1u);
  EXPECT_NEAR(shifts[0].found.east_m, -30, 1);
  EXPECT_NEAR(shifts[0].found.north_m, 20, 1);
}

TEST(Shift, SeesNoneWhereALayerFitsOrHasNothingToDoWithTheOthers) {
  EXPECT_TRUE(find_shifts(two(chessboard("same", 10, 2, 10)), 1).empty());
  for (unsigned seed = 2; seed < 12; ++seed)
    EXPECT_TRUE(find_shifts(two(chessboard("other", 10, 2, 10, seed)), 1).empty()) << seed;
}

TEST(Shift, TheBadLayerMovesNeverTheGoodOne) {
  FuseInput in = two(draw::redrawn(chessboard("off", 10, 2, 10), 30'000, 0));
  std::swap(in.layers[0], in.layers[1]);  // whatever the order of the layers
  const auto shifts = find_shifts(in, 2);
  ASSERT_EQ(shifts.size(), 1u);
  EXPECT_EQ(in.layers[shifts[0].layer].id, "off");
}

TEST(Shift, MovesALayerWhereItClearlyHelpsOrWhenTold) {
  const auto corner = [](const FuseInput& in) { return in.layers[1].cells[0].rings[0].points[0]; };
  const Point home = corner(two(chessboard("off", 10, 2, 10)));
  FuseInput in = two(draw::redrawn(chessboard("off", 10, 2, 10), 30'000, 0));
  const Point off = corner(in);
  FuseInput kept = in, locked = in;
  kept.layers[1].shift = ShiftWord::keep;
  locked.layers[1].locked = true;

  const auto outcome = [](FuseInput& of) {
    const auto undone = undo_shifts(of, 1);
    EXPECT_EQ(undone.size(), 1u);
    return undone.at(0).found.outcome;
  };
  EXPECT_EQ(outcome(in), ShiftOutcome::moved);
  EXPECT_NEAR(corner(in).x, home.x, 100);
  EXPECT_NEAR(corner(in).y, home.y, 100);

  EXPECT_EQ(outcome(kept), ShiftOutcome::kept);
  EXPECT_EQ(corner(kept), off);
  EXPECT_EQ(outcome(locked), ShiftOutcome::locked);
  EXPECT_EQ(corner(locked), off);
}

TEST(Shift, ADoubtfulOneIsOnlyTold) {
  // A third of the layer's lines are the streets', 40 m off; the rest are its own.
  DeliveredLayer mixed = draw::redrawn(chessboard("off", 10, 2, 10), 40'000, 0);
  const DeliveredLayer own = chessboard("own", 10, 2, 10, 9);
  for (std::size_t c = 0; c < mixed.cells.size(); ++c)
    if (c % 5 > 1) mixed.cells[c] = own.cells[c];
  FuseInput in = two(mixed), told = in;
  const auto shifts = find_shifts(in, 1);
  ASSERT_EQ(shifts.size(), 1u);
  EXPECT_NEAR(shifts[0].found.east_m, -40, 0.5);
  EXPECT_FALSE(shifts[0].clear);
  const Point before = in.layers[1].cells[0].rings[0].points[0];
  EXPECT_EQ(undo_shifts(in, 1).at(0).found.outcome, ShiftOutcome::open);
  EXPECT_EQ(in.layers[1].cells[0].rings[0].points[0], before);
  told.layers[1].shift = ShiftWord::apply;
  undo_shifts(told, 1);
  EXPECT_NEAR(told.layers[1].cells[0].rings[0].points[0].x, before.x - 40'000, 500);
}

}  // namespace
}  // namespace gridloom
