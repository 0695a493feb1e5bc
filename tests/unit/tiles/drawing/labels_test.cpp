// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/labels.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gridloom {
namespace {

constexpr unsigned kZoom = 12;
const double kPixel = 2 * kMercatorHalf / std::exp2(kZoom) / kTilePixels;

LabelCandidate candidate(LabelClass kind, std::string text, double x_px, double y_px, double radius_px,
                         std::string short_text = {}) {
  return {kind, std::move(text), std::move(short_text), {{x_px * kPixel, y_px * kPixel}, radius_px * kPixel}, 10};
}

std::vector<std::string> texts(const std::vector<PlacedLabel>& placed) {
  std::vector<std::string> out;
  for (const PlacedLabel& l : placed) out.push_back(l.text);
  return out;
}

TEST(Labels, StandWhereTheyFit) {
  const auto placed = place_labels({candidate(LabelClass::item, "roomy", 0, 0, 40)}, kZoom);
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(placed[0].at, (Mercator{0, 0}));
  EXPECT_TRUE(place_labels({candidate(LabelClass::item, "much too long", 0, 0, 10)}, kZoom).empty());
}

TEST(Labels, FallBackToTheShortName) {
  EXPECT_EQ(texts(place_labels({candidate(LabelClass::item, "370202001001", 0, 0, 14, "001")}, kZoom)),
            (std::vector<std::string>{"001"}));
}

TEST(Labels, NeverMeet) {
  std::vector<LabelCandidate> crowd;
  for (int i = 0; i < 30; ++i)
    for (int j = 0; j < 30; ++j)
      crowd.push_back(
          candidate(LabelClass::item, "name " + std::to_string(i * 30 + j), i * 17, j * 9, 40 + (i * 7 + j) % 11));
  const auto placed = place_labels(crowd, kZoom);
  EXPECT_GT(placed.size(), 20u);
  for (std::size_t a = 0; a < placed.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      EXPECT_TRUE(std::abs(placed[a].at.x - placed[b].at.x) >= (placed[a].width + placed[b].width) / 2 * kPixel ||
                  std::abs(placed[a].at.y - placed[b].at.y) >= (placed[a].height + placed[b].height) / 2 * kPixel);
}

TEST(Labels, HigherUnitsComeFirst) {
  const auto placed = place_labels(
      {candidate(LabelClass::item, "item", 0, 0, 200), candidate(LabelClass::upper, "City", 1, 1, 60)}, kZoom);
  EXPECT_EQ(texts(placed), (std::vector<std::string>{"City"}));
}

TEST(Labels, OfUnitsLargerThanAScreenAreLeftOut) {
  EXPECT_TRUE(place_labels({candidate(LabelClass::upper, "City", 0, 0, 2000)}, kZoom).empty());
}

TEST(Labels, OfItemsWaitUntilMostFit) {
  std::vector<LabelCandidate> few{candidate(LabelClass::item, "one", 0, 0, 40)};
  for (int i = 0; i < 20; ++i) few.push_back(candidate(LabelClass::item, "another", 500 + 100 * i, 0, 3));
  EXPECT_TRUE(place_labels(few, kZoom).empty());
  EXPECT_EQ(place_labels({few[0]}, kZoom).size(), 1u);
}

TEST(Labels, CountChineseAsWideAsHigh) {
  const auto zh = place_labels({candidate(LabelClass::item, "海岸社区", 0, 0, 100)}, kZoom);
  const auto en = place_labels({candidate(LabelClass::item, "abcd", 0, 0, 100)}, kZoom);
  ASSERT_EQ(zh.size(), 1u);
  EXPECT_DOUBLE_EQ(zh[0].width, 40);
  EXPECT_LT(en[0].width, 30);
}

TEST(Labels, BreakLongNamesNearTheMiddle) {
  EXPECT_EQ(texts(place_labels({candidate(LabelClass::item, "North eastern harbour", 0, 0, 100)}, kZoom)),
            (std::vector<std::string>{"North eastern\nharbour"}));
}

}  // namespace
}  // namespace gridloom
