// SPDX-License-Identifier: Apache-2.0
#include "server/report/map_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using testing::HasSubstr;

constexpr Box kKilometre{{0, 0}, {1'000'000, 1'000'000}};

TEST(MapPicture, ShowsWhatMeetsItsWindow) {
  const MapPicture picture(kKilometre, 100);
  EXPECT_EQ(picture.metres_per_pixel(), 10);
  EXPECT_TRUE(picture.shows({{-5, -5}, {0, 0}}));
  EXPECT_FALSE(picture.shows({{-5, -5}, {-1, -1}}));
}

TEST(MapPicture, TheScaleBarIsARoundLengthUnderAThirdOfTheWidth) {
  const auto bar = [](std::int32_t side_m) {
    MapPicture picture({{0, 0}, {side_m * 1000, side_m * 1000}}, 300);
    return picture.svg("");
  };
  EXPECT_THAT(bar(1000), HasSubstr(">200 m</text>"));
  EXPECT_THAT(bar(5000), HasSubstr(">1 km</text>"));
  EXPECT_THAT(bar(40'000), HasSubstr(">10 km</text>"));
}

TEST(MapPicture, ItsLabelIsText) {
  MapPicture picture(kKilometre, 100);
  EXPECT_THAT(picture.svg("\"<here>\""), HasSubstr("aria-label=\"&quot;&lt;here&gt;&quot;\""));
}

TEST(WindowAround, KeepsTheAspectAndTheMargin) {
  const Box window = window_around({{0, 0}, {100'000, 50'000}}, 0.1, 10, 0.5);
  EXPECT_EQ(window, (Box{{-20'000, -10'000}, {120'000, 60'000}}));
  const Box least = window_around({{0, 0}, {0, 0}}, 0.1, 10, 2);
  EXPECT_EQ(least, (Box{{-5'000, -10'000}, {5'000, 10'000}}));
}

}  // namespace
}  // namespace gridloom
