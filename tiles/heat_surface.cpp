// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat_surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "engine/parallel.h"
#include "tiles/mercator.h"

namespace gridloom {
namespace {

constexpr double kWorld = 4294967296.0;  // world units
constexpr double kEarthA = 6378137.0;    // WGS 84
constexpr double kEccentricity2 = 0.00669437999014;
constexpr std::int64_t kBlock = 64;  // columns summed from one anchor
constexpr std::uint32_t kBand = 16;  // rows summed together
constexpr double kSweepFrom = 16;    // pixels of radius from which running sums are exact and faster

// Metres on the ground of one world unit to the east and to the north.
struct GroundScale {
  double x = 0, y = 0;
};

GroundScale scale_at(double world_y) {
  const double lat = std::atan(std::sinh(std::numbers::pi * (1 - 2 * world_y / kWorld)));
  const double s = std::sin(lat), q = 1 - kEccentricity2 * s * s, step = 2 * std::numbers::pi / kWorld * std::cos(lat);
  return {kEarthA / std::sqrt(q) * step, kEarthA * (1 - kEccentricity2) / (q * std::sqrt(q)) * step};
}

class ScaleTable {
 public:
  ScaleTable() {
    for (std::size_t i = 0; i < steps_.size(); ++i) steps_[i] = scale_at(static_cast<double>(i) * 65536.0);
  }
  GroundScale at(std::uint32_t y) const {
    const GroundScale a = steps_[y >> 16], b = steps_[(y >> 16) + 1];
    const double share = static_cast<double>(y & 65535u) / 65536.0;
    return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
  }

 private:
  std::vector<GroundScale> steps_ = std::vector<GroundScale>(65537);
};

const ScaleTable& scales() {
  static const ScaleTable table;
  return table;
}

// An event on the world raster: its centre, and what a pixel is of its radius.
struct Kernel {
  double x, y, per_column, per_row, peak;
};

std::int64_t first_centre(double edge) { return static_cast<std::int64_t>(std::ceil(edge - 0.5)); }
std::int64_t last_centre(double edge) { return static_cast<std::int64_t>(std::floor(edge - 0.5)); }

// (a + b t + c t²)² in powers of t.
using Coefficients = std::array<double, 5>;

// A band of rows of the blocks that cover the window.
class Band {
 public:
  Band(const PixelWindow& w, std::int64_t row, std::uint32_t rows)
      : window_(w),
        row_(row),
        rows_(rows),
        block_(w.x0 / kBlock),
        blocks_((w.x0 + w.nx - 1) / kBlock - block_ + 1),
        direct_(rows * static_cast<std::size_t>(blocks_ * kBlock), 0.0) {}

  void add(const Kernel& k) {
    const std::int64_t top = std::max(row_, first_centre(k.y - 1 / k.per_row));
    const std::int64_t bottom = std::min(row_ + rows_ - 1, last_centre(k.y + 1 / k.per_row));
    const bool sweep = 1 / k.per_column >= kSweepFrom;
    if (sweep && sums_.empty()) sums_.assign(rows_ * static_cast<std::size_t>(blocks_ * (kBlock + 1)), Coefficients{});
    for (std::int64_t row = top; row <= bottom; ++row) {
      const double v = (static_cast<double>(row) + 0.5 - k.y) * k.per_row, w = 1 - v * v;
      if (w <= 0) continue;
      const double half = std::sqrt(w) / k.per_column;
      const std::int64_t first = std::max(block_ * kBlock, first_centre(k.x - half));
      const std::int64_t last = std::min((block_ + blocks_) * kBlock - 1, last_centre(k.x + half));
      if (first > last) continue;
      if (sweep)
        add_run(k, w, row - row_, first, last);
      else
        add_pixels(k, w, row - row_, first, last);
    }
  }

  void write(std::vector<double>& values, std::int64_t first_row) {
    for (std::int64_t r = 0; r < rows_; ++r) {
      if (!sums_.empty()) sweep(r);
      const double* from = &direct_[static_cast<std::size_t>(r * blocks_ * kBlock + window_.x0 - block_ * kBlock)];
      std::transform(from, from + window_.nx, &values[static_cast<std::size_t>(first_row + r) * window_.nx],
                     [](double v) { return std::max(v, 0.0); });
    }
  }

