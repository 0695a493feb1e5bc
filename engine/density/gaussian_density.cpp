// SPDX-License-Identifier: Apache-2.0
// Gaussian densities: the exact stamp, and the binned method with its bound.
//
// Binned. A Gaussian of variance s² is the convolution of Gaussians whose variances sum to s². Events are spread on
// the nodes of a lattice by a narrow Gaussian (variance a = 3/4 of a node's distance squared, kTaps nodes a dimension),
// the lattice is convolved with sampled Gaussians of variance s² - a, or s² - 2a, and where the lattice is coarser than
// the raster, pixels are read off it by another narrow Gaussian of variance a. Each sum over nodes is the trapezoidal
// rule for a convolution integral of two Gaussians. By Poisson's summation formula its relative error is at most
// 2 exp(-2 pi² v) (1 + 1e-15), v = a (t - a)/t the variance of the product of the two, t that of their convolution
// (compare Greengard & Lee, Accelerating the nonuniform fast Fourier transform, SIAM Review 46, 2004, 443-454).
//
// Bound. Let S be the surface's maximum over the plane. A kernel no larger than e times a shifted Gaussian of variance
// at most s² and height 1 gives a surface of at most e S. A dimension contributes
//   trapezoid   s = 2 nodes: v = .609, 1.2e-5, once;  s >= 4 nodes: v >= .70, 2.0e-6, at most twice (below 4 nodes
//               the lattice is the raster and nothing is read off)
//   taps left out, at distances >= 4 nodes: (2 pi a)^-1/2 exp(-16/(2a)) s/(s² - a)^1/2, 1.2e-5, at most twice where
//               s >= 4 and once below
//   convolution cut at 5 sd: shifted Gaussians of heights 2 exp(1/8) (exp(-25/2) + exp(-36/2) + ...), 8.6e-6
// that is at most 3.6e-5, 7.2e-5 for both dimensions. kBinnedGaussianError leaves room for rounding.
#include <array>
#include <numbers>

#include "engine/base/parallel.h"
#include "engine/density/density_frame.h"

