// SPDX-License-Identifier: Apache-2.0
// Local statistics with conditional permutations on noise, one line of JSON a run: five statistics in one pass.
//   bench_statistics [CELLS [PERMUTATIONS [THREADS [STOP_AT]]]]
// Without arguments 10^4 and 10^5 cells x 999 permutations on one and two threads. The cells are the squares of the
// largest lattice that has at most CELLS of them. `peak_mb` is the whole process's so far.
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "engine/base/random.h"
#include "engine/statistics/permutation.h"

namespace {

using namespace gridloom;

std::vector<double> gaussian(std::size_t n) {
  RandomStream random(3, 0, 0);
  const auto uniform = [&random] { return (static_cast<double>(random.next() >> 11) + 0.5) / 9007199254740992.0; };
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i)
    x.push_back(std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()));
  return x;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

void run(std::size_t cells, std::uint32_t permutations, unsigned threads, std::uint32_t stop_at) {
  const auto side = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(cells)));
  const SpatialWeights w = lattice_contiguity(side, side, Contiguity::queen);
  const std::vector<double> x = gaussian(w.size());
  std::vector<std::uint8_t> black;
  for (double v : x) black.push_back(v > 1);
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  const LocalPermutations p =
      permute_local(x, black, w, {.permutations = permutations, .seed = 1, .stop_at = stop_at, .threads = threads});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::size_t significant = 0;
  double draws = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    significant += p.g_star[i] <= 0.05;
    draws += p.draws[i];
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf(
      "{\"cells\": %zu, \"links\": %zu, \"permutations\": %u, \"threads\": %u, \"stop_at\": %u, \"seconds\": %.3f, "
      "\"cpu_seconds\": %.3f, \"mean_draws\": %.1f, \"share_at_05\": %.4f, \"peak_mb\": %.1f}\n",
      w.size(), w.links(), permutations, threads, stop_at, seconds, cpu_seconds() - cpu,
      draws / static_cast<double>(w.size()), static_cast<double>(significant) / static_cast<double>(w.size()),
      static_cast<double>(usage.ru_maxrss) / 1024);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, unsigned long otherwise) {
    return argc > i ? std::strtoul(argv[i], nullptr, 10) : otherwise;
  };
  if (argc > 1) {
    run(argument(1, 100'000), static_cast<std::uint32_t>(argument(2, 999)), static_cast<unsigned>(argument(3, 1)),
        static_cast<std::uint32_t>(argument(4, 0)));
    return 0;
  }
  for (std::size_t cells : {10'000u, 100'000u})
    for (unsigned threads : {1u, 2u}) run(cells, 999, threads, 0);
}
