// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/shift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>
#include <tuple>

#include "engine/base/parallel.h"
#include "engine/fusion/delivered_lines.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

constexpr double kNear = 5000, kFarthest = 300'000, kClose = 15'000;  // lattice units
constexpr std::size_t kSamples = 1500, kCoarse = 10;                  // one sample in kCoarse chooses among the starts
constexpr double kTrim = 0.3, kTrimLast = 0.8;
constexpr int kRounds = 20;
constexpr double kFarthestShift = 200'000, kStartStep = 10'000, kStartNear = 8'000;
constexpr std::size_t kStarts = 12;
constexpr double kFits = 0.8, kHelps = 0.25, kOdds = 4, kClear = 0.5, kClearOdds = 9, kLeast = 2000;

struct Vector {
  double x = 0, y = 0;
};

// Lines with the trust their owner deserves; smaller is better.
using Trust = std::pair<double, int>;

struct Lines {
  std::vector<Segment> segments;
  std::vector<Trust> trust;  // per segment

  void add(const DeliveredLayer& layer, Trust t) {
    for_each_segment(layer, [&](Point a, Point b) { segments.push_back(segment_between(a, b)); });
    trust.resize(segments.size(), t);
  }
};

Trust trust_of(const DeliveredLayer& l) { return {l.accuracy_m, l.rank}; }

// Places evenly along the layer's rings.
std::vector<Point> sampled(const DeliveredLayer& layer) {
  double all = 0;
  for_each_segment(layer, [&](Point a, Point b) {
    all += std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
  });
  const double step = std::max(1.0, all / kSamples);
  std::vector<Point> out;
  double to_next = step / 2;
  for_each_segment(layer, [&](Point a, Point b) {
    const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y, length = std::hypot(dx, dy);
    for (; to_next <= length; to_next += step)
      out.push_back({a.x + static_cast<std::int32_t>(std::lround(dx * to_next / length)),
                     a.y + static_cast<std::int32_t>(std::lround(dy * to_next / length))});
    to_next -= length;
  });
  return out;
}

class Matcher {
 public:
  Matcher(const NearestSegment& lines, const std::vector<Trust>& trust, Trust own)
      : lines_(lines), trust_(trust), own_(own) {}

  double share_near(std::span<const Point> places, Vector by, double within = kNear) const {
    std::size_t near = 0;
    for (Point p : places) near += nearest(moved(p, by), within).has_value();
    return places.empty() ? 0 : static_cast<double>(near) / static_cast<double>(places.size());
  }

  // The translation near `by` that brings the places onto the lines: by the nearest few of them, which are surest to
  // mean these lines, then by most of what is near, as few may all run one way.
  Vector settle(std::span<const Point> places, Vector by) const {
    by = descend(places, by, kTrim, kFarthest);
    return descend(places, by, kTrimLast, kClose);
  }

 private:
  struct Pull {
    double distance;
    Vector normal;  // of the line, towards it
    bool operator<(const Pull& o) const {
      return std::tuple(distance, normal.x, normal.y) < std::tuple(o.distance, o.normal.x, o.normal.y);
    }
  };

  static Point moved(Point p, Vector by) {
    const auto at = [](double v) { return static_cast<std::int32_t>(std::lround(std::clamp(v, -1.07e9, 1.07e9))); };
    return {at(p.x + by.x), at(p.y + by.y)};
  }

  std::optional<NearestSegment::Found> nearest(Point p, double farthest) const {
    return lines_.nearest(p, farthest, [&](std::uint32_t s) { return trust_[s] < own_; });
  }

  Vector descend(std::span<const Point> places, Vector by, double trim, double farthest) const {
    for (int round = 0; round < kRounds; ++round) {
      stop_if_asked();
      const Vector step = improvement(places, by, trim, farthest);
      by = {by.x + step.x, by.y + step.y};
      if (std::hypot(step.x, step.y) < 1) break;
    }
    return by;
  }

