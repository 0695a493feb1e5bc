// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/shift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>
#include <tuple>

#include "engine/fusion/delivered_lines.h"
#include "engine/geometry/nearest_segment.h"
#include "engine/parallel.h"

namespace gridloom {
namespace {

constexpr double kNear = 5000, kFarthest = 300'000;  // lattice units
constexpr std::size_t kSamples = 1500, kCoarse = 5;  // one sample in kCoarse chooses among the starts
constexpr double kTrim = 0.3;
constexpr int kRounds = 20;
constexpr double kFits = 0.5, kHelps = 0.25, kOdds = 4, kClear = 0.5, kClearOdds = 9, kLeast = 2000;

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

  double share_near(std::span<const Point> places, Vector by) const {
    std::size_t near = 0;
    for (Point p : places) near += nearest(moved(p, by), kNear).has_value();
    return places.empty() ? 0 : static_cast<double>(near) / static_cast<double>(places.size());
  }

  // The translation near `by` that brings the places onto the lines.
  Vector settle(std::span<const Point> places, Vector by) const {
    for (int round = 0; round < kRounds; ++round) {
      const Vector step = improvement(places, by);
      by = {by.x + step.x, by.y + step.y};
      if (std::hypot(step.x, step.y) < 10) break;
    }
    return by;
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

  Vector improvement(std::span<const Point> places, Vector by) const {
    std::vector<Pull> pulls;
    for (Point place : places) {
      const Point p = moved(place, by);
      const auto found = nearest(p, kFarthest);
      if (!found) continue;
      const Segment& s = lines_[found->segment];
      const double dx = static_cast<double>(s.b.x) - s.a.x, dy = static_cast<double>(s.b.y) - s.a.y,
                   l = std::hypot(dx, dy);
      const double side = orientation(s.a, s.b, p) > 0 ? 1 : -1;  // left of the line: pulled to the right
      pulls.push_back({found->distance, {side * dy / l, -side * dx / l}});
    }
    const auto kept = static_cast<std::size_t>(kTrim * static_cast<double>(pulls.size()));
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

std::optional<Shift> find_shift(const Matcher& matcher, const std::vector<Point>& places) {
  Shift out;
  out.near_before = matcher.share_near(places, {});
  if (places.size() < kSamples / 10 || out.near_before >= kFits) return {};
  std::vector<Point> few;
  for (std::size_t i = 0; i < places.size(); i += kCoarse) few.push_back(places[i]);
  std::vector<Vector> starts{{0, 0}};
  for (double radius : {60'000.0, 140'000.0})
    for (int k = 0; k < 8; ++k) {
      const double angle = k * std::numbers::pi / 4;
      starts.push_back({radius * std::cos(angle), radius * std::sin(angle)});
    }
  Vector best;
  double most = 0;
  for (const Vector& start : starts) {
    const Vector by = matcher.settle(few, start);
    const double near = matcher.share_near(few, by);
    if (near > most) {
      most = near;
      best = by;
    }
  }
  best = matcher.settle(places, best);
  out.near_after = matcher.share_near(places, best);
  out.east_m = best.x / Lattice::kPerMetre;
  out.north_m = best.y / Lattice::kPerMetre;
  const auto odds = [](double share) { return share / std::max(1 - share, 1e-9); };
  const double better = odds(out.near_after) / std::max(odds(out.near_before), 1e-9);
  if (std::hypot(best.x, best.y) < kLeast || out.near_after < kHelps || better < kOdds) return {};
  out.clear = out.near_after >= kClear && better >= kClearOdds;
  return out;
}

std::string told(const Shift& s, const DeliveredLayer& layer, bool undone) {
  const double metres = std::hypot(s.east_m, s.north_m);
  const char* cause = metres < 15    ? "as digitising from a badly placed map does"
                      : metres < 200 ? "as another national datum or a wrong projection parameter does"
                                     : "as GCJ-02, BD-09 or a wrong CRS does";
  char text[512];
  std::snprintf(text, sizeof text,
                "suspected shift: moved by %.1f m east and %.1f m north, %.0f %% of its lines lie within 5 m of more "
                "trusted ones, %.0f %% as delivered; %.0f m off, %s; ",
                s.east_m, s.north_m, 100 * s.near_after, 100 * s.near_before, metres, cause);
  return std::string(text) + (undone ? "it has been moved; 'shift: keep' leaves it where it was"
                              : layer.locked
                                  ? "nothing has been done, the layer is locked"
                                  : "nothing has been done; 'shift: apply' moves it, 'shift: keep' accepts it");
}

}  // namespace

std::vector<Shift> find_shifts(const FuseInput& in, unsigned threads) {
  Lines lines;
  for (const DeliveredAdminLevel& level : in.admin) lines.add(level.units, {-1, 0});
  for (const DeliveredLayer& layer : in.layers) lines.add(layer, trust_of(layer));
  const NearestSegment nearest(std::move(lines.segments));
  std::vector<std::optional<Shift>> found(in.layers.size());
  parallel_for(in.layers.size(), threads, [&](std::size_t l) {
    if (in.layers[l].shift == ShiftWord::keep) return;
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

std::vector<Finding> undo_shifts(FuseInput& in, unsigned threads) {
  std::vector<Finding> out;
  for (const Shift& s : find_shifts(in, threads)) {
    DeliveredLayer& layer = in.layers[s.layer];
    const bool undo = !layer.locked && (s.clear || layer.shift == ShiftWord::apply);
    const auto dx = static_cast<std::int32_t>(std::lround(s.east_m * Lattice::kPerMetre));
    const auto dy = static_cast<std::int32_t>(std::lround(s.north_m * Lattice::kPerMetre));
    if (undo)
      for (DeliveredCell& c : layer.cells)
        for (Ring& r : c.rings)
          for (Point& p : r.points) p = {p.x + dx, p.y + dy};
    out.push_back({"", layer.id, "", told(s, layer, undo)});
  }
  return out;
}

}  // namespace gridloom
