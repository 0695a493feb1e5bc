// SPDX-License-Identifier: Apache-2.0
// The row-difference sweep of the uniform and the Epanechnikov kernel in integers.
//
// With R the radius, dy an event's distance from the row and a its place in it, all in half millimetres, a pixel at x
// gets R² - dy² - (x - a)² = q + 2 a x - x², q = R² - dy² - a². An event adds (q, a, 1) at the first pixel it reaches
// and takes them away behind the last; running sums of the three give every pixel. Unsigned integers form a ring
// modulo a power of two: however often the sums wrap, the value of a pixel is exact if it fits, and it does, being at
// most the sum of the weights times R². So there is neither cancellation nor an order of summation.
#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "engine/base/lanes.h"
#include "engine/base/parallel.h"
#include "engine/density/density_frame.h"

namespace gridloom::density {
namespace {

using std::int64_t;
using std::uint64_t;
__extension__ typedef unsigned __int128 Uint128;

// Events by bands of y, of one row's height or more: a row's events are a stretch, without sorting.
struct Banded {
  int64_t top = 0, height = 1;
  std::vector<std::size_t> start;          // of each band, and the end
  std::vector<int64_t> x, y;               // from the centre of the north-west pixel, eastward and southward
  std::vector<uint64_t> weight;            // empty: all are 1
  double weight_unit = 1;                  // of the integers in `weight`
  static constexpr std::size_t kRoom = 3;  // past the last event, for those who read four at a time

  std::size_t band_of(int64_t southward) const {
    return std::min(start.size() - 2, static_cast<std::size_t>(std::max<int64_t>(0, southward - top) / height));
  }
};

// Weights as integers, as fine as leaves their sum times R² below 2^127.
void take_weights(std::span<const double> weights, int64_t radius, const std::vector<std::uint32_t>& order,
                  Banded& events) {
  double most = 0;
  for (double w : weights) most = std::max(most, w);
  if (most == 0) most = 1;
  const auto bits = [](auto v) { return static_cast<int>(std::bit_width(static_cast<uint64_t>(v))); };
  const int spare = 126 - 2 * bits(radius) - bits(weights.size());
  int exponent = 0;
  std::frexp(most, &exponent);
  const int shift = std::min(62, spare) - exponent;
  events.weight_unit = std::ldexp(1.0, -shift);
  events.weight.reserve(order.size());
  for (std::uint32_t e : order)
    events.weight.push_back(static_cast<uint64_t>(std::llround(std::ldexp(weights[e], shift))));
}

Banded banded(std::span<const Point> points, std::span<const double> weights, const Frame& frame) {
  constexpr int64_t kBands = 1 << 20;
  Banded events;
  const int64_t span = 2 * frame.cell * (frame.ny - 1) + 2 * frame.radius + 1;
  events.top = -frame.radius;
  events.height = std::max(2 * frame.cell, ceil_div(span, kBands));
  events.start.assign(static_cast<std::size_t>(ceil_div(span, events.height)) + 1, 0);
  const int64_t west = frame.x_of(0), north = frame.y_of(0), east = frame.x_of(frame.nx - 1);
  const auto counts = [&](Point p) {
    const int64_t x = 2 * int64_t{p.x}, southward = north - 2 * int64_t{p.y};
    return southward >= events.top && southward < events.top + span && x >= west - frame.radius &&
           x <= east + frame.radius;
  };
  for (Point p : points)
    if (counts(p)) ++events.start[events.band_of(north - 2 * int64_t{p.y}) + 1];
  for (std::size_t b = 1; b < events.start.size(); ++b) events.start[b] += events.start[b - 1];
  std::vector<std::size_t> next(events.start.begin(), events.start.end() - 1);
  std::vector<std::uint32_t> order(weights.empty() ? 0 : events.start.back());
  events.x.resize(events.start.back() + Banded::kRoom);
  events.y.resize(events.start.back() + Banded::kRoom);
  for (std::size_t e = 0; e < points.size(); ++e) {
    if (!counts(points[e])) continue;
    const int64_t southward = north - 2 * int64_t{points[e].y};
    const std::size_t place = next[events.band_of(southward)]++;
    events.x[place] = 2 * int64_t{points[e].x} - west;
    events.y[place] = southward;
    if (!weights.empty()) order[place] = static_cast<std::uint32_t>(e);
  }
  if (!weights.empty()) take_weights(weights, frame.radius, order, events);
  return events;
}

// Lattice coordinates to columns, for four events at once.
struct Columns {
  double square, per_pixel, doubt, width;  // radius²; pixels of a half millimetre; pixels; of the raster

