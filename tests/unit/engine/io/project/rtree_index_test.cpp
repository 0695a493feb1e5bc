// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/rtree_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace gridloom {
namespace {

std::vector<IndexEntry> random_entries(std::size_t n, bool points) {
  std::mt19937_64 random(n);
  std::vector<IndexEntry> entries;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = 500'000 + static_cast<double>(random() % 40'000'000) / 1000,
                 y = 4'500'000 + static_cast<double>(random() % 40'000'000) / 1000;
    const double w = points ? 0 : static_cast<double>(random() % 900'000) / 1000;
    entries.push_back({static_cast<std::int64_t>(3 * i + 1), x, x + w, y, y + w / 2});
  }
  return entries;
}

std::string check(Database& database) {
  Statement statement(database, "SELECT rtreecheck('main', 'idx')");
  statement.next();
  return std::string(statement.text());
}

std::vector<std::int64_t> found(Database& database, double x0, double x1, double y0, double y1) {
  Statement query(database, "SELECT id FROM idx WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ? ORDER BY id");
  query.put(x0).put(x1).put(y0).put(y1);
  std::vector<std::int64_t> ids;
  while (query.next()) ids.push_back(query.integer());
  return ids;
}

// One node, two, one level, two, three; and what SQLite itself says about the tree.
TEST(RtreeIndex, IsSoundAndFindsEverything) {
  for (const std::size_t n : {0, 1, 50, 51, 52, 53, 103, 2601, 2602, 140'000}) {
    for (const bool points : {false, true}) {
      Database database(":memory:", Database::Mode::write);
      const auto entries = random_entries(n, points);
      create_index(database, "idx", entries);
      EXPECT_EQ(check(database), "ok") << n;
      for (int q = 0; q < 20; ++q) {
        const double x = 500'000 + 2000.0 * q, y = 4'500'000 + 1500.0 * q;
        std::vector<std::int64_t> expected;
        for (const IndexEntry& e : entries)
          if (e.max_x >= x && e.min_x <= x + 3000 && e.max_y >= y && e.min_y <= y + 3000) expected.push_back(e.id);
        const auto ids = found(database, x, x + 3000, y, y + 3000);
        // Boxes are stored as enclosing floats, half a metre coarse at these northings: more may be found, never less.
        EXPECT_TRUE(std::includes(ids.begin(), ids.end(), expected.begin(), expected.end())) << n;
        EXPECT_LE(ids.size(), expected.size() + 5 + expected.size() / 20) << n;
      }
    }
  }
}

TEST(RtreeIndex, StaysSoundWhenEdited) {
  Database database(":memory:", Database::Mode::write);
  create_index(database, "idx", random_entries(3000, false));
  database.exec("DELETE FROM idx WHERE id % 2 = 0");
  for (int i = 0; i < 500; ++i)
    database.exec("INSERT INTO idx VALUES (" + std::to_string(100'000 + i) + ", 510000, 510010, 4510000, 4510010)");
  EXPECT_EQ(check(database), "ok");
  Statement count(database, "SELECT count(*) FROM idx");
  count.next();
  EXPECT_EQ(count.integer(), 2000);
}

}  // namespace
}  // namespace gridloom
