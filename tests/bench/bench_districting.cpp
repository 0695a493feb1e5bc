// SPDX-License-Identifier: Apache-2.0
// The published districting instances beside their proven optima. Arguments: a folder of *.graph files, seconds per
// run, number of seeds.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/districting/districting.h"
#include "unit/support/metis_graph.h"

int main(int argc, char** argv) {
  using namespace gridloom;
  const std::string folder = argc > 1 ? argv[1] : "tests/data/districting";
  const int seeds = argc > 2 ? std::atoi(argv[2]) : 5;
  struct Instance {
    const char* name;
    std::size_t parts;
    std::int64_t target;
    double seconds;
  };
  constexpr Instance kInstances[] = {{"NM_county", 3, 17, 10}, {"ID_county", 2, 10, 10}, {"WV_county", 3, 23, 10},
                                     {"LA_county", 6, 49, 10}, {"AL_county", 7, 55, 10}, {"AR_county", 4, 33, 10},
                                     {"NH_tract", 2, 26, 10},  {"UT_tract", 4, 79, 60}};
  std::printf("%-10s %5s %3s %7s %5s  %s\n", "graph", "n", "k", "target", "bound", "cut in seconds, per seed");
  bool all = true;
  for (const Instance& i : kInstances) {
    const DistrictGraph g = testing::read_metis_graph(folder + "/" + i.name + ".graph");
    const WeightLimits limits = testing::half_per_cent(g, i.parts);
    std::printf("%-10s %5zu %3zu %7lld ", i.name, g.weight.size(), i.parts, static_cast<long long>(i.target));
    std::int64_t bound = 0;
    std::string results;
    for (int seed = 1; seed <= seeds; ++seed) {
      DistrictingOptions o;
      o.parts = i.parts;
      o.seed = static_cast<std::uint64_t>(seed);
      o.effort = g.weight.size() < 100 ? 32'000'000 : g.weight.size() < 400 ? 4'000'000 : 24'000'000;
      o.seconds = i.seconds;
      const auto start = std::chrono::steady_clock::now();
      const Districting d = district(g, limits, o);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      bound = std::max(bound, d.lower_bound);
      const bool good = d.violation == 0 && d.cut <= i.target && seconds <= i.seconds * 1.05;
      all = all && good;
      char text[64];
      std::snprintf(text, sizeof text, " %s%lld%s%s/%.1f", good ? "" : "!", static_cast<long long>(d.cut),
                    d.violation ? "x" : "", d.proven ? "*" : "", seconds);
      results += text;
    }
    std::printf("%5lld %s\n", static_cast<long long>(bound), results.c_str());
    std::fflush(stdout);
  }
  return all ? 0 : 1;
}
