// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat/heat_frame.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "engine/base/parallel.h"

namespace gridloom::heat {
namespace {

constexpr double kEarthA = 6378137.0;  // WGS 84
constexpr double kEccentricity2 = 0.00669437999014;
constexpr double kPolar = 1.553343034274953;  // 89 degrees: nearer to a pole the metre stays what it is there

}  // namespace

RowMetric Frame::metric(std::int64_t row) const {
  const double side = std::exp2(window.level);
  const double y = std::clamp((static_cast<double>(row) + 0.5) / side, 0.0, 1.0);
  const bool geographic = window.raster == WorldRaster::geographic;
  const double lat = geographic ? std::clamp(std::numbers::pi * (0.5 - 2 * y), -kPolar, kPolar)
                                : std::atan(std::sinh(std::numbers::pi * (1 - 2 * y)));
  const double s = std::sin(lat), q = 1 - kEccentricity2 * s * s, pixel = 2 * std::numbers::pi / side / radius_m;
  const double east = kEarthA / std::sqrt(q) * pixel * std::cos(lat);
  const double north = kEarthA * (1 - kEccentricity2) / (q * std::sqrt(q)) * pixel * (geographic ? 1 : std::cos(lat));
  return {east * east, north * north};
}

// Pixels shrink towards the poles.
double Frame::reach(std::int64_t first, std::int64_t last) const {
  return 1 / std::sqrt(std::min(metric(first).across, metric(last).across));
}

int fraction_bits(std::size_t events) {
  // The coefficients of a run, seen from any column that it reaches, are below 2^7 of its events. To round to 2^-35
  // each is good enough.
  return std::min(34, 56 - static_cast<int>(std::bit_width(events)));
}

Stripes::Stripes(const Frame& frame, std::vector<EventPosition> events, std::int64_t first_row, std::int64_t rows,
                 unsigned log2_rows, bool every_column, unsigned threads)
    : first_row_(first_row), log2_rows_(log2_rows), events_(events.size()) {
  const auto stripe_of = [&](EventPosition p) {
    return static_cast<std::size_t>((frame.pixel(p.y) - first_row) >> log2_rows);
  };
  start_.assign(static_cast<std::size_t>(((rows - 1) >> log2_rows) + 2), 0);
  for (EventPosition p : events) ++start_[stripe_of(p) + 1];
  for (std::size_t s = 1; s < start_.size(); ++s) start_[s] += start_[s - 1];
  std::vector<std::size_t> next(start_.begin(), start_.end() - 1);
  for (EventPosition p : events) events_[next[stripe_of(p)]++] = p;
  constexpr std::size_t kTogether = 16;
  parallel_blocks(size(), kTogether, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<EventPosition> buffer;
    std::vector<std::uint32_t> places;
    for (std::size_t s = begin; s < end; ++s) sort_by_column(frame, s, every_column, buffer, places);
  });
}

void Stripes::sort_by_column(const Frame& frame, std::size_t s, bool every_column, std::vector<EventPosition>& buffer,
                             std::vector<std::uint32_t>& next) {
  constexpr std::int64_t kRough = 1 << 11;
  const std::span<EventPosition> events = std::span(events_).subspan(start_[s], start_[s + 1] - start_[s]);
  if (events.size() < 2) return;
  std::uint32_t west = events[0].x, east = west;
  for (EventPosition p : events) west = std::min(west, p.x), east = std::max(east, p.x);
  unsigned shift = frame.shift();
  const auto places = [&] { return static_cast<std::int64_t>((std::uint64_t{east} >> shift) - (west >> shift)) + 1; };
  while (!every_column && places() > kRough) ++shift;
  next.assign(static_cast<std::size_t>(places()) + 1, 0);
  const std::uint64_t first = std::uint64_t{west} >> shift;
  for (EventPosition p : events) ++next[(std::uint64_t{p.x} >> shift) - first + 1];
  for (std::size_t c = 1; c < next.size(); ++c) next[c] += next[c - 1];
  buffer.assign(events.begin(), events.end());
  for (EventPosition p : buffer) events[next[(std::uint64_t{p.x} >> shift) - first]++] = p;
}

std::span<const EventPosition> Stripes::rows(std::int64_t first, std::int64_t last) const {
  const auto stripe = [&](std::int64_t row) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>((row - first_row_) >> log2_rows_, 0, static_cast<std::int64_t>(size()) - 1));
  };
  return between(stripe(first), stripe(last) + 1);
}

}  // namespace gridloom::heat
