// SPDX-License-Identifier: Apache-2.0
// Live heat tiles over many resident events: one JSON line per measure.
//
//   bench_heat_tiles [events = 10000000] [threads = 2] [unfiltered tiles a zoom = 20]
//
// Events: 60 Gaussian clusters (sd 0.3 to 3 km) and a fifth of them uniform, in 40 x 40 km around New York, over five
// years. Tiles of 512 pixels that hold the middle of a random event, zooms 10 to 16, radius 500 m.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "engine/events/local_time.h"
#include "tiles/heat/heat_scale.h"
#include "tiles/heat/heat_surface.h"
#include "tiles/pyramid/mercator.h"

namespace {

using namespace gridloom;

constexpr std::int64_t kDay = kSecondsPerDay, kYears = 5 * 365 * kDay, kStart = 18262 * kDay;  // 2020-01-01
constexpr double kHalf_mm = 20e6;

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

EventTable make_events(std::size_t n) {
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> anywhere(-kHalf_mm, kHalf_mm);
  std::normal_distribution<double> normal;
  struct Cluster {
    double x, y, sd;
  };
  std::vector<Cluster> clusters(60);
  for (Cluster& c : clusters)
    c = {anywhere(random), anywhere(random), 3e5 * std::pow(10, std::abs(anywhere(random)) / kHalf_mm)};
  EventTable t;
  const std::size_t words[] = {40, 300, 12, 4, 3};
  StringColumn* columns[] = {&t.category, &t.subcategory, &t.agency, &t.severity, &t.status};
  for (std::size_t f = 0; f < 5; ++f)
    for (std::size_t w = 0; w < words[f]; ++w) columns[f]->values.push_back("word" + std::to_string(w));
  for (std::size_t i = 0; i < n; ++i) {
    const Cluster& c = clusters[random() % clusters.size()];
    const bool loose = random() % 5 == 0;
    const double x = loose ? anywhere(random) : c.x + c.sd * normal(random);
    const double y = loose ? anywhere(random) : c.y + c.sd * normal(random);
    t.at.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
    t.id.push_back(std::to_string(100'000'000 + i));
    t.occurred_at.push_back({kStart + static_cast<std::int64_t>(random() % kYears), true});
    t.closed_at.push_back(kUnknownTime);
    for (std::size_t f = 0; f < 5; ++f) columns[f]->of_row.push_back(static_cast<std::uint32_t>(random() % words[f]));
  }
  return t;
}

PixelWindow tile_around(const Lattice& lattice, Point at, unsigned z) {
  const Mercator m = to_mercator(lattice, std::span(&at, 1))[0];
  const double n = std::exp2(z);
  const auto x = static_cast<std::int64_t>((m.x / kMercatorHalf + 1) / 2 * n);
  const auto y = static_cast<std::int64_t>((1 - m.y / kMercatorHalf) / 2 * n);
  return {z + 9, x * 512, y * 512, 512, 512};
}

void report(const char* what, std::vector<double> times, std::size_t events, unsigned threads) {
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return 1e3 * times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  std::printf(
      "{\"measure\": \"%s\", \"events\": %zu, \"threads\": %u, \"tiles\": %zu, \"p50_ms\": %.1f, \"p95_ms\": %.1f, "
      "\"max_ms\": %.1f}\n",
      what, events, threads, times.size(), at(0.5), at(0.95), at(1));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t n = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  const auto threads = static_cast<unsigned>(argc > 2 ? std::atoi(argv[2]) : 2);
  const int tiles = argc > 3 ? std::atoi(argv[3]) : 20;
  const Lattice lattice{"EPSG:32618", 585000, 4507000};
  EventStore store;
  std::vector<Point> places;
  {
    const EventTable table = make_events(n);
    places.assign(table.at.begin(), table.at.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(n, 1000)));
    const std::vector<FaceId> faces(n, 1);
    const double took = seconds_of([&] { store = store.appended(table, faces); });
    std::printf("{\"measure\": \"build store\", \"events\": %zu, \"seconds\": %.1f, \"bytes_per_event\": %.1f}\n", n,
                took, static_cast<double>(store.bytes()) / static_cast<double>(n));
  }
  std::unique_ptr<HeatSurface> heat;
  const double projected = seconds_of([&] { heat = std::make_unique<HeatSurface>(store, lattice, nullptr, threads); });
  std::printf("{\"measure\": \"project\", \"events\": %zu, \"threads\": %u, \"seconds\": %.1f}\n", n, threads,
              projected);
  std::fflush(stdout);
  const HeatScale scale = scale_for(1e4, 1);
  std::mt19937 random(1);
  const auto tile = [&](const EventFilter& filter, unsigned z) {
    const PixelWindow window = tile_around(lattice, places[random() % places.size()], z);
    return seconds_of([&] { heat_png(heat->density(filter, 500, window, threads), 512, scale); });
  };
  std::vector<double> slice, night, all;
  for (int i = 0; i < 70; ++i) {
    const std::int64_t from = kStart + static_cast<std::int64_t>(random() % (kYears - 30 * kDay));
    EventFilter filter;
    filter.from = from;
    filter.to = from + 30 * kDay;
    slice.push_back(tile(filter, 10 + static_cast<unsigned>(i) % 7));
    filter.hours = hours_between(22, 4);
    filter.categories = {"word1", "word2", "word3"};
    night.push_back(tile(filter, 10 + static_cast<unsigned>(i) % 7));
  }
  report("30 days, zooms 10-16", slice, n, threads);
  report("30 days, nights, 3 categories, zooms 10-16", night, n, threads);
  for (unsigned z = 10; z <= 16; ++z) {
    all.clear();
    for (int i = 0; i < tiles; ++i) all.push_back(tile({}, z));
    report(("unfiltered, zoom " + std::to_string(z)).c_str(), all, n, threads);
  }
  return 0;
}
