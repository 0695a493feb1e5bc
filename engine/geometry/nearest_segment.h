// SPDX-License-Identifier: Apache-2.0
// The nearest of many segments.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/geometry/box_index.h"
#include "engine/geometry/distance.h"

namespace gridloom {

class NearestSegment {
 public:
  struct Found {
    std::uint32_t segment = 0;
    double distance = 0;  // lattice units
  };

  // O(n log n). Segments keep their numbers.
  explicit NearestSegment(std::vector<Segment> segments) : segments_(std::move(segments)), index_(boxes(segments_)) {}

  const Segment& operator[](std::uint32_t s) const { return segments_[s]; }

  // The nearest segment with counts(segment), the lowest number among equals; empty where none is as near as `farthest`
  // (lattice units, at most 1e9). The search begins close by and widens: O(log n + those as near) for city-like data.
  template <class Counts>
  std::optional<Found> nearest(Point p, double farthest, Counts&& counts) const {
    for (double reach = kFirstReach;; reach *= 4) {
      const double limit = std::min(reach, farthest);
      const auto r = static_cast<std::int32_t>(limit);
      std::optional<Found> best;
      index_.query({{p.x - r, p.y - r}, {p.x + r, p.y + r}}, [&](std::uint32_t s) {
        if (!counts(s)) return;
        const double d = distance(p, segments_[s]);
        if (d <= limit && (!best || std::pair(d, s) < std::pair(best->distance, best->segment))) best = Found{s, d};
      });
      if (best || limit < reach) return best;
    }
  }

 private:
  static constexpr double kFirstReach = 4000;  // 4 m

  static BoxIndex boxes(const std::vector<Segment>& segments) {
    std::vector<Box> out;
    for (const Segment& s : segments) out.push_back(box_of(s));
    return BoxIndex(out);
  }

  std::vector<Segment> segments_;
  BoxIndex index_;
};

}  // namespace gridloom
