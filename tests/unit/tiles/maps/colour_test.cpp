// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/colour.h"

#include <gtest/gtest.h>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

TEST(Colour, ReadAndWriteHex) {
  EXPECT_EQ(parse_colour("#0a80ff"), (Colour{10, 128, 255}));
  EXPECT_EQ(text_of({10, 128, 255}), "#0a80ff");
  for (const char* bad : {"", "#0a80f", "0a80ff0", "#0a80fg", "#0a80ff0", "red"})
    EXPECT_THROW(parse_colour(bad), DataError);
}

TEST(Colour, Mix) {
  EXPECT_EQ(mix({0, 100, 200}, {255, 255, 255}, 0), (Colour{0, 100, 200}));
  EXPECT_EQ(mix({0, 100, 200}, {255, 255, 255}, 1), (Colour{255, 255, 255}));
  EXPECT_EQ(mix({0, 100, 200}, {100, 200, 100}, 0.5), (Colour{50, 150, 150}));
}

TEST(Colour, DarkIsWhereWhiteWordsReadBetter) {
  EXPECT_TRUE(is_dark({16, 22, 30}) && is_dark({0, 0, 255}));
  EXPECT_FALSE(is_dark({223, 231, 236}) || is_dark({255, 255, 0}));
}

TEST(Colour, RampsGoFromTheirFirstColourToTheirLast) {
  for (const Ramp ramp : {Ramp::day, Ramp::night, Ramp::diverging}) {
    const std::vector<Colour>& colours = colours_of(ramp);
    ASSERT_GE(colours.size(), 7u);
    EXPECT_EQ(colour_at(colours, -1), colours.front());
    EXPECT_EQ(colour_at(colours, 2), colours.back());
    EXPECT_EQ(colour_at(colours, 0.5), colours[colours.size() / 2]);
  }
  EXPECT_FALSE(is_dark(colours_of(Ramp::day).front()) || is_dark(colours_of(Ramp::night).back()));
  EXPECT_TRUE(is_dark(colours_of(Ramp::day).back()) && is_dark(colours_of(Ramp::night).front()));
}

}  // namespace
}  // namespace gridloom
