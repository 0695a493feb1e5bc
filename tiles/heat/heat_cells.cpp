// SPDX-License-Identifier: Apache-2.0
// Kernels of few pixels: the events of one pixel, a cell, are put together where that changes nothing.
//
// A kernel is a polynomial of degree four in the event's place: with u, v from the cell's middle and (i, k) the pixels
// from there, (1 - A (i - u)² - B (k - v)²)². Where the whole cell lies inside a pixel's radius, twelve sums of powers
// of u and v serve all its events; A and B are the pixel row's. Only for pixels whose circle cuts the cell, about
// 8 of them per pixel of radius, is every event asked. (The same idea carries the fast multipole method; here the
// expansion ends, so nothing is left out.)
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <mutex>

#include "engine/base/lanes.h"
#include "engine/base/parallel.h"
#include "tiles/heat/heat_frame.h"

namespace gridloom::heat {
namespace {

constexpr std::size_t kFew = 3;       // events of a cell that are faster one by one
constexpr std::size_t kFours = 64;    // of events at a time
constexpr double kFar = 1e9;          // pixels: where lanes without an event stand
constexpr std::size_t kMoments = 12;  // Σ of u v u² uv v² u³ u²v uv² v³ u⁴ u²v² v⁴

// A row of pixels as the cells of one row see it.
struct Target {
  std::uint64_t* sums;  // of the pixel above or below the window's first column
  double k, across, down;
  std::int64_t inner, outer;  // columns to either side that the whole cell reaches (-1: none), and that any of it does
};

struct Events {
  Four u[kFours], v[kFours], w[kFours];
  std::size_t fours = 0;
};

// Sums are kept with a margin on both sides, so that no cell needs clipping.
struct Sums {
  std::int64_t margin, stride;
  std::vector<std::uint64_t> of;  // modulo 2^64; what a pixel comes to fits
};

GRIDLOOM_INLINE void add_moments(const Events& e, const Rounding& round, std::array<std::uint64_t, kMoments>& moments) {
  FourWords sum[kMoments] = {};
  for (std::size_t i = 0; i < e.fours; ++i) {
    const Four u = e.u[i], v = e.v[i], uu = u * u, vv = v * v;
    sum[0] += round.of(u);
    sum[1] += round.of(v);
    sum[2] += round.of(uu);
    sum[3] += round.of(u * v);
    sum[4] += round.of(vv);
    sum[5] += round.of(uu * u);
    sum[6] += round.of(uu * v);
    sum[7] += round.of(u * vv);
    sum[8] += round.of(vv * v);
    sum[9] += round.of(uu * uu);
    sum[10] += round.of(uu * vv);
    sum[11] += round.of(vv * vv);
  }
  const std::uint64_t nothing = 4 * e.fours * round.nothing();
  for (std::size_t m = 0; m < kMoments; ++m) moments[m] += sum_of(sum[m]) - nothing;
}

// Σ (α + β i - A i²)² in powers of i; α = 1 - B (k - v)² - A u², β = 2 A u.
GRIDLOOM_INLINE void row_polynomial(double n, const std::array<double, kMoments>& m, const Target& t, double* c) {
  const double a = t.across, b = t.down, h = 1 - b * t.k * t.k, g = 2 * b * t.k;
  const double alpha = h * n + g * m[1] - b * m[4] - a * m[2];
  c[0] = h * (h * n + 2 * (g * m[1] - b * m[4] - a * m[2])) + g * (g * m[4] - 2 * b * m[8] - 2 * a * m[6]) +
         b * b * m[11] + 2 * a * b * m[10] + a * a * m[9];
  c[1] = 4 * a * (h * m[0] + g * m[3] - b * m[7] - a * m[5]);
  c[2] = a * (4 * a * m[2] - 2 * alpha);
  c[3] = -4 * a * a * m[0];
  c[4] = n * a * a;
}

// The polynomial at -inner .. inner, in fixed point of `bits`, as fine as the number of events allows.
GRIDLOOM_INLINE void add_inner(const double* c, const Target& t, std::int64_t column, const Rounding& round,
                               int coarser) {
  const auto last = static_cast<double>(t.inner);
  Four i = {-last, 1 - last, 2 - last, 3 - last};
  std::uint64_t* to = t.sums + column - t.inner;
  for (std::int64_t left = 2 * t.inner + 1; left > 0; left -= 4, to += 4, i += 4) {
    const Four value = c[0] + i * (c[1] + i * (c[2] + i * (c[3] + i * c[4])));
    FourWords sum;
    std::memcpy(&sum, to, sizeof sum);
    sum += ((round.of(value) - round.nothing()) << coarser) & (FourWords)(i <= last);
    std::memcpy(to, &sum, sizeof sum);
  }
}

// The pixels `d` columns to the west and to the east, event by event.
GRIDLOOM_INLINE void add_rim(const Events& e, const Target& t, std::int64_t column, std::int64_t d,
                             const Rounding& round) {
  const auto away = static_cast<double>(d);
  FourWords east{}, west{};
  for (std::size_t i = 0; i < e.fours; ++i) {
    const Four right = away - e.u[i], left = away + e.u[i];
    const Four r = positive(e.w[i] - t.across * (right * right)), l = positive(e.w[i] - t.across * (left * left));
    east += round.of(r * r);
    west += round.of(l * l);
  }
  const std::uint64_t nothing = 4 * e.fours * round.nothing();
  t.sums[column + d] += sum_of(east) - nothing;
  if (d > 0) t.sums[column - d] += sum_of(west) - nothing;
}

GRIDLOOM_INLINE void add_event(double u, double v, const Target& t, std::int64_t column, const Rounding& round) {
  const double dy = t.k - v, w = 1 - t.down * dy * dy, across = t.across;
  if (w <= 0) return;
  const auto last = static_cast<double>(t.outer);
  Four i = {-last - u, 1 - last - u, 2 - last - u, 3 - last - u};
  std::uint64_t* to = t.sums + column - t.outer;
  for (std::int64_t left = 2 * t.outer + 1; left > 0; left -= 4, to += 4, i += 4) {
    const Four g = positive(w - across * (i * i));
    FourWords sum;
    std::memcpy(&sum, to, sizeof sum);
    sum += round.of(g * g) - round.nothing();
    std::memcpy(to, &sum, sizeof sum);
  }
}

GRIDLOOM_INLINE void take(const Frame& frame, std::span<const EventPosition> cell, double nowhere_v, Events& e) {
  e.fours = (cell.size() + 3) / 4;
  double u[4 * kFours], v[4 * kFours];
  for (std::size_t i = 0; i < cell.size(); ++i) {
    u[i] = frame.part(cell[i].x) - 0.5;
    v[i] = frame.part(cell[i].y) - 0.5;
  }
  for (std::size_t i = cell.size(); i < 4 * e.fours; ++i) u[i] = 0, v[i] = nowhere_v;
  std::memcpy(e.u, u, e.fours * sizeof(Four));
  std::memcpy(e.v, v, e.fours * sizeof(Four));
}

GRIDLOOM_INLINE void add_cell(const Frame& frame, std::span<const EventPosition> cell, std::int64_t column,
                              std::span<const Target> targets) {
  const Rounding round(frame.bits);
  if (cell.size() <= kFew) {
    for (EventPosition p : cell) {
      const double u = frame.part(p.x) - 0.5, v = frame.part(p.y) - 0.5;
      for (const Target& t : targets) add_event(u, v, t, column, round);
    }
    return;
  }
  Events e;
  std::array<std::uint64_t, kMoments> moments{};
  for (std::size_t at = 0; at < cell.size(); at += 4 * kFours) {
    const auto some = cell.subspan(at, std::min(4 * kFours, cell.size() - at));
    take(frame, some, 0, e);
    add_moments(e, round, moments);
    take(frame, some, kFar, e);
    for (const Target& t : targets) {
      if (t.inner == t.outer) continue;
      for (std::size_t i = 0; i < e.fours; ++i) {
        const Four dy = t.k - e.v[i];
        e.w[i] = 1 - t.down * (dy * dy);
      }
      for (std::int64_t d = t.inner + 1; d <= t.outer; ++d) add_rim(e, t, column, d, round);
    }
  }
  std::array<double, kMoments> m;
  const double unit = std::bit_cast<double>(std::uint64_t(1023 - frame.bits) << 52);
  for (std::size_t i = 0; i < kMoments; ++i) m[i] = static_cast<double>(static_cast<std::int64_t>(moments[i])) * unit;
  const auto n = static_cast<double>(cell.size());
  const int coarser = std::max(0, frame.bits + static_cast<int>(std::bit_width(cell.size())) - 50);
  const Rounding coarse(frame.bits - coarser);
  for (const Target& t : targets) {
    if (t.inner < 0) continue;
    double c[5];
    row_polynomial(n, m, t, c);
    add_inner(c, t, column, coarse, coarser);
  }
}

GRIDLOOM_INLINE void add_cells(const Frame& frame, std::span<const EventPosition> row, std::int64_t reach,
                               std::span<const Target> targets) {
  for (std::size_t begin = 0, end; begin < row.size(); begin = end) {
    const std::int64_t column = frame.pixel(row[begin].x);
    for (end = begin + 1; end < row.size() && frame.pixel(row[end].x) == column;) ++end;
    const std::int64_t from_window = column - frame.window.x0;
    if (from_window < -reach || from_window >= frame.window.nx + reach) continue;
    add_cell(frame, row.subspan(begin, end - begin), from_window, targets);
  }
}

void add_cells_plain(const Frame& frame, std::span<const EventPosition> row, std::int64_t reach,
                     std::span<const Target> targets) {
  add_cells(frame, row, reach, targets);
}

GRIDLOOM_AVX2 void add_cells_avx2(const Frame& frame, std::span<const EventPosition> row, std::int64_t reach,
                                  std::span<const Target> targets) {
  add_cells(frame, row, reach, targets);
}

// The pixel rows that the cells of a row reach.
std::vector<Target> targets_of(const Frame& frame, std::span<const RowMetric> metrics, std::int64_t cell_row,
                               std::int64_t reach, Sums& sums) {
  std::vector<Target> targets;
  const PixelWindow& w = frame.window;
  for (std::int64_t y = std::max(cell_row - reach, w.y0); y <= std::min(cell_row + reach, w.y0 + w.ny - 1); ++y) {
    const RowMetric m = metrics[static_cast<std::size_t>(y - w.y0)];
    const auto k = static_cast<double>(y - cell_row);
    const double near = std::max(0.0, std::abs(k) - 0.5), far = std::abs(k) + 0.5;
    const double any = 1 - m.down * near * near, all = 1 - m.down * far * far;
    if (any <= 0) continue;
    // What rounding makes too wide adds nothing; what it made too narrow a thousandth of a pixel makes good.
    const auto outer = static_cast<std::int64_t>(std::sqrt(any / m.across) + 0.501);
    const auto inner = static_cast<std::int64_t>(std::floor(all > 0 ? std::sqrt(all / m.across) - 0.501 : -1.0));
    targets.push_back({sums.of.data() + (y - w.y0) * sums.stride + sums.margin, k, m.across, m.down,
                       std::max<std::int64_t>(inner, -1), outer});
  }
  return targets;
}

}  // namespace

std::vector<double> sum_cells(const Frame& frame, const Stripes& rows, unsigned threads) {
  const PixelWindow& w = frame.window;
  const auto reach = static_cast<std::int64_t>(1.01 * frame.reach(w.y0, w.y0 + w.ny - 1)) + 2;
  std::vector<RowMetric> metrics;
  for (std::uint32_t j = 0; j < w.ny; ++j) metrics.push_back(frame.metric(w.y0 + j));
  const auto add = has_avx2() ? add_cells_avx2 : add_cells_plain;

  const auto empty = [&] {
    const std::int64_t margin = 2 * reach, stride = w.nx + 2 * margin + 4;
    return Sums{margin, stride, std::vector<std::uint64_t>(static_cast<std::size_t>(stride) * w.ny, 0)};
  };
  Sums total = empty();
  std::mutex adding;
  // Each task has sums of its own; integers come together in any order.
  const std::size_t tasks = threads < 2 ? 1 : 4 * std::size_t{threads};
  parallel_for(tasks, threads, [&](std::size_t task) {
    Sums own = tasks > 1 ? empty() : Sums{};
    Sums& sums = tasks > 1 ? own : total;
    for (std::size_t s = task * rows.size() / tasks; s < (task + 1) * rows.size() / tasks; ++s) {
      stop_if_asked();
      add(frame, rows.stripe(s), reach, targets_of(frame, metrics, rows.row_of(s), reach, sums));
    }
    if (tasks == 1) return;
    const std::lock_guard lock(adding);
    for (std::size_t i = 0; i < own.of.size(); ++i) total.of[i] += own.of[i];
  });
  std::vector<double> out;
  out.reserve(std::size_t{w.nx} * w.ny);
  const double unit = std::ldexp(1.0, -frame.bits);
  for (std::uint32_t j = 0; j < w.ny; ++j)
    for (std::uint32_t i = 0; i < w.nx; ++i)
      out.push_back(
          static_cast<double>((std::int64_t)total.of[static_cast<std::size_t>(j * total.stride + total.margin + i)]) *
          unit);
  return out;
}

}  // namespace gridloom::heat
