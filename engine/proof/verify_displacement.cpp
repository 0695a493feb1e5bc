// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_displacement.h"

#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "engine/geometry/distance.h"

namespace gridloom {
namespace {

constexpr std::int64_t kBucket = 250'000;  // lattice units
constexpr std::int64_t kFarthest = 1'000'000;

std::int64_t bucket(std::int64_t v) { return v >= 0 ? v / kBucket : -((-v + kBucket - 1) / kBucket); }

// Segments in square buckets, and in rows of them.
class Buckets {
 public:
  void add(Point a, Point b) {
    const auto s = static_cast<std::uint32_t>(segments_.size());
    segments_.push_back(segment_between(a, b));
    for (std::int64_t y = bucket(std::min(a.y, b.y)); y <= bucket(std::max(a.y, b.y)); ++y) {
      rows_[y].push_back(s);
      for (std::int64_t x = bucket(std::min(a.x, b.x)); x <= bucket(std::max(a.x, b.x)); ++x)
        squares_[key(x, y)].push_back(s);
    }
  }

  // Metres; kFarthest where nothing is nearer.
  double nearest(Point p) const {
    double best = kFarthest;
    // What lies in the n-th ring of buckets around that of p is at least n - 1 buckets away.
    for (std::int64_t ring = 0; static_cast<double>((ring - 1) * kBucket) <= best; ++ring)
      for (std::int64_t x = bucket(p.x) - ring; x <= bucket(p.x) + ring; ++x)
        for (std::int64_t y = bucket(p.y) - ring; y <= bucket(p.y) + ring; ++y) {
          if (std::max(std::abs(x - bucket(p.x)), std::abs(y - bucket(p.y))) != ring) continue;
          const auto square = squares_.find(key(x, y));
          if (square == squares_.end()) continue;
          for (std::uint32_t s : square->second) best = std::min(best, distance(p, segments_[s]));
        }
    return best / Lattice::kPerMetre;
  }

  // Does a ray from p to the east cross an odd number of segments? They close.
  bool around(Point p) const {
    const auto row = rows_.find(bucket(p.y));
    if (row == rows_.end()) return false;
    bool odd = false;
    for (std::uint32_t s : row->second) {
      const Segment& g = segments_[s];
      const auto [low, high] = g.a.y < g.b.y ? std::pair(g.a, g.b) : std::pair(g.b, g.a);
      if (low.y <= p.y && p.y < high.y && orientation(low, high, p) > 0) odd = !odd;
    }
    return odd;
  }

 private:
  static std::int64_t key(std::int64_t x, std::int64_t y) { return x * (1 << 20) + y; }

  std::vector<Segment> segments_;
  std::unordered_map<std::int64_t, std::vector<std::uint32_t>> squares_, rows_;
};

// The lines of the arcs of a city for which takes(arc) holds.
template <class Takes>
Buckets lines(const Arrangement& m, Takes&& takes) {
  Buckets out;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    if (!takes(a)) continue;
    const auto p = m.points_of(a);
    for (std::size_t i = 1; i < p.size(); ++i) out.add(p[i - 1], p[i]);
  }
  return out;
}

double metres(Point a, Point b) {
  return std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y) / Lattice::kPerMetre;
}

std::vector<Point> places(const Layer& layer) {
  std::set<std::pair<Point, Point>> segments;
  for (const auto& rings : layer.delivered) {
    std::map<std::pair<Point, Point>, int> drawn;
    for (const Ring& ring : rings)
      for (std::size_t i = 0, last = ring.points.size() - 1; i < ring.points.size(); last = i++)
        ++drawn[std::minmax({ring.points[last], ring.points[i]})];
    for (const auto& [ends, times] : drawn)
      if (times % 2 != 0 && ends.first != ends.second) segments.insert(ends);
  }
  double length = 0;
  for (const auto& [a, b] : segments) length += metres(a, b);
  const double step = std::max(1.0, length / 5000);
  std::vector<Point> out;
  double next = step / 2;
  for (const auto& [a, b] : segments) {
    const double here = metres(a, b);
    while (next <= here) {
      const double part = next / here;
      const auto between = [&](std::int32_t from, std::int32_t to) {
        return from + static_cast<std::int32_t>(std::lround((static_cast<double>(to) - from) * part));
      };
      out.push_back({between(a.x, b.x), between(a.y, b.y)});
      next += step;
    }
    next -= here;
  }
  return out;
}

Displacement summary(const std::multiset<double>& distances) {
  Displacement out;
  if (distances.empty()) return out;
  double sum = 0, recalled = 0;
  for (double d : distances) {
    sum += d;
    recalled += d <= kRecallWithin_m;
  }
  const auto n = static_cast<double>(distances.size());
  const auto p95 = std::next(distances.begin(), static_cast<std::ptrdiff_t>(0.95 * (n - 1)));
  return {sum / n, *p95, *distances.rbegin(), recalled / n};
}

}  // namespace

std::vector<Displacement> displacements_again(const City& city) {
  const Arrangement& m = city.arrangement;
  const auto is_rim = [&](ArcId a) { return (m.arcs[a].left == kOutside) != (m.arcs[a].right == kOutside); };
  const Buckets rim = lines(m, is_rim);
  std::vector<Displacement> out;
  for (const Layer& layer : city.layers) {
    const auto ground = [&](FaceId f) { return std::pair(layer.labels.of_face[f], layer.labels.further(f)); };
    const Buckets aligned = lines(m, [&](ArcId a) {
      const auto [left, more_left] = ground(m.arcs[a].left);
      const auto [right, more_right] = ground(m.arcs[a].right);
      const auto same = [](const OverlapLabel& p, const OverlapLabel& q) { return p.label == q.label; };
      return is_rim(a) || left != right ||
             !std::equal(more_left.begin(), more_left.end(), more_right.begin(), more_right.end(), same);
    });
    std::multiset<double> distances;
    for (Point p : places(layer))
      if (rim.around(p) && rim.nearest(p) > kOnRim_m) distances.insert(aligned.nearest(p));
    out.push_back(summary(distances));
  }
  return out;
}

}  // namespace gridloom
