// SPDX-License-Identifier: Apache-2.0
// A static packed R-tree over boxes, filled in Hilbert order (Kamel & Faloutsos 1993): no pointers, one array per
// level.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/geometry/point.h"

namespace gridloom {

class BoxIndex {
 public:
  BoxIndex() = default;
  // O(n log n). Items are the indices 0 .. boxes.size() - 1.
  explicit BoxIndex(std::span<const Box> boxes);

  // Calls visit(item) for every item whose box meets the query, in a fixed order. O(log n + answers) for city-like
  // data.
  template <class Visit>
  void query(const Box& box, Visit&& visit) const {
    if (items_.empty()) return;
    struct Entry {
      std::uint32_t level, node;
    };
    std::array<Entry, kMaxDepth * kFanout> stack;
    std::size_t top = 0;
    stack[top++] = {static_cast<std::uint32_t>(levels_.size()) - 1, 0};
    while (top > 0) {
      const Entry e = stack[--top];
      const std::span<const Box> boxes = level(e.level);
      const std::size_t last = std::min<std::size_t>(boxes.size(), (e.node + 1) * kFanout);
      for (std::size_t i = e.node * kFanout; i < last; ++i) {
        if (!boxes[i].intersects(box)) continue;
        if (e.level == 0)
          visit(items_[i]);
        else
          stack[top++] = {e.level - 1, static_cast<std::uint32_t>(i)};
      }
    }
  }

  // All items, neighbours near each other: the order in which many queries run fastest.
  std::span<const std::uint32_t> items() const { return items_; }

 private:
  static constexpr std::uint32_t kFanout = 16;
  static constexpr std::uint32_t kMaxDepth = 9;  // 16^8 = 2^32 items

  std::span<const Box> level(std::size_t l) const {
    const std::size_t end = l + 1 < levels_.size() ? levels_[l + 1] : boxes_.size();
    return std::span(boxes_).subspan(levels_[l], end - levels_[l]);
  }

  std::vector<std::uint32_t> items_;  // in tree order
  std::vector<Box> boxes_;            // level 0 = items, then the nodes above
  std::vector<std::size_t> levels_;   // start of each level in boxes_
};

}  // namespace gridloom
