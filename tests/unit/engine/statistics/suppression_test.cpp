// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/suppression.h"
#include "engine/base/errors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/draw.h"

namespace gridloom {
namespace {

// Whether the equations of rows and columns fix a blank entry: by Gaussian elimination, an unknown is determined when
// it stands alone in a row of the reduced matrix.
bool some_blank_entry_follows(const Suppression& s) {
  std::vector<std::size_t> unknown;
  for (std::size_t e = 0; e < s.blank.size(); ++e)
    if (s.blank[e]) unknown.push_back(e);
  std::vector<std::vector<double>> m(s.rows + s.columns, std::vector<double>(unknown.size(), 0.0));
  for (std::size_t u = 0; u < unknown.size(); ++u) {
    const std::size_t r = unknown[u] / s.columns, c = unknown[u] % s.columns;
    m[r][u] = c + 1 == s.columns ? -1 : 1;
    m[s.rows + c][u] = r + 1 == s.rows ? -1 : 1;
  }
  std::size_t top = 0;
  for (std::size_t u = 0; u < unknown.size() && top < m.size(); ++u) {
    std::size_t pivot = top;
    while (pivot < m.size() && std::abs(m[pivot][u]) < 1e-9) ++pivot;
    if (pivot == m.size()) continue;
    std::swap(m[top], m[pivot]);
    const double lead = m[top][u];
    for (double& v : m[top]) v /= lead;
    for (std::size_t r = 0; r < m.size(); ++r)
      if (r != top && std::abs(m[r][u]) > 1e-9) {
        const double factor = m[r][u];
        for (std::size_t v = 0; v < unknown.size(); ++v) m[r][v] -= factor * m[top][v];
      }
    ++top;
  }
  return std::any_of(m.begin(), m.end(), [](const std::vector<double>& row) {
    return std::count_if(row.begin(), row.end(), [](double v) { return std::abs(v) > 1e-9; }) == 1;
  });
}

TEST(Suppression, BlanksASecondEntryInTheRowAndColumnOfASmallOne) {
  const Suppression s = suppress_small_counts({2, 3, {3, 20, 30, 40, 50, 60}}, 5);
  EXPECT_EQ(s.small, 1u);
  EXPECT_TRUE(s.is_blank(0, 0));
  EXPECT_TRUE(s.is_blank(0, 1));  // 20, 40 and 50 are the cheapest way round
  EXPECT_TRUE(s.is_blank(1, 0));
  EXPECT_TRUE(s.is_blank(1, 1));
  EXPECT_EQ(s.complementary, 3u);
  EXPECT_FALSE(s.is_blank(2, 3));
}

TEST(Suppression, BlanksTotalsUnderTheBoundToo) {
  const Suppression s = suppress_small_counts({2, 2, {1, 2, 30, 40}}, 5);
  EXPECT_TRUE(s.is_blank(0, 0));
  EXPECT_TRUE(s.is_blank(0, 1));
  EXPECT_TRUE(s.is_blank(0, 2));
  EXPECT_FALSE(some_blank_entry_follows(s));
}

TEST(Suppression, ShowsZerosAndWhatIsLarge) {
  const Suppression s = suppress_small_counts({2, 2, {0, 7, 9, 0}}, 5);
  EXPECT_EQ(std::count(s.blank.begin(), s.blank.end(), true), 0);
  const Suppression nothing = suppress_small_counts({2, 2, {1, 2, 3, 4}}, 1);
  EXPECT_EQ(nothing.small + nothing.complementary, 0u);
}

TEST(Suppression, OfAListHidesASecondCell) {
  const Suppression s = suppress_small_counts({4, 1, {2, 9, 14, 30}}, 5);
  EXPECT_TRUE(s.is_blank(0, 0));
  EXPECT_TRUE(s.is_blank(1, 0));
  EXPECT_FALSE(s.is_blank(2, 0));
  EXPECT_FALSE(some_blank_entry_follows(s));
}

TEST(Suppression, LeavesNothingThatFollowsFromDifferences) {
  draw::Random random(1);
  int with_small = 0;
  for (int round = 0; round < 300; ++round) {
    CrossTable t;
    t.rows = static_cast<std::size_t>(random.between(1, 7));
    t.columns = static_cast<std::size_t>(random.between(1, 7));
    const int most = random.one_in(2) ? 8 : 60;
    for (std::size_t i = 0; i < t.rows * t.columns; ++i)
      t.counts.push_back(random.one_in(3) ? 0 : static_cast<std::uint64_t>(random.between(0, most)));
    const Suppression s = suppress_small_counts(t, 5);
    with_small += s.small > 0;
    EXPECT_FALSE(some_blank_entry_follows(s)) << "round " << round;
    for (std::size_t r = 0; r < t.rows; ++r)
      for (std::size_t c = 0; c < t.columns; ++c) {
        const std::uint64_t count = t.counts[r * t.columns + c];
        if (count > 0 && count < 5) {
          EXPECT_TRUE(s.is_blank(r, c));
        }
      }
  }
  EXPECT_GT(with_small, 200);
}

TEST(Suppression, RefusesTablesThatDoNotFit) { EXPECT_THROW(suppress_small_counts({2, 2, {1, 2, 3}}, 5), DataError); }

}  // namespace
}  // namespace gridloom
