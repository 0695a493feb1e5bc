// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/box_index.h"

#include <algorithm>
#include <utility>

namespace gridloom {
namespace {

// Position along a Hilbert curve of order 16 (Warren, Hacker's Delight, 2nd ed., 16-1; iterative form).
std::uint32_t hilbert(std::uint32_t x, std::uint32_t y) {
  std::uint32_t d = 0;
  for (std::uint32_t s = 1u << 15; s > 0; s >>= 1) {
    const std::uint32_t rx = (x & s) ? 1 : 0, ry = (y & s) ? 1 : 0;
    d += s * s * ((3 * rx) ^ ry);
    if (ry == 0) {
      if (rx == 1) {
        x = 0xffff - (x & 0xffff);
        y = 0xffff - (y & 0xffff);
      }
      std::swap(x, y);
    }
  }
  return d;
}

}  // namespace

BoxIndex::BoxIndex(std::span<const Box> boxes) {
  Box all;
  for (const Box& b : boxes) all.extend(b);
  const auto scale = [](std::int64_t v, std::int64_t min, std::int64_t max) {
    return max == min ? 0u : static_cast<std::uint32_t>((v - min) * 0xffff / (max - min));
  };
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order(boxes.size());
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& b = boxes[i];
    const std::int64_t cx = (static_cast<std::int64_t>(b.min.x) + b.max.x) / 2;
    const std::int64_t cy = (static_cast<std::int64_t>(b.min.y) + b.max.y) / 2;
    order[i] = {hilbert(scale(cx, all.min.x, all.max.x), scale(cy, all.min.y, all.max.y)),
                static_cast<std::uint32_t>(i)};
  }
  std::sort(order.begin(), order.end());
  items_.reserve(order.size());
  boxes_.reserve(order.size() + order.size() / 8 + 16);
  levels_.push_back(0);
  for (const auto& [key, item] : order) {
    items_.push_back(item);
    boxes_.push_back(boxes[item]);
  }
  while (boxes_.size() - levels_.back() > kFanout) {
    const std::size_t first = levels_.back(), last = boxes_.size();
    levels_.push_back(last);
    for (std::size_t i = first; i < last; i += kFanout) {
      Box node;
      for (std::size_t k = i; k < std::min<std::size_t>(last, i + kFanout); ++k) node.extend(boxes_[k]);
      boxes_.push_back(node);
    }
  }
}

}  // namespace gridloom
