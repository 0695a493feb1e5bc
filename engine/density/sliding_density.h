// SPDX-License-Identifier: Apache-2.0
// A density surface that follows a stream: events come and go, and what went leaves no trace.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "engine/density/kernel_density.h"

namespace gridloom {

// Sums per pixel in 128-bit fixed point, 52 bits below the unit. An event's share is rounded once, and by the same
// arithmetic when it comes and when it goes: the surface depends on the events in it alone, not on the order nor on
// what was there before, and is exactly 0 without events. It equals kernel_density with `exact` within 1e-9 of its
// maximum. add and remove cost O((2b/cell)²), surface O(nx ny).
class SlidingDensity {
 public:
  // As kernel_density; throws the same. `exact` is implied, `threads` unused.
  SlidingDensity(const RasterGrid&, const KernelOptions&);

  // Weights from 0 to kMostWeight; at most 2^31 events at a time. Throws std::invalid_argument for other weights.
  void add(Point, double weight = 1);
  // The event must have been added, with this weight; what was never added cannot be told from what was.
  void remove(Point, double weight = 1);

  std::size_t events() const { return events_; }
  // Events per km², row by row from the north.
  std::vector<double> surface() const;
  double at(std::uint32_t column, std::uint32_t row) const;

  static constexpr double kMostWeight = 1024;

 private:
  void stamp(Point, double weight, int sign);

  RasterGrid grid_;
  Kernel kernel_;
  std::int64_t radius_;  // half mm
  double unit_;          // events per km² of one in the last place
  std::size_t events_ = 0;
  std::vector<Int128> sums_;
};

// A SlidingDensity of the events of the last `length` of time. Events may arrive late and out of order.
class DensityWindow {
 public:
  // Any unit of time, the same everywhere; length > 0.
  DensityWindow(const RasterGrid&, const KernelOptions&, std::int64_t length);

  // An event that is older than the window already is ignored.
  void add(std::int64_t time, Point, double weight = 1);
  // Moves the window's end to `now`, never back: events with time <= now - length leave it.
  void advance(std::int64_t now);

  const SlidingDensity& density() const { return density_; }

 private:
  struct Timed {
    std::int64_t time;
    Point at;
    double weight;
    bool operator>(const Timed& other) const { return time > other.time; }
  };

  SlidingDensity density_;
  std::int64_t length_;
  std::int64_t now_;
  std::priority_queue<Timed, std::vector<Timed>, std::greater<>> oldest_;
};

}  // namespace gridloom