  GRIDLOOM_INLINE Int4 of(Four place) const {
    place = positive(place);
    return __builtin_convertvector(place < width ? place : width - Four{}, Int4);
  }
};

constexpr std::size_t kMostReaches = 256;
using ReachArray = std::array<std::int32_t, kMostReaches>;

GRIDLOOM_INLINE void find_reaches(const Columns& columns, std::span<const int64_t> x, std::span<const int64_t> y,
                                  int64_t row_y, ReachArray& begins, ReachArray& ends, ReachArray& doubtful) {
  for (std::size_t i = 0; i < x.size(); i += 4) {
    FourInts xs, ys;
    std::memcpy(&xs, &x[i], sizeof xs);  // past the last there is room to read
    std::memcpy(&ys, &y[i], sizeof ys);
    const Four dy = doubles_of(ys - row_y), at = doubles_of(xs) * columns.per_pixel;
    Four half = positive(columns.square - dy * dy);
    take_roots(half);
    half *= columns.per_pixel;
    const Four begin = at - half + 1, end = at + half + 1;
    const Int4 first = columns.of(begin - columns.doubt), past = columns.of(end - columns.doubt);
    const Int4 doubt = (columns.of(begin + columns.doubt) - first) | (columns.of(end + columns.doubt) - past);
    std::memcpy(&begins[i], &first, sizeof first);
    std::memcpy(&ends[i], &past, sizeof past);
    std::memcpy(&doubtful[i], &doubt, sizeof doubt);
  }
}

void find_reaches_plain(const Columns& columns, std::span<const int64_t> x, std::span<const int64_t> y, int64_t row_y,
                        ReachArray& begins, ReachArray& ends, ReachArray& doubtful) {
  find_reaches(columns, x, y, row_y, begins, ends, doubtful);
}

GRIDLOOM_AVX2 void find_reaches_avx2(const Columns& columns, std::span<const int64_t> x, std::span<const int64_t> y,
                                     int64_t row_y, ReachArray& begins, ReachArray& ends, ReachArray& doubtful) {
  find_reaches(columns, x, y, row_y, begins, ends, doubtful);
}

// The columns [begin, end) that a row's events reach, a few hundred events at a time, in floating point. Where rounding
// could decide, integers do.
class Reaches {
 public:
  static constexpr std::size_t kMost = kMostReaches;

  explicit Reaches(const Frame& frame) : frame_(frame) {
    const double per_pixel = 0.5 / static_cast<double>(frame.cell);
    columns_ = {static_cast<double>(frame.radius) * static_cast<double>(frame.radius), per_pixel,
                // In pixels. Places are off by 1e-16 of the raster's width at most; the root of a rounded square by
                // 2e-8 R.
                1e-6 + 4e-8 * static_cast<double>(frame.radius) * per_pixel + 1e-15 * static_cast<double>(frame.nx),
                static_cast<double>(frame.nx)};
  }

  void find(std::span<const int64_t> x, std::span<const int64_t> y, int64_t row_y) {
    static const auto find = has_avx2() ? find_reaches_avx2 : find_reaches_plain;
    find(columns_, x, y, row_y, begin_, end_, doubtful_);
    for (std::size_t i = 0; i < x.size(); ++i)
      if (doubtful_[i] != 0) decide(i, x[i], y[i] - row_y);
  }

  std::int32_t begin(std::size_t i) const { return begin_[i]; }
  std::int32_t end(std::size_t i) const { return end_[i]; }

 private:
  void decide(std::size_t i, int64_t x, int64_t dy) {
    begin_[i] = end_[i] = 0;
    if (std::abs(dy) > frame_.radius) return;
    const int64_t reach = floor_sqrt(frame_.radius * frame_.radius - dy * dy), width = 2 * frame_.cell;
    begin_[i] = static_cast<std::int32_t>(std::clamp<int64_t>(ceil_div(x - reach, width), 0, frame_.nx));
    end_[i] = static_cast<std::int32_t>(std::clamp<int64_t>(floor_div(x + reach, width) + 1, 0, frame_.nx));
  }

