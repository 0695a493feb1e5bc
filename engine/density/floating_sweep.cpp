// SPDX-License-Identifier: Apache-2.0
// The row-difference sweep of the quartic and the triweight kernel in floating point.
//
// Per row, an event at distance dy with s = 1 - (dy/b)² has the profile
//   (s - (t - a)²)^k,   t = (x - c)/b, a = (event x - c)/b,   k = 2, 3
// around a local centre c. Expanded about one centre for the whole row the powers of t would cancel each other's
// digits away, so the row is cut in blocks about one bandwidth wide, each with its own c and its own running sum.
// What is left of cancellation is where an event gives almost nothing, its rim: there it is evaluated directly.
#include <array>

#include "engine/base/parallel.h"
#include "engine/density/density_frame.h"

namespace gridloom::density {
namespace {

using std::int64_t;

constexpr int64_t kShortRun = 8;   // pixels; below, direct evaluation is also the faster way
constexpr double kRim = 1.0 / 64;  // of 1 - u²: see the head of this file

// Polynomials of degree 2K, and how many events are in them: when none is, the rest is rounding dust.
template <typename T, int K>
struct Profile {
  std::array<T, 2 * K + 1> c{};
  int64_t count = 0;

  void add(const Profile& p) {
    for (std::size_t i = 0; i < c.size(); ++i) c[i] += p.c[i];
    count += p.count;
  }
  void subtract(const Profile& p) {
    for (std::size_t i = 0; i < c.size(); ++i) c[i] -= p.c[i];
    count -= p.count;
  }
  T at(T t) const {
    T value = c.back();
    for (std::size_t i = c.size() - 1; i-- > 0;) value = value * t + c[i];
    return value;
  }
};

// weight (s - (t - a)²)^K in powers of t; q = s - a².
template <typename T, int K>
Profile<T, K> profile_of(T s, T a, T weight) {
  const T q = s - a * a;
  Profile<T, K> profile;
  profile.count = 1;
  if constexpr (K == 2)
    profile.c = {q * q, 4 * a * q, 4 * a * a - 2 * q, -4 * a, 1};
  else
    profile.c = {
        q * q * q, 6 * a * q * q, 12 * a * a * q - 3 * q * q, 8 * a * a * a - 12 * a * q, 3 * q - 12 * a * a, 6 * a,
        -1};
  for (T& c : profile.c) c *= weight;
  return profile;
}

template <int K>
double power(double v) {
  return K == 2 ? v * v : v * v * v;
}

// One row at a time; a thread owns one sweep and its buffers.
template <typename T, int K>
class RowSweep {
 public:
  explicit RowSweep(const Frame& frame)
      : frame_(frame),
        block_(std::max<int64_t>(kShortRun, frame.radius / (2 * frame.cell))),
        square_(static_cast<double>(frame.radius) * static_cast<double>(frame.radius)),
        changes_(static_cast<std::size_t>(frame.nx)),
        direct_(static_cast<std::size_t>(frame.nx), 0.0) {}

  void row(std::span<const Position> positions, int64_t j, double scale, double* out) {
    const int64_t y = frame_.y_of(j);
    for (const Position& p : between(positions, y + frame_.radius, y - frame_.radius)) add(p, p.y - y);
    sum(scale, out);
  }

 private:
  void add(const Position& p, int64_t dy) {
    const int64_t s = frame_.radius * frame_.radius - dy * dy;
    const int64_t reach = floor_sqrt(s);
    const int64_t first = frame_.first_column(p.x - reach), last = frame_.last_column(p.x + reach);
    if (first > last) return;
    if (last - first < kShortRun || peak(p.x, s, first, last) < kRim * square_)
      add_directly(p, s, first, last);
    else
      add_changes(p, s, first, last);
  }

  // The largest s - dx² among the row's pixels first .. last.
  double peak(int64_t x, int64_t s, int64_t first, int64_t last) const {
    const int64_t dx = std::max<int64_t>({0, frame_.x_of(first) - x, x - frame_.x_of(last)});
    return static_cast<double>(s - dx * dx);
  }

  void add_directly(const Position& p, int64_t s, int64_t first, int64_t last) {
    for (int64_t i = first; i <= last; ++i) {
      const int64_t dx = frame_.x_of(i) - p.x;
      direct_[static_cast<std::size_t>(i)] += p.weight * power<K>(static_cast<double>(s - dx * dx) / square_);
    }
  }

  void add_changes(const Position& p, int64_t s, int64_t first, int64_t last) {
    for (int64_t b = first / block_; b <= last / block_; ++b) {
      const T a = static_cast<T>(p.x - centre(b)) / static_cast<T>(frame_.radius);
      const Profile<T, K> profile =
          profile_of<T, K>(static_cast<T>(s) / static_cast<T>(square_), a, static_cast<T>(p.weight));
      changes_[static_cast<std::size_t>(std::max(first, b * block_))].add(profile);
      const int64_t end = std::min((b + 1) * block_, frame_.nx);
      if (last + 1 < end) changes_[static_cast<std::size_t>(last + 1)].subtract(profile);
    }
  }

  void sum(double scale, double* out) {
    for (int64_t b = 0; b * block_ < frame_.nx; ++b) {
      Profile<T, K> active;
      const int64_t c = centre(b), end = std::min((b + 1) * block_, frame_.nx);
      for (int64_t i = b * block_; i < end; ++i) {
        const auto column = static_cast<std::size_t>(i);
        active.add(changes_[column]);
        changes_[column] = {};
        if (active.count == 0) active = {};
        const T t = static_cast<T>(frame_.x_of(i) - c) / static_cast<T>(frame_.radius);
        const double swept = std::max(0.0, static_cast<double>(active.at(t)));
        out[column] = (swept + direct_[column]) * scale;
        direct_[column] = 0;
      }
    }
  }

  int64_t centre(int64_t block) const { return frame_.x_of(block * block_ + block_ / 2); }

  Frame frame_;
  int64_t block_;  // columns
  double square_;  // of the radius
  std::vector<Profile<T, K>> changes_;
  std::vector<double> direct_;
};

template <typename T, int K>
void sweep(std::span<const Position> positions, const Frame& frame, double scale, unsigned threads,
           std::vector<double>& out) {
  parallel_blocks(static_cast<std::size_t>(frame.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    RowSweep<T, K> rows(frame);
    for (auto j = static_cast<int64_t>(j0); j < static_cast<int64_t>(j1); ++j)
      rows.row(positions, j, scale, out.data() + j * frame.nx);
  });
}

}  // namespace

void floating_sweep(std::span<const Point> points, std::span<const double> weights, const Frame& frame, int degree,
                    double scale, unsigned threads, std::vector<double>& out) {
  const std::vector<Position> positions = sorted_positions(points, weights);
  if (degree == 2)
    sweep<double, 2>(positions, frame, scale, threads, out);
  else  // degree six loses the digits that 64 bits have to spare
    sweep<long double, 3>(positions, frame, scale, threads, out);
}

}  // namespace gridloom::density
