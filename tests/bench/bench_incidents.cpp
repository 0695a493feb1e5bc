// SPDX-License-Identifier: Apache-2.0
// Densities of synthetic incidents: 60 Gaussian clusters of 0.3 to 3 km and one fifth anywhere in 40 x 40 km, seed 42.
// Prints one line of JSON a case: the method, its size, the best seconds of `ROUNDS` runs, and, beside a plain stamp of
// every event, the largest difference as a share of the maximum.
//   bench_incidents density ROUNDS THREADS
// Edge corrections beside the plain density; a stream in and out of a sliding window; events along a street grid:
//   bench_incidents edge|window|streets ROUNDS THREADS
// A window that UPDATES events (1e8, say) enter or leave, late and out of order, with weights: beside the batch density
// half way, and what is left when all have gone. Fails unless that is exactly nothing:
//   bench_incidents soak UPDATES SEED
// Events asked whether they lie in a box of 128 vertices:
//   bench_incidents area ROUNDS THREADS
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "engine/density/edge_correction.h"
#include "engine/density/kernel_density.h"
#include "engine/density/network_density.h"
#include "engine/density/sliding_density.h"
#include "engine/geometry/area_index.h"
#include "unit/support/limits.h"

namespace {

using namespace gridloom;

constexpr std::int32_t kSide = 40'000'000;  // mm

std::vector<Point> incidents(std::size_t n) {
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> anywhere(0, kSide), sd(300'000, 3'000'000);
  std::normal_distribution<double> normal;
  struct Cluster {
    double x, y, sd;
  };
  std::vector<Cluster> clusters;
  for (int c = 0; c < 60; ++c) clusters.push_back({anywhere(random), anywhere(random), sd(random)});
  std::vector<Point> points;
  while (points.size() < n) {
    const Cluster& c = clusters[random() % clusters.size()];
    const bool alone = points.size() % 5 == 0;
    const double x = alone ? anywhere(random) : c.x + c.sd * normal(random);
    const double y = alone ? anywhere(random) : c.y + c.sd * normal(random);
    if (x >= 0 && x < kSide && y >= 0 && y < kSide)
      points.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
  }
  return points;
}

// The raster over the square's width, as high as its pixels make it, about the middle.
RasterGrid raster(std::uint32_t nx, std::uint32_t ny) {
  const std::int64_t cell = kSide / nx;
  return {0, kSide / 2 + cell * ny / 2, cell, nx, ny};
}

// What everyone writes first: each event adds its kernel to the pixels around it.
std::vector<double> stamp(const std::vector<Point>& points, const RasterGrid& grid, Kernel kernel, double bandwidth_m) {
  std::vector<double> out(grid.size(), 0.0);
  const auto cell = static_cast<double>(grid.cell_mm);
  const double b = bandwidth_m * 1000, reach = kernel == Kernel::gaussian ? 5 * b : b, km = bandwidth_m / 1000;
  const double height = (kernel == Kernel::gaussian ? 0.5 : 2.0) / (std::numbers::pi * km * km);
  for (Point p : points) {
    const double column = (p.x - static_cast<double>(grid.x0_mm)) / cell - 0.5;
    const double row = (static_cast<double>(grid.y0_mm) - p.y) / cell - 0.5;
    const auto j0 = static_cast<std::int64_t>(std::max(0.0, std::ceil(row - reach / cell)));
    const auto j1 = static_cast<std::int64_t>(std::min(grid.ny - 1.0, std::floor(row + reach / cell)));
    for (std::int64_t j = j0; j <= j1; ++j) {
      const double dy = (static_cast<double>(j) - row) * cell / b;
      const double half = std::sqrt(std::max(0.0, reach / b * (reach / b) - dy * dy)) * b / cell;
      const auto i0 = static_cast<std::int64_t>(std::max(0.0, std::ceil(column - half)));
      const auto i1 = static_cast<std::int64_t>(std::min(grid.nx - 1.0, std::floor(column + half)));
      for (std::int64_t i = i0; i <= i1; ++i) {
        const double dx = (static_cast<double>(i) - column) * cell / b, u2 = dx * dx + dy * dy;
        out[static_cast<std::size_t>(j * grid.nx + i)] +=
            height * (kernel == Kernel::gaussian ? std::exp(-0.5 * u2) : 1 - u2);
      }
    }
  }
  return out;
}

double best_seconds(int rounds, const std::function<void()>& work) {
  double best = INFINITY;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

struct DensityCase {
  Kernel kernel;
  std::size_t events;
  std::uint32_t nx, ny;
  double bandwidth_m;
  bool beside_stamp;  // where the stamp takes seconds, not minutes
};

constexpr DensityCase kDensityCases[] = {
    {Kernel::epanechnikov, 100'000, 1280, 960, 500, true},   {Kernel::epanechnikov, 100'000, 1280, 960, 2000, true},
    {Kernel::epanechnikov, 1'000'000, 1280, 960, 500, true}, {Kernel::epanechnikov, 1'000'000, 1280, 960, 2000, true},
    {Kernel::epanechnikov, 100'000, 4096, 4096, 500, true},  {Kernel::epanechnikov, 1'000'000, 4096, 4096, 500, true},
    {Kernel::uniform, 1'000'000, 1280, 960, 500, false},     {Kernel::quartic, 1'000'000, 1280, 960, 500, false},
    {Kernel::triweight, 1'000'000, 1280, 960, 500, false},   {Kernel::gaussian, 100'000, 1280, 960, 500, true},
    {Kernel::gaussian, 1'000'000, 1280, 960, 62.5, true},    {Kernel::gaussian, 1'000'000, 1280, 960, 249, false},
    {Kernel::gaussian, 1'000'000, 1280, 960, 500, false},    {Kernel::gaussian, 1'000'000, 1280, 960, 2000, false},
    {Kernel::gaussian, 1'000'000, 1280, 960, 10'000, false},
};

void density(int rounds, unsigned threads) {
  for (const DensityCase& c : kDensityCases) {
    const std::vector<Point> points = incidents(c.events);
    const RasterGrid grid = raster(c.nx, c.ny);
    std::vector<double> values;
    const double seconds = best_seconds(rounds, [&] {
      values = kernel_density(points, grid, {c.kernel, c.bandwidth_m, threads});
    });
    std::printf(
        "{\"what\": \"density\", \"kernel\": \"%s\", \"events\": %zu, \"nx\": %u, \"ny\": %u, \"bandwidth_m\": %g, "
        "\"threads\": %u, \"seconds\": %.4f",
        std::string(word_of(c.kernel)).c_str(), c.events, c.nx, c.ny, c.bandwidth_m, threads, seconds);
    if (c.beside_stamp) {
      std::vector<double> peer;
      const double peer_seconds = best_seconds(1, [&] { peer = stamp(points, grid, c.kernel, c.bandwidth_m); });
      double most = 0, difference = 0;
      for (std::size_t i = 0; i < peer.size(); ++i) {
        most = std::max(most, peer[i]);
        difference = std::max(difference, std::abs(peer[i] - values[i]));
      }
      std::printf(", \"stamp_seconds\": %.4f, \"difference\": %.2g", peer_seconds, difference / most);
    }
    std::printf("}\n");
    std::fflush(stdout);
  }
}

void edge(int rounds, unsigned threads) {
  const std::vector<Point> points = incidents(1'000'000);
  const RasterGrid grid = raster(1280, 960);
  std::vector<Point> ring;  // a limit of many corners
  for (int k = 0; k < 3000; ++k) {
    const double angle = 2 * std::numbers::pi * k / 3000, r = kSide * (0.34 + 0.02 * std::sin(17 * angle));
    ring.push_back({static_cast<std::int32_t>(kSide / 2 + r * std::cos(angle)),
                    static_cast<std::int32_t>(kSide / 2 + r * std::sin(angle))});
  }
  const std::vector<LimitEdge> limit = limit_of_ring(ring);
  for (const Kernel kernel : {Kernel::epanechnikov, Kernel::gaussian})
    for (const double bandwidth_m : {500.0, 2000.0}) {
      const auto seconds = [&](EdgeCorrection correction) {
        return best_seconds(rounds, [&] {
          corrected_density(points, limit, grid, {kernel, bandwidth_m, threads}, correction);
        });
      };
      std::printf(
          "{\"what\": \"edge\", \"kernel\": \"%s\", \"events\": %zu, \"bandwidth_m\": %g, \"threads\": %u, "
          "\"none_seconds\": %.4f, \"uniform_seconds\": %.4f, \"diggle_seconds\": %.4f}\n",
          std::string(word_of(kernel)).c_str(), points.size(), bandwidth_m, threads, seconds(EdgeCorrection::none),
          seconds(EdgeCorrection::uniform), seconds(EdgeCorrection::diggle));
    }
}

// Ten seconds of 10 000 events a second through a window of one second.
void window(int rounds) {
  const std::vector<Point> points = incidents(100'000);
  const double seconds = best_seconds(rounds, [&] {
    DensityWindow stream(raster(1280, 960), {Kernel::quartic, 500, 1}, 10'000);
    for (std::size_t e = 0; e < points.size(); ++e) {
      stream.add(static_cast<std::int64_t>(e), points[e]);
      stream.advance(static_cast<std::int64_t>(e));
    }
  });
  std::printf("{\"what\": \"window\", \"events\": %zu, \"seconds\": %.4f, \"in_and_out_per_second\": %.0f}\n",
              points.size(), seconds, static_cast<double>(points.size()) / seconds);
}

// Half of the updates are entries. Returns whether the window is empty, to the last bit, in the end.
bool soak(double updates, unsigned seed) {
  const std::vector<Point> points = incidents(100'000);
  const RasterGrid grid = raster(1280, 960);
  const KernelOptions options{Kernel::quartic, 500, 1};
  constexpr std::int64_t kLength = 20'000;
  const auto entries = static_cast<std::int64_t>(updates / 2);
  std::mt19937_64 random(seed);
  DensityWindow stream(grid, options, kLength);
  struct Entry {
    std::int64_t time;
    Point at;
    double weight;
  };
  std::vector<Entry> recent(2 * kLength);  // a ring: whatever may still be in the window
  double difference = 0;
  std::size_t ignored = 0;
  const double seconds = best_seconds(1, [&] {
    for (std::int64_t e = 0; e < entries; ++e) {
      const Entry entry{e - static_cast<std::int64_t>(random() % (kLength + 100)), points[random() % points.size()],
                        static_cast<double>(random() % 4096) / 1024};
      recent[static_cast<std::size_t>(e) % recent.size()] = entry;
      stream.advance(e);
      const std::size_t before = stream.density().events();
      stream.add(entry.time, entry.at, entry.weight);
      ignored += stream.density().events() == before;
      if (e != entries / 2) continue;
      std::vector<Point> at;
      std::vector<double> weights;
      for (std::int64_t i = std::max<std::int64_t>(0, e + 1 - 2 * kLength); i <= e; ++i)
        if (const Entry& r = recent[static_cast<std::size_t>(i) % recent.size()]; r.time > e - kLength)
          at.push_back(r.at), weights.push_back(r.weight);
      const std::vector<double> now = stream.density().surface(), batch = kernel_density(at, grid, options, weights);
      for (std::size_t q = 0; q < now.size(); ++q) difference = std::max(difference, std::abs(now[q] - batch[q]));
      difference /= std::max(1e-300, *std::max_element(batch.begin(), batch.end()));
    }
    stream.advance(entries + kLength);
  });
  double left = 0;
  for (double v : stream.density().surface()) left = std::max(left, std::abs(v));
  const double done = 2 * static_cast<double>(static_cast<std::size_t>(entries) - ignored);
  std::printf(
      "{\"what\": \"soak\", \"updates\": %.0f, \"seconds\": %.1f, \"updates_per_second\": %.0f, "
      "\"difference_half_way\": %.2g, \"largest_left\": %g, \"events_left\": %zu}\n",
      done, seconds, done / seconds, difference, left, stream.density().events());
  return left == 0 && stream.density().events() == 0 && difference < 1e-9;
}

void area(int rounds) {
  const std::vector<Point> points = incidents(1'000'000);
  PolygonRings box(1);
  for (std::int32_t k = 0; k < 128; ++k) {  // sides that bend by up to 16 m, as parallels and meridians do
    const std::int32_t along = kSide / 4 + k % 32 * (kSide / 64), bend = k % 32 * (31 - k % 32) * 64;
    box[0].push_back(k < 32   ? Point{along, kSide / 4 - bend}
                     : k < 64 ? Point{3 * (kSide / 4) + bend, along}
                     : k < 96 ? Point{kSide - along, 3 * (kSide / 4) + bend}
                              : Point{kSide / 4 - bend, kSide - along});
  }
  std::size_t in = 0, slowly_in = 0;
  const double seconds = best_seconds(rounds, [&] {
    const AreaIndex index(box);
    in = static_cast<std::size_t>(
        std::count_if(points.begin(), points.end(), [&](Point p) { return index.contains(p); }));
  });
  const double every_edge = best_seconds(1, [&] {
    slowly_in =
        static_cast<std::size_t>(std::count_if(points.begin(), points.end(), [&](Point p) { return in_area(p, box); }));
  });
  std::printf(
      "{\"what\": \"area\", \"events\": %zu, \"vertices\": %zu, \"inside\": %zu, \"seconds\": %.4f, "
      "\"every_edge_seconds\": %.4f, \"agree\": %s}\n",
      points.size(), box[0].size(), in, seconds, every_edge, in == slowly_in ? "true" : "false");
}

// 387 x 387 blocks of 103 m: 3e5 streets, about a city's.
void streets(int rounds) {
  constexpr std::uint32_t kBlocks = 387;
  std::vector<Street> grid;
  for (std::uint32_t j = 0; j <= kBlocks; ++j)
    for (std::uint32_t i = 0; i <= kBlocks; ++i) {
      const std::uint32_t node = j * (kBlocks + 1) + i;
      if (i < kBlocks) grid.push_back({node, node + 1, 103});
      if (j < kBlocks) grid.push_back({node, node + kBlocks + 1, 103});
    }
  std::mt19937_64 random(42);
  std::vector<StreetEvent> events;
  for (int e = 0; e < 100'000; ++e)
    events.push_back({static_cast<std::uint32_t>(random() % grid.size()), static_cast<double>(random() % 103), 1});
  for (const EqualSplit split : {EqualSplit::discontinuous, EqualSplit::continuous}) {
    const double seconds = best_seconds(rounds, [&] {
      network_density(grid, events, {Kernel::quartic, split, 500, 50});
    });
    std::printf(
        "{\"what\": \"streets\", \"split\": \"%s\", \"streets\": %zu, \"events\": %zu, \"bandwidth_m\": 500, "
        "\"seconds\": %.2f}\n",
        split == EqualSplit::continuous ? "continuous" : "discontinuous", grid.size(), events.size(), seconds);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 4 ? argv[1] : "";
  const int rounds = argc == 4 ? std::atoi(argv[2]) : 0;
  const auto threads = static_cast<unsigned>(argc == 4 ? std::atoi(argv[3]) : 0);
  if (what == "density") return density(rounds, threads), 0;
  if (what == "edge") return edge(rounds, threads), 0;
  if (what == "window") return window(rounds), 0;
  if (what == "streets") return streets(rounds), 0;
  if (what == "area") return area(rounds), 0;
  if (what == "soak") return soak(std::atof(argv[2]), threads) ? 0 : 1;
  std::fprintf(stderr,
               "usage: bench_incidents density|edge|window|streets|area ROUNDS THREADS\n"
               "       bench_incidents soak UPDATES SEED\n");
  return 2;
}