  Frame frame_;
  Columns columns_{};
  ReachArray begin_{}, end_{}, doubtful_{};
};

template <typename T>
struct Counts {
  T n = 0;
  void add(T w, T, T) { n += w; }
  void subtract(T w, T, T) { n -= w; }
  void merge(const Counts& c) { n += c.n; }
  T at(T) const { return n; }
};

template <typename T>
struct Parabola {
  T n = 0, a = 0, q = 0;
  void add(T w, T wa, T wq) { n += w, a += wa, q += wq; }
  void subtract(T w, T wa, T wq) { n -= w, a -= wa, q -= wq; }
  void merge(const Parabola& c) { n += c.n, a += c.a, q += c.q; }
  T at(T x) const { return q + (2 * a - n * x) * x; }
};

template <typename T, template <typename> class Change>
class Row {
 public:
  Row(const Banded& events, const Frame& frame)
      : events_(events), frame_(frame), reaches_(frame), changes_(static_cast<std::size_t>(frame.nx) + 1) {}

  void sweep(int64_t j, std::size_t first, std::size_t last, double scale, double* out) {
    const int64_t row_y = 2 * frame_.cell * j;
    for (; first < last; first += Reaches::kMost) add(row_y, first, std::min(last, first + Reaches::kMost));
    Change<T> sum;
    for (int64_t i = 0; i < frame_.nx; ++i) {
      Change<T>& change = changes_[static_cast<std::size_t>(i)];
      sum.merge(change);
      change = {};
      out[i] = static_cast<double>(sum.at(static_cast<T>(2 * frame_.cell * i))) * scale;
    }
    changes_.back() = {};
  }

 private:
  void add(int64_t row_y, std::size_t first, std::size_t last) {
    const std::span x = std::span(events_.x).subspan(first, last - first);
    const std::span y = std::span(events_.y).subspan(first, last - first);
    reaches_.find(x, y, row_y);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::int32_t begin = reaches_.begin(i), end = reaches_.end(i);
      if (begin >= end) continue;
      const uint64_t w = events_.weight.empty() ? 1 : events_.weight[first + i];
      const T wa = times(w, x[i]), wq = weighted_square(w, x[i], y[i] - row_y);
      changes_[static_cast<std::size_t>(begin)].add(T{w}, wa, wq);
      changes_[static_cast<std::size_t>(end)].subtract(T{w}, wa, wq);
    }
  }

  // One multiplication of 64 bits, where 128 by 128 would take three. Weights are below 2^63.
  static T times(uint64_t w, int64_t v) {
    if constexpr (sizeof(T) == 8) return w * static_cast<T>(v);
    return static_cast<T>(static_cast<Int128>(static_cast<int64_t>(w)) * v);
  }

  // w (R² - dy² - a²)
  T weighted_square(uint64_t w, int64_t a, int64_t dy) const {
    const int64_t left = frame_.radius * frame_.radius - dy * dy;
    if constexpr (sizeof(T) > 8)
      if (std::abs(a) >= int64_t{1} << 31)
        return static_cast<T>(w) * (static_cast<T>(left) - times(1, a) * static_cast<T>(a));
    return times(
        w, static_cast<int64_t>(static_cast<uint64_t>(left) - static_cast<uint64_t>(a) * static_cast<uint64_t>(a)));
  }

  const Banded& events_;
  Frame frame_;
  Reaches reaches_;
  std::vector<Change<T>> changes_;
};

template <template <typename> class Change>
void sweep(const Banded& events, const Frame& frame, double scale, uint64_t square, unsigned threads,
           std::vector<double>& out) {
  parallel_blocks(static_cast<std::size_t>(frame.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    Row<uint64_t, Change> narrow(events, frame);
    Row<Uint128, Change> wide(events, frame);
    for (auto j = static_cast<int64_t>(j0); j < static_cast<int64_t>(j1); ++j) {
      const int64_t row_y = 2 * frame.cell * j;
      const std::size_t first = events.start[events.band_of(row_y - frame.radius)];
      const std::size_t last = events.start[events.band_of(row_y + frame.radius) + 1];
      double* row = out.data() + j * frame.nx;
      if (events.weight.empty() && (last - first) < (uint64_t{1} << 63) / square)
        narrow.sweep(j, first, last, scale, row);
      else
        wide.sweep(j, first, last, scale, row);
    }
  });
}

}  // namespace

void integer_sweep(std::span<const Point> points, std::span<const double> weights, const Frame& frame, int degree,
                   double scale, unsigned threads, std::vector<double>& out) {
  const Banded events = banded(points, weights, frame);
  const auto square = static_cast<uint64_t>(frame.radius * frame.radius);
  const double unit = scale * events.weight_unit;
  if (degree == 0)
    sweep<Counts>(events, frame, unit, 1, threads, out);
  else
    sweep<Parabola>(events, frame, unit / static_cast<double>(square), square, threads, out);
}

}  // namespace gridloom::density
