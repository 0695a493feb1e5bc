// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/rtree_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <tuple>

namespace gridloom {
namespace {

constexpr std::size_t kHeaderBytes = 4;  // depth of the tree (root only) and number of cells, 16 bits each
constexpr std::size_t kCellBytes = 24;   // id and four 32-bit floats
constexpr std::int64_t kRoot = 1;

// The coordinates are floats that must enclose the doubles.
float rounded_down(double v) {
  const auto f = static_cast<float>(v);
  return static_cast<double>(f) <= v ? f : std::nextafter(f, -std::numeric_limits<float>::infinity());
}
float rounded_up(double v) { return -rounded_down(-v); }

// A node's cells, each the box of an entry or of a node below.
using Node = std::vector<IndexEntry>;

IndexEntry around(const Node& node, std::int64_t id) {
  IndexEntry all = node.front();
  all.id = id;
  for (const IndexEntry& e : node) {
    all.min_x = std::min(all.min_x, e.min_x);
    all.max_x = std::max(all.max_x, e.max_x);
    all.min_y = std::min(all.min_y, e.min_y);
    all.max_y = std::max(all.max_y, e.max_y);
  }
  return all;
}

// Parts of nearly the same size, so that none is below the module's minimum of a third.
std::vector<Node> split_evenly(std::span<const IndexEntry> entries, std::size_t capacity) {
  const std::size_t parts = (entries.size() + capacity - 1) / capacity;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t begin = entries.size() * i / parts, end = entries.size() * (i + 1) / parts;
    nodes.emplace_back(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                       entries.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return nodes;
}

// Vertical slices of about sqrt(nodes) nodes, each cut from south to north.
std::vector<Node> tiles(std::vector<IndexEntry> entries, std::size_t capacity) {
  const auto by_x = [](const IndexEntry& e) { return std::tuple(e.min_x + e.max_x, e.min_y + e.max_y, e.id); };
  const auto by_y = [](const IndexEntry& e) { return std::tuple(e.min_y + e.max_y, e.min_x + e.max_x, e.id); };
  std::sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) { return by_x(a) < by_x(b); });
  const double nodes = std::ceil(static_cast<double>(entries.size()) / static_cast<double>(capacity));
  std::vector<Node> out;
  for (Node& slice : split_evenly(entries, capacity * static_cast<std::size_t>(std::ceil(std::sqrt(nodes))))) {
    std::sort(slice.begin(), slice.end(), [&](const auto& a, const auto& b) { return by_y(a) < by_y(b); });
    for (Node& node : split_evenly(slice, capacity)) out.push_back(std::move(node));
  }
  return out;
}

template <class T>
void put_big_endian(std::byte*& at, T value) {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  std::reverse(bytes.begin(), bytes.end());
  at = std::copy(bytes.begin(), bytes.end(), at);
}

std::vector<std::byte> blob_of(const Node& node, std::uint16_t depth, std::size_t bytes) {
  std::vector<std::byte> blob(bytes);
  std::byte* at = blob.data();
  put_big_endian(at, depth);
  put_big_endian(at, static_cast<std::uint16_t>(node.size()));
  for (const IndexEntry& e : node) {
    put_big_endian(at, e.id);
    put_big_endian(at, rounded_down(e.min_x));
    put_big_endian(at, rounded_up(e.max_x));
    put_big_endian(at, rounded_down(e.min_y));
    put_big_endian(at, rounded_up(e.max_y));
  }
  return blob;
}

class IndexFile {
 public:
  IndexFile(Database& database, const std::string& name)
      : node_bytes_(node_bytes(database, name)),
        node_(database, "INSERT OR REPLACE INTO " + sql_name(name + "_node") + " VALUES (?, ?)"),
        rowid_(database, "INSERT INTO " + sql_name(name + "_rowid") + " VALUES (?, ?)"),
        parent_(database, "INSERT INTO " + sql_name(name + "_parent") + " VALUES (?, ?)") {}

  std::size_t capacity() const { return (node_bytes_ - kHeaderBytes) / kCellBytes; }

  void add(std::int64_t id, const Node& node, unsigned level, std::uint16_t depth) {
    const std::vector<std::byte> blob = blob_of(node, depth, node_bytes_);
    node_.put(id).put(std::span<const std::byte>(blob)).run();
    for (const IndexEntry& e : node) (level == 0 ? rowid_ : parent_).put(e.id).put(id).run();
  }

 private:
  // The module chose it by the page size when the table was made.
  static std::size_t node_bytes(Database& database, const std::string& name) {
    Statement size(database, "SELECT length(data) FROM " + sql_name(name + "_node") + " WHERE nodeno = 1");
    if (!size.next()) database.fail("root of " + name);
    return static_cast<std::size_t>(size.integer());
  }

  std::size_t node_bytes_;
  Statement node_, rowid_, parent_;
};

}  // namespace

void create_index(Database& database, const std::string& name, std::vector<IndexEntry> entries) {
  database.exec("CREATE VIRTUAL TABLE " + sql_name(name) + " USING rtree(id, minx, maxx, miny, maxy)");
  if (entries.empty()) return;
  IndexFile file(database, name);
  std::int64_t next_id = kRoot + 1;
  unsigned level = 0;
  for (; entries.size() > file.capacity(); ++level) {
    std::vector<IndexEntry> above;
    for (const Node& node : tiles(std::move(entries), file.capacity())) {
      file.add(next_id, node, level, 0);
      above.push_back(around(node, next_id++));
    }
    entries = std::move(above);
  }
  file.add(kRoot, entries, level, static_cast<std::uint16_t>(level));
}

}  // namespace gridloom
