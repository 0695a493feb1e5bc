// SPDX-License-Identifier: Apache-2.0
#include "engine/base/mistakes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using testing::SizeIs;

TEST(Mistakes, NoneRaisesNothing) { EXPECT_NO_THROW(Mistakes().raise()); }

TEST(Mistakes, OneIsADataErrorAsItWasThrown) {
  Mistakes mistakes;
  EXPECT_FALSE(mistakes.attempt([] { throw DataError("no_features").within("a.shp"); }));
  EXPECT_TRUE(mistakes.attempt([] {}));
  try {
    mistakes.raise();
    FAIL();
  } catch (const DataErrors&) {
    FAIL() << "one is one";
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()), "no_features at \"a.shp\"");
  }
}

TEST(Mistakes, SeveralAreToldInTheOrderInWhichTheyWereMade) {
  Mistakes mistakes, later;
  mistakes.add({"second", {}, {"b"}});
  mistakes.add({"first", {}, {"a"}});
  mistakes.add({"second", {}, {"b"}});  // known
  later.add({"third", {}, {"c"}});
  mistakes.add(later);
  try {
    mistakes.raise();
    FAIL();
  } catch (DataError& error) {
    error.within("city.yaml");
    EXPECT_EQ(std::string(error.what()),
              "second at \"city.yaml\", \"b\"\nfirst at \"city.yaml\", \"a\"\nthird at \"city.yaml\", \"c\"");
  }
}

TEST(Mistakes, ManyOfAKindAreCounted) {
  Mistakes mistakes;
  for (int i = 0; i < 500; ++i) mistakes.add({"bad", {{"row", i}}, {"a.csv"}});
  mistakes.add({"bad", {{"row", 1}}, {"b.csv"}});
  const std::vector<Reason> list = mistakes.list();
  ASSERT_THAT(list, SizeIs(Mistakes::kMostAlike + 2));
  EXPECT_EQ(plain_text(list[Mistakes::kMostAlike]), "more_alike mistakes=490 at \"a.csv\"");
  Mistakes joined;
  joined.add(mistakes);
  EXPECT_THAT(joined.list(), SizeIs(list.size()));
}

TEST(Mistakes, WhatIsNoBadDataGoesThrough) {
  Mistakes mistakes;
  EXPECT_THROW(mistakes.attempt([] { throw Cancelled(); }), Cancelled);
}

}  // namespace
}  // namespace gridloom