namespace gridloom::density {
namespace {

using std::int64_t;

double gauss(int64_t distance, int64_t sd) {
  const double u = static_cast<double>(distance) / static_cast<double>(sd);
  return std::exp(-0.5 * u * u);
}

// Rows j0 .. j1 - 1. An event's profile along x serves all rows.
void stamp_rows(std::span<const Position> positions, const Frame& frame, int64_t j0, int64_t j1, double scale,
                int64_t reach, std::vector<double>& profile, double* out) {
  for (const Position& p : between(positions, frame.y_of(j0) + reach, frame.y_of(j1 - 1) - reach)) {
    const int64_t first = frame.first_column(p.x - reach), last = frame.last_column(p.x + reach);
    if (first > last) continue;
    const auto width = static_cast<std::size_t>(last - first + 1);
    for (std::size_t i = 0; i < width; ++i)
      profile[i] = gauss(frame.x_of(first + static_cast<int64_t>(i)) - p.x, frame.radius) * scale * p.weight;
    for (int64_t j = j0; j < j1; ++j) {
      const int64_t dy = frame.y_of(j) - p.y;
      if (std::abs(dy) > reach) continue;
      const double weight = gauss(dy, frame.radius);
      double* row = out + j * frame.nx + first;
      for (std::size_t i = 0; i < width; ++i) row[i] += weight * profile[i];
    }
  }
}

constexpr double kNarrow = 0.75;  // variance of spreading and reading, in node distances squared
constexpr int kTaps = 8;          // nodes -3 .. 4 from the one at or below
constexpr double kCut = 5;        // standard deviations

using Taps = std::array<double, kTaps>;

// Normal density of variance kNarrow at k - part, k = -3 .. 4, for 0 <= part < 1. The exponential of the mixed term
// is a power, which leaves two exponentials for eight values.
Taps taps_at(double part) {
  static const std::array<double, kTaps> own = [] {
    std::array<double, kTaps> values{};
    for (int k = 0; k < kTaps; ++k)
      values[static_cast<std::size_t>(k)] =
          std::exp(-0.5 * (k - 3) * (k - 3) / kNarrow) / std::sqrt(2 * std::numbers::pi * kNarrow);
    return values;
  }();
  const double ratio = std::exp(part / kNarrow);
  double power = std::exp(-0.5 * part * part / kNarrow) / (ratio * ratio * ratio);
  Taps taps;
  for (std::size_t k = 0; k < kTaps; ++k, power *= ratio) taps[k] = own[k] * power;
  return taps;
}

struct Nodes {
  int64_t per_node;    // pixels from node to node, in both directions
  int64_t margin;      // nodes beyond the raster's first pixel centre
  double west, north;  // of node (0, 0), half mm
  double distance;     // half mm
  int64_t nx, ny;
  double sd;  // in node distances
};

Nodes nodes_over(const Frame& frame) {
  Nodes nodes{};
  const double sd = static_cast<double>(frame.radius) / static_cast<double>(2 * frame.cell);
  nodes.per_node = std::max<int64_t>(1, static_cast<int64_t>(sd / 4));
  nodes.distance = static_cast<double>(2 * frame.cell * nodes.per_node);
  nodes.sd = sd / static_cast<double>(nodes.per_node);
  nodes.margin = static_cast<int64_t>(std::ceil(kCut * nodes.sd)) + kTaps;
  nodes.nx = ceil_div(frame.nx, nodes.per_node) + 2 * nodes.margin;
  nodes.ny = ceil_div(frame.ny, nodes.per_node) + 2 * nodes.margin;
  nodes.west = static_cast<double>(frame.x_of(0)) - static_cast<double>(nodes.margin) * nodes.distance;
  nodes.north = static_cast<double>(frame.y_of(0)) + static_cast<double>(nodes.margin) * nodes.distance;
  return nodes;
}

// Adds the events to the lattice's rows j0 .. j1 - 1, in the positions' order.
void spread(std::span<const Position> positions, const Nodes& nodes, int64_t j0, int64_t j1, double* lattice) {
  const auto y_at = [&](int64_t j) { return nodes.north - static_cast<double>(j) * nodes.distance; };
  const auto stretch = between(positions, static_cast<int64_t>(std::ceil(y_at(j0 - kTaps))),
                               static_cast<int64_t>(std::floor(y_at(j1 + kTaps))));
  for (const Position& p : stretch) {
    const double x = (static_cast<double>(p.x) - nodes.west) / nodes.distance;
    const double y = (nodes.north - static_cast<double>(p.y)) / nodes.distance;
    const double column = std::floor(x), row = std::floor(y);
    if (!(column >= 3 && column < static_cast<double>(nodes.nx - 4))) continue;
    const Taps across = taps_at(x - column);
    const Taps down = taps_at(y - row);
    const auto first = static_cast<int64_t>(column) - 3;
    for (int64_t k = 0; k < kTaps; ++k) {
      const int64_t j = static_cast<int64_t>(row) - 3 + k;
      if (j < j0 || j >= j1) continue;
      const double weight = down[static_cast<std::size_t>(k)] * p.weight;
      double* row_out = lattice + j * nodes.nx + first;
      for (std::size_t i = 0; i < kTaps; ++i) row_out[i] += weight * across[i];
    }
  }
}

// Normal density of the variance at 0, 1, ... , kCut standard deviations.
std::vector<double> half_kernel(double variance) {
  std::vector<double> values;
  const double height = 1 / std::sqrt(2 * std::numbers::pi * variance);
  const int reach = static_cast<int>(std::ceil(kCut * std::sqrt(variance)));
  for (int k = 0; k <= reach; ++k) values.push_back(height * std::exp(-0.5 * k * k / variance));
  return values;
}

// out[0 .. n) += weight (before[i] + after[i])
void add_pair(double weight, const double* before, const double* after, std::size_t n, double* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] += weight * (before[i] + after[i]);
}

// Convolves each row with the kernel; beyond the lattice lies nothing.
void convolve_rows(const std::vector<double>& kernel, const Nodes& nodes, unsigned threads,
                   std::vector<double>& lattice) {
  const auto width = static_cast<std::size_t>(nodes.nx), reach = kernel.size() - 1;
  parallel_blocks(static_cast<std::size_t>(nodes.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    std::vector<double> padded(width + 2 * reach, 0.0);
    for (std::size_t j = j0; j < j1; ++j) {
      double* row = lattice.data() + j * width;
      std::copy(row, row + width, padded.begin() + static_cast<std::ptrdiff_t>(reach));
      const double* centre = padded.data() + reach;
      for (std::size_t i = 0; i < width; ++i) row[i] = kernel[0] * centre[i];
      for (std::size_t k = 1; k <= reach; ++k) add_pair(kernel[k], centre - k, centre + k, width, row);
    }
  });
}

// Convolves each column; the rows within the margins, which only the kernel's own reach needs, stay out.
std::vector<double> convolve_columns(const std::vector<double>& kernel, const Nodes& nodes, unsigned threads,
                                     const std::vector<double>& lattice) {
  const auto width = static_cast<std::size_t>(nodes.nx), reach = kernel.size() - 1;
  const auto from = static_cast<std::size_t>(nodes.margin - kTaps);
  std::vector<double> out(lattice.size(), 0.0);
  parallel_blocks(
      static_cast<std::size_t>(nodes.ny) - 2 * from, kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
        for (std::size_t j = from + j0; j < from + j1; ++j) {
          const double* centre = lattice.data() + j * width;
          double* row = out.data() + j * width;
          for (std::size_t i = 0; i < width; ++i) row[i] = kernel[0] * centre[i];
          for (std::size_t k = 1; k <= std::min({reach, j, static_cast<std::size_t>(nodes.ny) - 1 - j}); ++k)
            add_pair(kernel[k], centre - k * width, centre + k * width, width, row);
        }
      });
  return out;
}

