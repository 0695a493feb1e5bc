// SPDX-License-Identifier: Apache-2.0
#include "server/words/number_text.h"

#include <gtest/gtest.h>

namespace gridloom {
namespace {

TEST(NumberText, CommasStandBetweenThousands) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(8'175'133), "8,175,133");
  EXPECT_EQ(with_commas(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(NumberText, DecimalsAreKeptThoughTheyAreZero) {
  EXPECT_EQ(fixed(12.3, 2), "12.30");
  EXPECT_EQ(fixed(-0.05, 1), "-0.1");
  EXPECT_EQ(fixed(2.5, 0), "2");
  EXPECT_EQ(fixed(1e20, 0), "100000000000000000000");
}

}  // namespace
}  // namespace gridloom
