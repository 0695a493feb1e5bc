// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/shift_detector.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/io/crs.h"

namespace gridloom {
namespace {

constexpr double kNear = 150;  // three times the wide end of digitising noise, half a usual GCJ-02 shift
constexpr std::size_t kSamples = 4000;
constexpr std::size_t kFewest = 60;

double distance_to(Projected p, Projected a, Projected b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  const double t = length2 > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

bool finite(Projected p) { return std::isfinite(p.x) && std::isfinite(p.y); }

// Every k-th vertex, so that about kSamples remain.
std::vector<Projected> sample(std::span<const GroundLine> lines) {
  std::size_t total = 0;
  for (const GroundLine& line : lines) total += line.size();
  const std::size_t step = std::max<std::size_t>(1, total / kSamples);
  std::vector<Projected> samples;
  std::size_t i = 0;
  for (const GroundLine& line : lines)
    for (Projected p : line)
      if (i++ % step == 0 && finite(p)) samples.push_back(p);
  return samples;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> distances(const std::vector<Projected>& points, const SegmentIndex& admin) {
  std::vector<double> d(points.size());
  std::transform(points.begin(), points.end(), d.begin(), [&](Projected p) { return admin.distance(p); });
  return d;
}

// What the samples become when `datum` is undone.
std::vector<Projected> undone(const std::vector<Projected>& samples, Datum datum, CrsTransform& to_degrees,
                              PositionReader& back) {
  std::vector<double> x(samples.size()), y(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    x[i] = samples[i].x;
    y[i] = samples[i].y;
  }
  to_degrees.transform(x, y);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const LonLat p = undo_shift(datum, {x[i], y[i]});
    x[i] = p.lon;
    y[i] = p.lat;
  }
  back.read(x, y);
  std::vector<Projected> moved(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) moved[i] = {x[i], y[i]};
  return moved;
}

}  // namespace

SegmentIndex::SegmentIndex(std::span<const GroundLine> lines, double reach) : reach_(reach) {
  double min_x = 1e300, min_y = 1e300, max_x = -1e300, max_y = -1e300;
  for (const GroundLine& line : lines)
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      if (!finite(line[i]) || !finite(line[i + 1])) continue;
      segments_.push_back({line[i], line[i + 1]});
      for (Projected p : {line[i], line[i + 1]}) {
        min_x = std::min(min_x, p.x);
        min_y = std::min(min_y, p.y);
        max_x = std::max(max_x, p.x);
        max_y = std::max(max_y, p.y);
      }
    }
  if (segments_.empty()) return;
  origin_x_ = min_x - reach;
  origin_y_ = min_y - reach;
  columns_ = cell_of(max_x + reach - origin_x_) + 1;
  rows_ = cell_of(max_y + reach - origin_y_) + 1;
  // A segment is entered in every cell within reach of its box, so that a query looks into one cell only.
  const auto each_cell = [&](const Segment& s, auto&& visit) {
    const long long c0 = cell_of(std::min(s.a.x, s.b.x) - reach - origin_x_),
                    c1 = cell_of(std::max(s.a.x, s.b.x) + reach - origin_x_);
    const long long r0 = cell_of(std::min(s.a.y, s.b.y) - reach - origin_y_),
                    r1 = cell_of(std::max(s.a.y, s.b.y) + reach - origin_y_);
    for (long long r = r0; r <= r1; ++r)
      for (long long c = c0; c <= c1; ++c) visit(static_cast<std::size_t>(r * columns_ + c));
  };
  first_.assign(static_cast<std::size_t>(columns_ * rows_) + 1, 0);
  for (const Segment& s : segments_) each_cell(s, [&](std::size_t cell) { ++first_[cell + 1]; });
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  members_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (std::uint32_t i = 0; i < segments_.size(); ++i)
    each_cell(segments_[i], [&](std::size_t cell) { members_[next[cell]++] = i; });
}

long long SegmentIndex::cell_of(double v) const { return static_cast<long long>(std::floor(v / (2 * reach_))); }

double SegmentIndex::distance(Projected p) const {
  if (segments_.empty() || !finite(p)) return reach_;
  const long long c = cell_of(p.x - origin_x_), r = cell_of(p.y - origin_y_);
  if (c < 0 || r < 0 || c >= columns_ || r >= rows_) return reach_;
  const auto cell = static_cast<std::size_t>(r * columns_ + c);
  double nearest = reach_;
  for (std::uint32_t i = first_[cell]; i < first_[cell + 1]; ++i)
    nearest = std::min(nearest, distance_to(p, segments_[members_[i]].a, segments_[members_[i]].b));
  return nearest;
}

std::optional<ShiftFinding> find_shift(std::span<const GroundLine> lines, const SegmentIndex& admin,
                                       const std::string& working_crs) {
  const std::vector<Projected> samples = sample(lines);
  if (samples.empty()) return std::nullopt;
  CrsTransform to_degrees(working_crs, "EPSG:4326");
  PositionReader back("EPSG:4326", working_crs);
  const std::vector<double> before = distances(samples, admin);
  std::optional<ShiftFinding> best;
  for (const Datum datum : {Datum::gcj02, Datum::bd09}) {
    const std::vector<Projected> moved = undone(samples, datum, to_degrees, back);
    const std::vector<double> after = distances(moved, admin);
    std::vector<double> near_before, near_after, shifts;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (!finite(moved[i])) continue;
      shifts.push_back(std::hypot(moved[i].x - samples[i].x, moved[i].y - samples[i].y));
      if (std::min(before[i], after[i]) > kNear) continue;
      near_before.push_back(before[i]);
      near_after.push_back(after[i]);
    }
    if (near_before.size() < kFewest) continue;
    // A millimetre more keeps a perfect fit from dividing by zero.
    const ShiftFinding found{datum, median(near_before), median(near_after), median(shifts), false};
    if (found.shift_m < 50 || found.before_m < 2 * found.after_m + 0.001) continue;
    if (!best || found.after_m < best->after_m) best = found;
  }
  if (best) best->overwhelming = best->before_m >= 5 * best->after_m + 0.001;
  return best;
}

}  // namespace gridloom