 private:
  void add_pixels(const Kernel& k, double w, std::int64_t r, std::int64_t first, std::int64_t last) {
    double* to = &direct_[static_cast<std::size_t>(r * blocks_ * kBlock - block_ * kBlock + first)];
    for (std::int64_t i = first; i <= last; ++i) {
      const double u = (static_cast<double>(i) + 0.5 - k.x) * k.per_column, g = w - u * u;
      *to++ += k.peak * g * g;
    }
  }

  void add_run(const Kernel& k, double w, std::int64_t r, std::int64_t first, std::int64_t last) {
    const double s2 = k.per_column * k.per_column;
    for (std::int64_t b = first / kBlock; b <= last / kBlock; ++b) {
      const double d = k.x - static_cast<double>(b * kBlock + kBlock / 2);
      const double a0 = w - s2 * d * d, a1 = 2 * s2 * d, a2 = -s2;
      const Coefficients c = {k.peak * a0 * a0, k.peak * 2 * a0 * a1, k.peak * (a1 * a1 + 2 * a0 * a2),
                              k.peak * 2 * a1 * a2, k.peak * a2 * a2};
      Coefficients* row = &sums_[static_cast<std::size_t>((r * blocks_ + b - block_) * (kBlock + 1))];
      Coefficients& begin = row[std::max<std::int64_t>(first - b * kBlock, 0)];
      for (std::size_t n = 0; n < c.size(); ++n) begin[n] += c[n];
      if (last >= (b + 1) * kBlock - 1) continue;
      Coefficients& end = row[last - b * kBlock + 1];
      for (std::size_t n = 0; n < c.size(); ++n) end[n] -= c[n];
    }
  }

  void sweep(std::int64_t r) {
    for (std::int64_t b = 0; b < blocks_; ++b) {
      const Coefficients* row = &sums_[static_cast<std::size_t>((r * blocks_ + b) * (kBlock + 1))];
      double* to = &direct_[static_cast<std::size_t>((r * blocks_ + b) * kBlock)];
      Coefficients c{};
      for (std::int64_t i = 0; i < kBlock; ++i) {
        for (std::size_t n = 0; n < c.size(); ++n) c[n] += row[i][n];
        const double t = static_cast<double>(i) + 0.5 - kBlock / 2;
        to[i] += c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * c[4])));
      }
    }
  }

  PixelWindow window_;
  std::int64_t row_, rows_, block_, blocks_;
  std::vector<double> direct_;
  std::vector<Coefficients> sums_;
};

// For every band of the window the kernels that reach it, in their order.
std::vector<std::vector<std::uint32_t>> kernels_of_bands(const std::vector<Kernel>& kernels, const PixelWindow& w) {
  std::vector<std::vector<std::uint32_t>> of_band((w.ny + kBand - 1) / kBand);
  const auto last_band = static_cast<std::int64_t>(of_band.size()) - 1;
  for (std::uint32_t k = 0; k < kernels.size(); ++k) {
    const double reach = 1 / kernels[k].per_row;
    const std::int64_t top = first_centre(kernels[k].y - reach) - w.y0,
                       bottom = last_centre(kernels[k].y + reach) - w.y0;
    if (bottom < 0 || top >= w.ny) continue;
    for (std::int64_t b = std::max<std::int64_t>(top, 0) / kBand; b <= std::min(bottom / kBand, last_band); ++b)
      of_band[static_cast<std::size_t>(b)].push_back(k);
  }
  return of_band;
}

std::uint32_t world_unit(double share) {
  return static_cast<std::uint32_t>(std::clamp(std::floor(share * kWorld + 0.5), 0.0, kWorld - 1));
}

}  // namespace

