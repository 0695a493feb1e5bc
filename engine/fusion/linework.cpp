// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/linework.h"

#include <cmath>

#include "engine/base/parallel.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

constexpr double kStep_m = 10;
constexpr double kAlong = 0.8660254037844386;  // cosine of 30 degrees

NearestSegment segments_of(const DeliveredLinework& set) {
  std::vector<Segment> segments;
  for (const std::vector<Point>& line : set.lines)
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
      if (line[i] != line[i + 1]) segments.push_back(segment_between(line[i], line[i + 1]));
  return NearestSegment(std::move(segments));
}

struct Direction {
  double x, y;
  Direction(Point a, Point b) : x(static_cast<double>(b.x) - a.x), y(static_cast<double>(b.y) - a.y) {}
  double length() const { return std::hypot(x, y); }
  bool along(const Direction& o) const { return std::abs(x * o.x + y * o.y) >= kAlong * length() * o.length(); }
};

// The share of an arc along one set.
double share_along(std::span<const Point> line, const NearestSegment& lines, double reach_mm) {
  double all = 0, along = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Direction step(line[i], line[i + 1]);
    const double length = step.length();
    const auto pieces = std::max(1.0, std::ceil(length / Lattice::kPerMetre / kStep_m));
    for (double k = 0.5; k < pieces; ++k) {
      const Point at{line[i].x + static_cast<std::int32_t>(std::lround(step.x * k / pieces)),
                     line[i].y + static_cast<std::int32_t>(std::lround(step.y * k / pieces))};
      const auto found =
          lines.nearest(at, reach_mm, [&](std::uint32_t s) { return step.along(Direction(lines[s].a, lines[s].b)); });
      if (found) along += length / pieces;
    }
    all += length;
  }
  return all > 0 ? along / all : 0;
}

}  // namespace

double linework_weight(std::span<const DeliveredLinework> sets) {
  double sum = 0;
  for (const DeliveredLinework& set : sets) sum += set.weight;
  return sum;
}

std::vector<double> linework_share(const Arrangement& m, std::span<const DeliveredLinework> sets, unsigned threads) {
  const double all = linework_weight(sets);
  if (all <= 0) return {};
  std::vector<double> share(m.arcs.size(), 0);
  for (const DeliveredLinework& set : sets) {
    if (set.weight <= 0) continue;
    const NearestSegment lines = segments_of(set);
    const double reach = set.accuracy_m * Lattice::kPerMetre;
    parallel_for(m.arcs.size(), threads, [&](std::size_t a) {
      share[a] += set.weight / all * share_along(m.points_of(static_cast<ArcId>(a)), lines, reach);
    });
  }
  return share;
}

}  // namespace gridloom
