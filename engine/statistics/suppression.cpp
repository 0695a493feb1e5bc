// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/suppression.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <string>
#include <utility>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

constexpr std::uint64_t kFar = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// The table with totals and its graph: nodes are rows 0 .. R - 1 and columns R .. R + C - 1.
class Publication {
 public:
  Publication(const CrossTable& table, std::uint64_t k) : rows_(table.rows + 1), columns_(table.columns + 1) {
    counts_.assign(rows_ * columns_, 0);
    for (std::size_t r = 0; r + 1 < rows_; ++r)
      for (std::size_t c = 0; c + 1 < columns_; ++c) {
        const std::uint64_t count = table.counts[r * table.columns + c];
        for (std::size_t at : {entry(r, c), entry(r, columns_ - 1), entry(rows_ - 1, c), counts_.size() - 1})
          counts_[at] += count;
      }
    result_.rows = rows_;
    result_.columns = columns_;
    result_.blank.assign(counts_.size(), false);
    for (std::size_t e = 0; e < counts_.size(); ++e)
      if (counts_[e] > 0 && counts_[e] < k) {
        result_.blank[e] = true;
        ++result_.small;
      }
  }

  Suppression protect() {
    while (const std::optional<std::size_t> bridge = first_bridge()) blank_way_round(*bridge);
    return std::move(result_);
  }

 private:
  std::size_t entry(std::size_t row, std::size_t column) const { return row * columns_ + column; }
  std::size_t nodes() const { return rows_ + columns_; }

  // Calls visit(neighbour, entry) for the entries of a row or column.
  template <class Visit>
  void visit_entries(std::size_t node, Visit&& visit) const {
    if (node < rows_)
      for (std::size_t c = 0; c < columns_; ++c) visit(rows_ + c, entry(node, c));
    else
      for (std::size_t r = 0; r < rows_; ++r) visit(r, entry(r, node - rows_));
  }

  // The lowest blank entry whose ends no other blank entries join.
  std::optional<std::size_t> first_bridge() const {
    const std::vector<bool> bridge = bridges();
    const auto at = std::find(bridge.begin(), bridge.end(), true);
    if (at == bridge.end()) return std::nullopt;
    return static_cast<std::size_t>(at - bridge.begin());
  }

  // Tarjan's bridges, without recursion: an edge of the search tree is one when nothing below it reaches above.
  std::vector<bool> bridges() const {
    const auto adjacent = blank_neighbours();
    std::vector<bool> bridge(counts_.size(), false);
    std::vector<std::size_t> order(nodes(), kNone), reach(nodes(), 0);
    struct Frame {
      std::size_t node, by, next;
    };
    std::size_t clock = 0;
    for (std::size_t root = 0; root < nodes(); ++root) {
      if (order[root] != kNone) continue;
      std::vector<Frame> stack{{root, kNone, 0}};
      order[root] = reach[root] = clock++;
      while (!stack.empty()) {
        Frame& f = stack.back();
        if (f.next < adjacent[f.node].size()) {
          const auto [other, by] = adjacent[f.node][f.next++];
          if (by == f.by) continue;
          if (order[other] != kNone) {
            reach[f.node] = std::min(reach[f.node], order[other]);
          } else {
            order[other] = reach[other] = clock++;
            stack.push_back({other, by, 0});
          }
          continue;
        }
        const Frame done = f;
        stack.pop_back();
        if (stack.empty()) break;
        const std::size_t parent = stack.back().node;
        reach[parent] = std::min(reach[parent], reach[done.node]);
        if (reach[done.node] > order[parent]) bridge[done.by] = true;
      }
    }
    return bridge;
  }

  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> blank_neighbours() const {
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> adjacent(nodes());
    for (std::size_t e = 0; e < counts_.size(); ++e)
      if (result_.blank[e]) {
        adjacent[e / columns_].emplace_back(rows_ + e % columns_, e);
        adjacent[rows_ + e % columns_].emplace_back(e / columns_, e);
      }
    return adjacent;
  }

  // What blanking an entry costs: nothing when it is blank, its count otherwise, and a zero more than everything else.
  std::uint64_t cost(std::size_t e) const {
    if (result_.blank[e]) return 0;
    return counts_[e] > 0 ? counts_[e] : 4 * counts_.back() + 1;
  }

  // Dijkstra from the bridge's row to its column, not over the bridge.
  void blank_way_round(std::size_t bridge) {
    const std::size_t from = bridge / columns_;
    const std::size_t to = rows_ + bridge % columns_;
    std::vector<std::uint64_t> distance(nodes(), kFar);
    std::vector<std::size_t> by(nodes(), kNone), previous(nodes(), kNone);
    using Item = std::pair<std::uint64_t, std::size_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
    distance[from] = 0;
    queue.emplace(0, from);
    while (!queue.empty()) {
      const std::uint64_t far = queue.top().first;
      const std::size_t node = queue.top().second;
      queue.pop();
      if (far != distance[node]) continue;
      visit_entries(node, [&](std::size_t other, std::size_t e) {
        if (e == bridge || far + cost(e) >= distance[other]) return;
        distance[other] = far + cost(e);
        by[other] = e;
        previous[other] = node;
        queue.emplace(distance[other], other);
      });
    }
    for (std::size_t node = to; node != from; node = previous[node]) blank(by[node]);
  }

  void blank(std::size_t e) {
    if (result_.blank[e]) return;
    result_.blank[e] = true;
    ++result_.complementary;
  }

  std::size_t rows_, columns_;
  std::vector<std::uint64_t> counts_;
  Suppression result_;
};

}  // namespace

Suppression suppress_small_counts(const CrossTable& table, std::uint64_t k) {
  if (table.counts.size() != table.rows * table.columns)
    throw DataError("counts_of_another_table",
                    {{"counts", table.counts.size()}, {"rows", table.rows}, {"columns", table.columns}});
  return Publication(table, k).protect();
}

}  // namespace gridloom