HeatSurface::HeatSurface(EventStore store, const Lattice& lattice, const HeatSurface* before, unsigned threads)
    : store_(std::move(store)) {
  for (const EventStore::Part& part : store_.parts()) {
    Column column;
    for (std::size_t p = 0; before && p < before->columns_.size(); ++p)
      if (before->store_.parts()[p].chunk == part.chunk) column = before->columns_[p];
    if (!column) {
      const std::vector<Point>& at = part.chunk->at;
      auto made = std::make_shared<std::vector<WorldPoint>>(at.size());
      parallel_blocks(at.size(), 1 << 15, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
        const std::vector<Mercator> m = to_mercator(lattice, std::span(at).subspan(begin, end - begin));
        for (std::size_t i = begin; i < end; ++i)
          (*made)[i] = {world_unit((m[i - begin].x / kMercatorHalf + 1) / 2),
                        world_unit((1 - m[i - begin].y / kMercatorHalf) / 2)};
      });
      column = std::move(made);
    }
    columns_.push_back(std::move(column));
  }
}

// In the store's order, a little more than what reaches the window.
std::vector<HeatSurface::WorldPoint> HeatSurface::points_near(const EventFilter& filter, double radius_m,
                                                              const PixelWindow& w) const {
  const double pixel = std::exp2(32.0 - w.level);
  const double north = static_cast<double>(w.y0) * pixel, south = north + w.ny * pixel;
  // The scale is smallest towards the poles: there the radius reaches farthest on the map.
  const auto widest = [&](double y) { return radius_m / scale_at(std::clamp(y, 0.0, kWorld)).x; };
  double reach = std::max(widest(north), widest(south));
  reach = 1.02 * std::max(widest(north - 1.1 * reach), widest(south + 1.1 * reach));
  // Whole blocks: what begins and ends in a block beside the window leaves its rounding in the block's sums.
  const std::int64_t first = w.x0 / kBlock * kBlock, last = (w.x0 + w.nx + kBlock - 1) / kBlock * kBlock;
  const double west = static_cast<double>(first) * pixel - reach, east = static_cast<double>(last) * pixel + reach;
  const auto unit = [](double v) { return static_cast<std::uint32_t>(std::clamp(v, 0.0, kWorld - 1)); };
  const std::uint32_t x0 = unit(west), x1 = unit(east), y0 = unit(north - reach), y1 = unit(south + reach);
  std::vector<WorldPoint> out;
  const EventMatcher matcher(store_, filter);
  for (std::size_t p = 0; p < store_.parts().size(); ++p) {
    const EventStore::Part& part = store_.parts()[p];
    const std::vector<WorldPoint>& at = *columns_[p];
    const auto [begin, end] = matcher.rows(part);
    for (std::size_t row = begin; row < end; ++row)
      if (at[row].x - x0 <= x1 - x0 && at[row].y - y0 <= y1 - y0 && matcher.passes(part, row)) out.push_back(at[row]);
  }
  return out;
}

std::vector<double> HeatSurface::density(const EventFilter& filter, double radius_m, const PixelWindow& window,
                                         unsigned threads) const {
  if (!(radius_m > 0 && radius_m <= 50'000)) throw std::invalid_argument("the radius must be in (0, 50 000] metres");
  if (window.level > 31 || window.nx == 0 || window.ny == 0 || window.x0 < 0 || window.y0 < 0)
    throw std::invalid_argument("no such window");
  const double pixel = std::exp2(32.0 - window.level);
  std::vector<Kernel> kernels;
  const double peak = 3 / std::numbers::pi / (radius_m * radius_m) * 1e6;
  for (const WorldPoint at : points_near(filter, radius_m, window)) {
    const GroundScale scale = scales().at(at.y);
    kernels.push_back({at.x / pixel, at.y / pixel, scale.x * pixel / radius_m, scale.y * pixel / radius_m, peak});
  }
  if (kernels.empty()) return {};
  std::vector<double> values(std::size_t{window.nx} * window.ny);
  const auto of_band = kernels_of_bands(kernels, window);
  parallel_for(of_band.size(), threads, [&](std::size_t b) {
    const auto first = static_cast<std::uint32_t>(b * kBand);
    Band band(window, window.y0 + first, std::min(kBand, window.ny - first));
    for (std::uint32_t k : of_band[b]) band.add(kernels[k]);
    band.write(values, first);
  });
  return values;
}

}  // namespace gridloom
