// SPDX-License-Identifier: Apache-2.0
// Row-difference sweep and Gaussian stamping; see kernel_density.h for the formulas.
//
// All positions are integers in half millimetres, so that lattice points and pixel centres are exact, and so is the
// question which pixels an event reaches. Per row, an event at distance dy with s = 1 - (dy/b)² has the profile
//   (s - (t - a)²)^k,   t = (x - c)/b, a = (event x - c)/b,   k = 1, 2, 3
// around a local centre c. Expanded about one centre for the whole row the powers of t would cancel each other's
// digits away, so the row is cut in blocks about one bandwidth wide, each with its own c and its own running sum.
// What is left of cancellation is where an event gives almost nothing, its rim: there it is evaluated directly.
#include "engine/incidents/kernel_density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

#include "engine/parallel.h"
#include "engine/progress.h"

namespace gridloom {
namespace {

using std::int64_t;

constexpr std::array<std::string_view, 5> kNames{"uniform", "epanechnikov", "quartic", "triweight", "gaussian"};
constexpr double kMaxBandwidthM = 500'000;  // squares of distances in half mm fit 63 bits
constexpr int64_t kMaxExtentMm = int64_t{1} << 40;
constexpr int64_t kShortRun = 8;   // pixels; below, direct evaluation is also the faster way
constexpr double kRim = 1.0 / 64;  // of 1 - u²: see the head of this file

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }  // b > 0
int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

int64_t floor_sqrt(int64_t v) {
  auto root = static_cast<int64_t>(std::sqrt(static_cast<double>(v)));
  while (root * root > v) --root;
  while ((root + 1) * (root + 1) <= v) ++root;
  return root;
}

// The raster and the bandwidth in half millimetres.
struct Frame {
  int64_t west, north, cell;  // `cell` is the pixel's half width
  int64_t radius;
  int64_t nx, ny;
  int64_t x_of(int64_t i) const { return west + (2 * i + 1) * cell; }
  int64_t y_of(int64_t j) const { return north - (2 * j + 1) * cell; }
  int64_t first_column(int64_t x) const { return std::max<int64_t>(0, ceil_div(x - west - cell, 2 * cell)); }
  int64_t last_column(int64_t x) const { return std::min(nx - 1, floor_div(x - west - cell, 2 * cell)); }
};

struct Position {
  int64_t x, y;
};

Frame frame_of(const RasterGrid& grid, const KernelOptions& options) {
  if (!(options.bandwidth_m > 0) || options.bandwidth_m > kMaxBandwidthM)
    throw std::invalid_argument("the bandwidth must be between 1 mm and 500 km");
  if (grid.cell_mm <= 0) throw std::invalid_argument("the raster's cell must be at least 1 mm");
  if (grid.size() > (std::size_t{1} << 31)) throw std::invalid_argument("the raster has more than 2^31 pixels");
  if (std::abs(grid.x0_mm) > kMaxExtentMm || std::abs(grid.y0_mm) > kMaxExtentMm ||
      grid.cell_mm > kMaxExtentMm / std::max<int64_t>(1, std::max(grid.nx, grid.ny)))
    throw std::invalid_argument("the raster reaches too far from the lattice origin");
  const int64_t radius = 2 * std::llround(options.bandwidth_m * 1000);
  if (radius == 0) throw std::invalid_argument("the bandwidth must be between 1 mm and 500 km");
  return {2 * grid.x0_mm, 2 * grid.y0_mm, grid.cell_mm, radius, grid.nx, grid.ny};
}

// North to south, then west to east: a row's events are one stretch, and sums do not depend on the order given.
std::vector<Position> sorted_positions(std::span<const Point> points) {
  std::vector<Point> sorted(points.begin(), points.end());
  std::sort(sorted.begin(), sorted.end(), [](Point a, Point b) { return a.y != b.y ? a.y > b.y : a.x < b.x; });
  std::vector<Position> positions;
  positions.reserve(sorted.size());
  for (Point p : sorted) positions.push_back({2 * int64_t{p.x}, 2 * int64_t{p.y}});
  return positions;
}

// The stretch of positions with south <= y <= north.
std::span<const Position> between(std::span<const Position> positions, int64_t north, int64_t south) {
  const auto first =
      std::partition_point(positions.begin(), positions.end(), [&](const Position& p) { return p.y > north; });
  const auto last = std::partition_point(first, positions.end(), [&](const Position& p) { return p.y >= south; });
  return positions.subspan(static_cast<std::size_t>(first - positions.begin()), static_cast<std::size_t>(last - first));
}

// Polynomials of degree 2K whose leading coefficient is a plus or minus count, kept as an integer: when it is zero, no
// event is active and the rest is rounding dust.
template <typename T, int K>
struct Profile {
  std::array<T, 2 * K> c{};
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
    T value = static_cast<T>(K % 2 == 0 ? count : -count);
    for (std::size_t i = c.size(); i-- > 0;) value = value * t + c[i];
    return value;
  }
};

// (s - (t - a)²)^K in powers of t; q = s - a².
template <typename T, int K>
Profile<T, K> profile_of(T s, T a) {
  [[maybe_unused]] const T q = s - a * a;
  if constexpr (K == 0) {
    return {{}, 1};
  } else if constexpr (K == 1) {
    return {{q, 2 * a}, 1};
  } else if constexpr (K == 2) {
    return {{q * q, 4 * a * q, 4 * a * a - 2 * q, -4 * a}, 1};
  } else {
    return {
        {q * q * q, 6 * a * q * q, 12 * a * a * q - 3 * q * q, 8 * a * a * a - 12 * a * q, 3 * q - 12 * a * a, 6 * a},
        1};
  }
}