// Where the lattice is the raster, with margins.
void copy_inner(const std::vector<double>& lattice, const Nodes& nodes, const Frame& frame, double scale,
                std::vector<double>& out) {
  for (int64_t j = 0; j < frame.ny; ++j) {
    const double* row = lattice.data() + (j + nodes.margin) * nodes.nx + nodes.margin;
    for (int64_t i = 0; i < frame.nx; ++i) out[static_cast<std::size_t>(j * frame.nx + i)] = row[i] * scale;
  }
}

// Pixels per_node apart lie at the same part of a node's distance, so a handful of taps serves the raster.
void read_off(const std::vector<double>& lattice, const Nodes& nodes, const Frame& frame, double scale,
              unsigned threads, std::vector<double>& out) {
  std::vector<Taps> taps;
  for (int64_t i = 0; i < nodes.per_node; ++i)
    taps.push_back(taps_at(static_cast<double>(i) / static_cast<double>(nodes.per_node)));
  const auto width = static_cast<std::size_t>(nodes.nx);
  parallel_blocks(static_cast<std::size_t>(frame.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    std::vector<double> along(width);
    for (auto j = static_cast<int64_t>(j0); j < static_cast<int64_t>(j1); ++j) {
      const Taps& down = taps[static_cast<std::size_t>(j % nodes.per_node)];
      const double* first = lattice.data() + (j / nodes.per_node + nodes.margin - 3) * nodes.nx;
      std::fill(along.begin(), along.end(), 0.0);
      for (std::size_t k = 0; k < kTaps; ++k)
        for (std::size_t i = 0; i < width; ++i) along[i] += down[k] * first[k * width + i];
      double* row = out.data() + j * frame.nx;
      const double* node = along.data() + nodes.margin - 3;
      for (int64_t i = 0, part = 0; i < frame.nx; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < kTaps; ++k) sum += taps[static_cast<std::size_t>(part)][k] * node[k];
        row[i] = sum * scale;
        if (++part == nodes.per_node) part = 0, ++node;
      }
    }
  });
}

}  // namespace

void stamp_gaussian(std::span<const Point> points, std::span<const double> weights, const Frame& frame, double scale,
                    double reach, unsigned threads, std::vector<double>& out) {
  const std::vector<Position> positions = sorted_positions(points, weights);
  const auto away = static_cast<int64_t>(reach * static_cast<double>(frame.radius));
  parallel_blocks(static_cast<std::size_t>(frame.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    std::vector<double> profile(static_cast<std::size_t>(frame.nx));
    stamp_rows(positions, frame, static_cast<int64_t>(j0), static_cast<int64_t>(j1), scale, away, profile, out.data());
  });
}

void binned_gaussian(std::span<const Point> points, std::span<const double> weights, const Frame& frame, double scale,
                     unsigned threads, std::vector<double>& out) {
  const std::vector<Position> positions = sorted_positions(points, weights);
  const Nodes nodes = nodes_over(frame);
  std::vector<double> lattice(static_cast<std::size_t>(nodes.nx * nodes.ny), 0.0);
  parallel_blocks(static_cast<std::size_t>(nodes.ny), kRows, threads, [&](std::size_t, std::size_t j0, std::size_t j1) {
    spread(positions, nodes, static_cast<int64_t>(j0), static_cast<int64_t>(j1), lattice.data());
  });
  const bool coarser = nodes.per_node > 1;
  const std::vector<double> kernel = half_kernel(nodes.sd * nodes.sd - (coarser ? 2 : 1) * kNarrow);
  convolve_rows(kernel, nodes, threads, lattice);
  lattice = convolve_columns(kernel, nodes, threads, lattice);
  // The spread and sampled Gaussians have mass 1; `scale` expects height 1.
  const double height = scale * 2 * std::numbers::pi * nodes.sd * nodes.sd;
  if (coarser)
    read_off(lattice, nodes, frame, height, threads, out);
  else
    copy_inner(lattice, nodes, frame, height, out);
}

}  // namespace gridloom::density
