// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/shift_detector.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/geometry/predicates.h"
#include "engine/io/crs.h"
#include "engine/io/delivery/ground.h"

namespace gridloom {
namespace {

constexpr double kNear = 150;  // three times the wide end of digitising noise, half a usual GCJ-02 shift
constexpr std::size_t kSamples = 4000;
constexpr std::size_t kFewest = 60;

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

// Whose origin is the middle of the lines.
Lattice lattice_around(std::span<const GroundLine> lines) {
  Extent extent;
  for (const GroundLine& line : lines)
    for (Projected p : line)
      if (finite(p)) extent.add(p.x, p.y);
  const Projected middle = extent.empty() ? Projected{} : extent.centre();
  return {"", std::round(middle.x), std::round(middle.y)};
}

// Empty for what is no place, or too far away for the lattice.
std::optional<Point> on_lattice(const Lattice& lattice, Projected p) {
  if (!finite(p)) return std::nullopt;
  try {
    return lattice.round(p);
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

std::vector<Segment> segments_on(const Lattice& lattice, std::span<const GroundLine> lines) {
  std::vector<Segment> segments;
  for (const GroundLine& line : lines)
    for (std::size_t i = 1; i < line.size(); ++i) {
      const auto a = on_lattice(lattice, line[i - 1]), b = on_lattice(lattice, line[i]);
      if (a && b) segments.push_back(segment_between(*a, *b));
    }
  return segments;
}

}  // namespace

SegmentIndex::SegmentIndex(std::span<const GroundLine> lines, double reach_m)
    : reach_m_(reach_m), lattice_(lattice_around(lines)), segments_(segments_on(lattice_, lines)) {}

double SegmentIndex::distance(Projected p) const {
  const std::optional<Point> at = on_lattice(lattice_, p);
  if (!at) return reach_m_;
  const auto found = segments_.nearest(*at, reach_m_ * Lattice::kPerMetre, [](std::uint32_t) { return true; });
  return found ? found->distance / Lattice::kPerMetre : reach_m_;
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
