// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/box_index.h"

#include <gtest/gtest.h>

#include "support/draw.h"

namespace gridloom {
namespace {

Box random_box(draw::Random& random, std::int32_t reach, std::int32_t size) {
  const Point a{random.between(-reach, reach), random.between(-reach, reach)};
  return {a, {a.x + random.between(0, size), a.y + random.between(0, size)}};
}

// What the index answers, sorted; a box visited twice shows up twice.
std::vector<std::uint32_t> asked(const BoxIndex& index, const Box& query) {
  std::vector<std::uint32_t> found;
  index.query(query, [&](std::uint32_t i) { found.push_back(i); });
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::uint32_t> tried(const std::vector<Box>& boxes, const Box& query) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < boxes.size(); ++i)
    if (boxes[i].min.x <= query.max.x && boxes[i].max.x >= query.min.x && boxes[i].min.y <= query.max.y &&
        boxes[i].max.y >= query.min.y)
      found.push_back(i);
  return found;
}

TEST(BoxIndex, FindsWhatTryingAllFinds) {
  draw::Random random(1);
  std::size_t answers = 0;
  for (const int n : {1, 2, 15, 16, 17, 255, 256, 257, 4096, 4097, 9000})
    for (const std::int32_t reach : {0, 20, 5'000, kCoordinateLimit - 2000}) {
      std::vector<Box> boxes;
      for (int i = 0; i < n; ++i) boxes.push_back(random_box(random, reach, random.one_in(2) ? 0 : 900));
      const BoxIndex index(boxes);
      for (int q = 0; q < 25; ++q) {
        const Box query = random_box(random, reach, q % 3 == 0 ? 0 : std::max(1, reach / 4));
        const auto expected = tried(boxes, query);
        ASSERT_EQ(asked(index, query), expected) << n << " boxes within " << reach;
        answers += expected.size();
      }
    }
  EXPECT_GT(answers, 10'000u);
}

TEST(BoxIndex, TouchingIsMeeting) {
  const std::vector<Box> boxes{{{0, 0}, {10, 10}}, {{11, 0}, {20, 10}}, {{5, 11}, {6, 12}}};
  const BoxIndex index(boxes);
  EXPECT_EQ(asked(index, {{10, 10}, {11, 10}}), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(asked(index, {{6, 10}, {6, 11}}), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_TRUE(asked(index, {{0, 13}, {20, 20}}).empty());
}

TEST(BoxIndex, OfNothingFindsNothing) {
  EXPECT_TRUE(asked(BoxIndex(), {{-5, -5}, {5, 5}}).empty());
  EXPECT_TRUE(asked(BoxIndex(std::vector<Box>{}), {{-5, -5}, {5, 5}}).empty());
}

TEST(BoxIndex, AnswersInAFixedOrder) {
  draw::Random random(2);
  std::vector<Box> boxes;
  for (int i = 0; i < 3000; ++i) boxes.push_back(random_box(random, 1000, 100));
  const auto order = [&] {
    std::vector<std::uint32_t> found;
    BoxIndex(boxes).query({{-500, -500}, {500, 500}}, [&](std::uint32_t i) { found.push_back(i); });
    return found;
  };
  EXPECT_EQ(order(), order());
}

}  // namespace
}  // namespace gridloom
