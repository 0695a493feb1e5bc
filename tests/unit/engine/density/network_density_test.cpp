// SPDX-License-Identifier: Apache-2.0
#include "engine/density/network_density.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace gridloom {
namespace {

struct Graph {
  std::vector<Street> streets;
  std::vector<StreetEvent> events;
};

// Up to nine nodes with streets between any two, loops and parallels among them.
Graph random_graph(std::mt19937_64& random) {
  std::uniform_real_distribution<double> length(30, 160), share(0, 1);
  Graph g;
  const auto nodes = static_cast<std::uint32_t>(2 + random() % 8);
  for (std::size_t s = 0, n = 3 + random() % 9; s < n; ++s)
    g.streets.push_back(
        {static_cast<std::uint32_t>(random() % nodes), static_cast<std::uint32_t>(random() % nodes), length(random)});
  for (int e = 0; e < 4; ++e) {
    const auto street = static_cast<std::uint32_t>(random() % g.streets.size());
    const double at = e == 0 ? 0 : e == 1 ? 1 : share(random);  // nodes too
    g.events.push_back({street, at * g.streets[street].length_m, 1 + share(random)});
  }
  return g;
}

double kernel_at(Kernel kernel, double u) {
  const double v = std::max(0.0, 1 - u * u);
  if (kernel == Kernel::epanechnikov) return 0.75 * v;
  return kernel == Kernel::quartic ? 15.0 / 16 * v * v : 35.0 / 32 * v * v * v;
}

// The definition at one place: over all walks from the events that pass it, the walk's share times the kernel of its
// length. Exponential, street by street.
double density_at(const Graph& g, const NetworkOptions& options, std::uint32_t street, double offset) {
  double sum = 0;
  for (const StreetEvent& event : g.events) {
    std::function<void(std::uint32_t, bool, double, double)> go = [&](std::uint32_t s, bool forward, double travelled,
                                                                      double share) {
      // Enters street s at its end; does it pass the place?
      const double length = g.streets[s].length_m;
      if (travelled >= options.bandwidth_m) return;
      if (s == street)
        sum += event.weight * share *
               kernel_at(options.kernel, (travelled + (forward ? offset : length - offset)) / options.bandwidth_m) /
               options.bandwidth_m;
      const std::uint32_t node = forward ? g.streets[s].to : g.streets[s].from;
      double degree = 0;
      for (const Street& other : g.streets) degree += (other.from == node) + (other.to == node);
      for (std::uint32_t t = 0; t < g.streets.size(); ++t)
        for (const bool onward : {true, false}) {
          if ((onward ? g.streets[t].from : g.streets[t].to) != node) continue;
          const bool back = t == s && onward != forward;
          double factor = 0;
          if (options.split == EqualSplit::continuous)
            factor = 2 / degree - (back ? 1 : 0);
          else if (degree == 1 || !back)
            factor = 1 / std::max(1.0, degree - 1);
          if (factor != 0) go(t, onward, travelled + length, share * factor);
        }
    };
    // As if the event had entered its street at a negative distance; the place counts where it lies ahead.
    const double length = g.streets[event.street].length_m;
    go(event.street, true, -event.offset_m, 1);
    go(event.street, false, event.offset_m - length, 1);
    if (event.street == street) {  // counted by both courses, once it lies behind
      const double u = std::abs(offset - event.offset_m) / options.bandwidth_m;
      sum -= event.weight * kernel_at(options.kernel, u) / options.bandwidth_m;
    }
  }
  return sum * 1000;
}

TEST(NetworkDensity, EqualsTheDefinitionOnRandomGraphs) {
  std::mt19937_64 random(19);
  for (int round = 0; round < 50; ++round) {
    const Graph g = random_graph(random);
    for (const EqualSplit split : {EqualSplit::discontinuous, EqualSplit::continuous}) {
      const Kernel kernel = round % 2 ? Kernel::quartic : Kernel::epanechnikov;
      const NetworkOptions options{kernel, split, 150, 0.5};  // pieces so short that their mean is their middle's value
      const NetworkDensity density = network_density(g.streets, g.events, options);
      for (std::uint32_t s = 0; s < g.streets.size(); ++s) {
        const std::size_t count = density.start[s + 1] - density.start[s];
        const double piece = g.streets[s].length_m / static_cast<double>(count);
        for (std::size_t k = 1; k < count; k += 41) {
          const double middle = (static_cast<double>(k) + 0.5) * piece;
          if (std::any_of(g.events.begin(), g.events.end(), [&](const StreetEvent& e) {
                return e.street == s && std::abs(e.offset_m - middle) <= piece;
              }))
            continue;
          ASSERT_NEAR(density.values[density.start[s] + k], density_at(g, options, s, middle), 0.01)
              << "round " << round << " street " << s << " piece " << k;
        }
      }
    }
  }
}

TEST(NetworkDensity, HoldsTheWeightsAsMass) {
  std::mt19937_64 random(29);
  for (int round = 0; round < 50; ++round) {
    const Graph g = random_graph(random);
    double weights = 0;
    for (const StreetEvent& e : g.events) weights += e.weight;
    for (const EqualSplit split : {EqualSplit::discontinuous, EqualSplit::continuous})
      for (const double least_share : {0.0, 0.01})
        for (const Kernel kernel : {Kernel::uniform, Kernel::epanechnikov, Kernel::quartic, Kernel::triweight}) {
          const NetworkDensity density = network_density(g.streets, g.events, {kernel, split, 220, 17, least_share});
          double mass = 0;
          for (std::size_t s = 0; s < g.streets.size(); ++s)
            for (std::size_t p = density.start[s]; p < density.start[s + 1]; ++p)
              mass += density.values[p] * g.streets[s].length_m / 1000 /
                      static_cast<double>(density.start[s + 1] - density.start[s]);
          ASSERT_NEAR(mass, weights, 1e-9 * weights) << round;
        }
  }
}

// A cross of four streets, an event 10 m before the junction.
TEST(NetworkDensity, SplitsAtAJunctionByHand) {
  const std::vector<Street> cross{{0, 4, 100}, {4, 1, 100}, {4, 2, 100}, {4, 3, 100}};
  const std::vector<StreetEvent> event{{0, 90, 1}};
  const NetworkOptions flat{Kernel::uniform, EqualSplit::discontinuous, 50, 10};
  const auto discontinuous = network_density(cross, event, flat);
  EXPECT_NEAR(discontinuous.values[discontinuous.start[1]], 10.0 / 3, 1e-9);  // 1/(2 * 50 m) is 10 per km
  EXPECT_NEAR(discontinuous.values[9], 10, 1e-9);
  auto options = flat;
  options.split = EqualSplit::continuous;
  const auto continuous = network_density(cross, event, options);
  for (const std::size_t street : {1u, 2u, 3u}) EXPECT_NEAR(continuous.values[continuous.start[street]], 5, 1e-9);
  EXPECT_NEAR(continuous.values[9], 5, 1e-9);  // no jump: half of it ran back
}

TEST(NetworkDensity, SameBitsForAnyOrder) {
  std::mt19937_64 random(2);
  Graph g = random_graph(random);
  const auto once = network_density(g.streets, g.events, {});
  std::reverse(g.events.begin(), g.events.end());
  EXPECT_EQ(network_density(g.streets, g.events, {}).values, once.values);
}

TEST(NetworkDensity, RefusesWhatHasNoMeaning) {
  const std::vector<Street> street{{0, 1, 10}}, none{{0, 1, 0}};
  const std::vector<StreetEvent> beyond{{0, 11, 1}}, elsewhere{{1, 0, 1}};
  EXPECT_THROW(network_density(none, {}, {}), std::invalid_argument);
  EXPECT_THROW(network_density(street, beyond, {}), std::invalid_argument);
  EXPECT_THROW(network_density(street, elsewhere, {}), std::invalid_argument);
  EXPECT_THROW(network_density(street, {}, {Kernel::gaussian}), std::invalid_argument);
}

}  // namespace
}  // namespace gridloom
