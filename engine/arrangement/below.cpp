// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/below.h"

#include <algorithm>

namespace gridloom {
namespace {

// Does s pass above t just right of x? Segments that leave one point at x differ further on.
bool higher(const Segment& s, const Segment& t, std::int32_t x) {
  const int here = compare_heights(s, t, x);
  return here > 0 || (here == 0 && compare_heights(s, t, std::min(s.b.x, t.b.x)) > 0);
}

}  // namespace

template <class Wanted>
void Below::fill(const Arrangement& m, Wanted&& wanted) {
  std::vector<Box> boxes;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      const bool along = p[i] < p[i + 1];
      const Segment s = along ? Segment{p[i], p[i + 1]} : Segment{p[i + 1], p[i]};
      if (!wanted(s)) continue;
      segments_.push_back(s);
      above_.push_back(along ? HalfEdge::forward(a) : HalfEdge::backward(a));
      boxes.push_back(box_of(s));
      bottom_ = std::min<std::int64_t>(bottom_, boxes.back().min.y);
    }
  }
  index_ = BoxIndex(boxes);
}

Below::Below(const Arrangement& m) {
  fill(m, [](const Segment&) { return true; });
}

Below::Below(const Arrangement& m, std::vector<std::int32_t> columns) {
  std::sort(columns.begin(), columns.end());
  fill(m, [&](const Segment& s) {
    const auto x = std::lower_bound(columns.begin(), columns.end(), s.a.x);
    return x != columns.end() && *x < s.b.x;
  });
}

std::optional<HalfEdge> Below::under(Point p) const {
  constexpr std::int64_t kFirstReach = 50'000;  // 50 m, then eightfold: a city block or two usually suffices
  for (std::int64_t reach = kFirstReach;; reach *= 8) {
    const Point foot{p.x, static_cast<std::int32_t>(std::max(p.y - reach, std::min<std::int64_t>(bottom_, p.y)))};
    std::optional<std::uint32_t> best;
    index_.query({foot, p}, [&](std::uint32_t i) {
      const Segment& s = segments_[i];
      if (s.a.x > p.x || s.b.x <= p.x || orientation(s.a, s.b, p) <= 0) return;
      if (orientation(s.a, s.b, foot) > 0) return;  // passes below the window: something unseen may be nearer
      if (!best || higher(s, segments_[*best], p.x)) best = i;
    });
    if (best) return above_[*best];
    if (foot.y <= bottom_ || foot.y == p.y) return std::nullopt;
  }
}

std::vector<ArcId> Below::through(Point p) const {
  std::vector<ArcId> arcs;
  index_.query({p, p}, [&](std::uint32_t i) {
    if (on_segment(segments_[i], p)) arcs.push_back(above_[i].arc());
  });
  std::sort(arcs.begin(), arcs.end());
  arcs.erase(std::unique(arcs.begin(), arcs.end()), arcs.end());
  return arcs;
}

}  // namespace gridloom