  Vector improvement(std::span<const Point> places, Vector by, double trim, double farthest) const {
    std::vector<Pull> pulls;
    for (Point place : places) {
      const Point p = moved(place, by);
      const auto found = nearest(p, farthest);
      if (!found) continue;
      const Segment& s = lines_[found->segment];
      const double dx = static_cast<double>(s.b.x) - s.a.x, dy = static_cast<double>(s.b.y) - s.a.y,
                   l = std::hypot(dx, dy);
      const double side = orientation(s.a, s.b, p) > 0 ? 1 : -1;  // left of the line: pulled to the right
      pulls.push_back({found->distance, {side * dy / l, -side * dx / l}});
    }
    const auto kept = static_cast<std::size_t>(trim * static_cast<double>(pulls.size()));
    if (kept < 10) return {};
    std::sort(pulls.begin(), pulls.end());
    double xx = 0, xy = 0, yy = 0, x = 0, y = 0;
    for (const Pull& p : std::span(pulls).first(kept)) {
      xx += p.normal.x * p.normal.x;
      xy += p.normal.x * p.normal.y;
      yy += p.normal.y * p.normal.y;
      x += p.normal.x * p.distance;
      y += p.normal.y * p.distance;
    }
    const double ridge = 1e-3 * static_cast<double>(kept);  // lines of one direction say nothing along it
    xx += ridge;
    yy += ridge;
    const double determinant = xx * yy - xy * xy;
    return {(yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant};
  }

  const NearestSegment& lines_;
  const std::vector<Trust>& trust_;
  Trust own_;
};

// Where to start: every vector of a lattice within kFarthestShift is tried, by how many places it brings near a line. A
// search along slopes alone stops where blocks of streets fit their neighbours.
std::vector<Vector> best_starts(const Matcher& matcher, std::span<const Point> places) {
  std::vector<std::pair<double, Vector>> tried;
  const int reach = static_cast<int>(kFarthestShift / kStartStep);
  for (int i = -reach; i <= reach; ++i) {
    stop_if_asked();
    for (int j = -reach; j <= reach; ++j) {
      const Vector by{i * kStartStep, j * kStartStep};
      if (std::hypot(by.x, by.y) <= kFarthestShift) tried.emplace_back(-matcher.share_near(places, by, kStartNear), by);
    }
  }
  std::stable_sort(tried.begin(), tried.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first, std::hypot(a.second.x, a.second.y)) <
           std::tuple(b.first, std::hypot(b.second.x, b.second.y));
  });
  std::vector<Vector> out{{0, 0}};
  for (std::size_t k = 0; k < std::min(kStarts, tried.size()); ++k) out.push_back(tried[k].second);
  return out;
}

std::optional<Shift> find_shift(const Matcher& matcher, const std::vector<Point>& places) {
  Shift out;
  out.found.near_before = matcher.share_near(places, {});
  if (places.size() < kSamples / 10 || out.found.near_before >= kFits) return {};
  std::vector<Point> few;
  for (std::size_t i = 0; i < places.size(); i += kCoarse) few.push_back(places[i]);
  Vector best;
  double most = 0;
  for (const Vector& start : best_starts(matcher, few)) {
    const Vector by = matcher.settle(few, start);
    const double near = matcher.share_near(few, by);
    if (near > most) {
      most = near;
      best = by;
    }
  }
  best = matcher.settle(places, best);
  out.found.near_after = matcher.share_near(places, best);
  out.found.east_m = best.x / Lattice::kPerMetre;
  out.found.north_m = best.y / Lattice::kPerMetre;
  const auto odds = [](double share) { return share / std::max(1 - share, 1e-9); };
  const double better = odds(out.found.near_after) / std::max(odds(out.found.near_before), 1e-9);
  if (std::hypot(best.x, best.y) < kLeast || out.found.near_after < kHelps || better < kOdds) return {};
  out.clear = out.found.near_after >= kClear && better >= kClearOdds;
  return out;
}

ShiftOutcome outcome_of(const Shift& s, const DeliveredLayer& layer) {
  if (layer.locked) return ShiftOutcome::locked;
  if (layer.shift == ShiftWord::keep) return ShiftOutcome::kept;
  return s.clear || layer.shift == ShiftWord::apply ? ShiftOutcome::moved : ShiftOutcome::open;
}

void move(DeliveredLayer& layer, const LayerShift& by) {
  const auto dx = static_cast<std::int32_t>(std::lround(by.east_m * Lattice::kPerMetre));
  const auto dy = static_cast<std::int32_t>(std::lround(by.north_m * Lattice::kPerMetre));
  for (DeliveredCell& c : layer.cells)
    for (Ring& r : c.rings)
      for (Point& p : r.points) p = {p.x + dx, p.y + dy};
}

}  // namespace

std::vector<Shift> find_shifts(const FuseInput& in, unsigned threads) {
  Lines lines;
  for (const DeliveredAdminLevel& level : in.admin) lines.add(level.units, {-1, 0});
  for (const DeliveredLayer& layer : in.layers) lines.add(layer, trust_of(layer));
  const NearestSegment nearest(std::move(lines.segments));
  std::vector<std::optional<Shift>> found(in.layers.size());
  parallel_for(in.layers.size(), threads, [&](std::size_t l) {
    found[l] = find_shift(Matcher(nearest, lines.trust, trust_of(in.layers[l])), sampled(in.layers[l]));
  });
  std::vector<Shift> out;
  for (std::size_t l = 0; l < found.size(); ++l)
    if (found[l]) {
      out.push_back(*found[l]);
      out.back().layer = l;
    }
  return out;
}

std::vector<Shift> undo_shifts(FuseInput& in, unsigned threads) {
  std::vector<Shift> out = find_shifts(in, threads);
  for (Shift& s : out) {
    DeliveredLayer& layer = in.layers[s.layer];
    s.found.outcome = outcome_of(s, layer);
    if (s.found.outcome == ShiftOutcome::moved) move(layer, s.found);
  }
  return out;
}

}  // namespace gridloom
