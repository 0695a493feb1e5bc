// SPDX-License-Identifier: Apache-2.0
#include "engine/base/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Weather { unasked, fair, foul };

}  // namespace

template <>
inline constexpr auto kWords<Weather> = words<Weather>(
    {{"fair", Weather::fair}, {"sunny", Weather::fair}, {"foul", Weather::foul}, {"", Weather::unasked}});

namespace {

TEST(Words, AValueIsToldByItsFirstWordAndUnderstoodByAll) {
  EXPECT_EQ(word_of(Weather::fair), "fair");
  EXPECT_EQ(value_of<Weather>("fair"), Weather::fair);
  EXPECT_EQ(value_of<Weather>("sunny"), Weather::fair);
  EXPECT_EQ(value_of<Weather>("foul"), Weather::foul);
  EXPECT_EQ(value_of<Weather>("Fair"), std::nullopt);
}

TEST(Words, WhatIsNotAskedForHasTheEmptyWordAndIsNotListed) {
  EXPECT_EQ(value_of<Weather>(""), Weather::unasked);
  EXPECT_THAT(word_list<Weather>(), ElementsAre("fair", "sunny", "foul"));
  EXPECT_EQ(known_words<Weather>(), "fair, sunny, foul");
}

TEST(Words, AnUnknownWordIsRefusedWithThoseThereAre) {
  EXPECT_EQ(value_named<Weather>("foul", "weather"), Weather::foul);
  try {
    value_named<Weather>("mild", "weather");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr(R"(name="weather" given="mild" known=["fair", "sunny", "foul"])"));
  }
}

TEST(Words, AnEnumeratorIsToldFromAnotherNumber) {
  EXPECT_TRUE(detail::is_enumerator<Weather::foul>());
  EXPECT_FALSE(detail::is_enumerator<static_cast<Weather>(3)>());
}

}  // namespace
}  // namespace gridloom