template <int K>
double power(double v) {
  if constexpr (K == 0) return 1;
  if constexpr (K == 1) return v;
  if constexpr (K == 2) return v * v;
  return v * v * v;
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
    if (K > 0 && (last - first < kShortRun || peak(p.x, s, first, last) < kRim * square_))
      add_directly(p.x, s, first, last);
    else
      add_changes(p.x, s, first, last);
  }

  // The largest s - dx² among the row's pixels first .. last.
  double peak(int64_t x, int64_t s, int64_t first, int64_t last) const {
    const int64_t dx = std::max<int64_t>({0, frame_.x_of(first) - x, x - frame_.x_of(last)});
    return static_cast<double>(s - dx * dx);
  }

  void add_directly(int64_t x, int64_t s, int64_t first, int64_t last) {
    for (int64_t i = first; i <= last; ++i) {
      const int64_t dx = frame_.x_of(i) - x;
      direct_[static_cast<std::size_t>(i)] += power<K>(static_cast<double>(s - dx * dx) / square_);
    }
  }

  void add_changes(int64_t x, int64_t s, int64_t first, int64_t last) {
    for (int64_t b = first / block_; b <= last / block_; ++b) {
      const T a = static_cast<T>(x - centre(b)) / static_cast<T>(frame_.radius);
      const Profile<T, K> profile = profile_of<T, K>(static_cast<T>(s) / static_cast<T>(square_), a);
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

constexpr std::size_t kRows = 64;  // per task: enough to repay buffers and profiles

template <typename T, int K>
void sweep(std::span<const Position> positions, const Frame& frame, double scale, unsigned threads,
           std::vector<double>& out) {
  parallel_blocks(static_cast<std::size_t>(frame.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    RowSweep<T, K> rows(frame);
    for (auto j = static_cast<int64_t>(j0); j < static_cast<int64_t>(j1); ++j)
      rows.row(positions, j, scale, out.data() + j * frame.nx);
  });
}

double gauss(int64_t distance, int64_t sd) {
  const double u = static_cast<double>(distance) / static_cast<double>(sd);
  return std::exp(-0.5 * u * u);
}

// Rows j0 .. j1 - 1. An event's profile along x serves all rows.
void stamp_rows(std::span<const Position> positions, const Frame& frame, int64_t j0, int64_t j1, double scale,
                std::vector<double>& profile, double* out) {
  const auto reach = static_cast<int64_t>(kGaussianReach * static_cast<double>(frame.radius));
  for (const Position& p : between(positions, frame.y_of(j0) + reach, frame.y_of(j1 - 1) - reach)) {
    const int64_t first = frame.first_column(p.x - reach), last = frame.last_column(p.x + reach);
    if (first > last) continue;
    const auto width = static_cast<std::size_t>(last - first + 1);
    for (std::size_t i = 0; i < width; ++i)
      profile[i] = gauss(frame.x_of(first + static_cast<int64_t>(i)) - p.x, frame.radius) * scale;
    for (int64_t j = j0; j < j1; ++j) {
      const int64_t dy = frame.y_of(j) - p.y;
      if (std::abs(dy) > reach) continue;
      const double weight = gauss(dy, frame.radius);
      double* row = out + j * frame.nx + first;
      for (std::size_t i = 0; i < width; ++i) row[i] += weight * profile[i];
    }
  }
}

void stamp(std::span<const Position> positions, const Frame& frame, double scale, unsigned threads,
           std::vector<double>& out) {
  parallel_blocks(static_cast<std::size_t>(frame.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    std::vector<double> profile(static_cast<std::size_t>(frame.nx));
    stamp_rows(positions, frame, static_cast<int64_t>(j0), static_cast<int64_t>(j1), scale, profile, out.data());
  });
}

}  // namespace

Kernel kernel_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Kernel>(i);
  throw DataError("no such kernel: '" + std::string(name) +
                  "'; the kernels are uniform, epanechnikov, quartic, triweight, gaussian");
}

std::string_view name_of(Kernel kernel) { return kNames[static_cast<std::size_t>(kernel)]; }

std::vector<double> kernel_density(std::span<const Point> points, const RasterGrid& grid,
                                   const KernelOptions& options) {
  const Frame frame = frame_of(grid, options);
  std::vector<double> out(grid.size(), 0.0);
  if (out.empty() || points.empty()) return out;
  const std::vector<Position> positions = sorted_positions(points);
  const double radius_km = static_cast<double>(frame.radius) / 2e6;
  const double unit = 1 / (std::numbers::pi * radius_km * radius_km);  // 1/(pi b²) per km²
  switch (options.kernel) {
    case Kernel::uniform:
      sweep<double, 0>(positions, frame, unit, options.threads, out);
      break;
    case Kernel::epanechnikov:
      sweep<double, 1>(positions, frame, 2 * unit, options.threads, out);
      break;
    case Kernel::quartic:
      sweep<double, 2>(positions, frame, 3 * unit, options.threads, out);
      break;
    // Degree six loses the digits that 64 bits have to spare.
    case Kernel::triweight:
      sweep<long double, 3>(positions, frame, 4 * unit, options.threads, out);
      break;
    case Kernel::gaussian:
      stamp(positions, frame, unit / 2, options.threads, out);
      break;
  }
  return out;
}

}  // namespace gridloom
