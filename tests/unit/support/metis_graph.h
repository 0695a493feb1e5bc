// SPDX-License-Identifier: Apache-2.0
// Graphs in the format of METIS with vertex weights: "n m 010", then per vertex its weight and its neighbours from 1.
#pragma once

#include <fstream>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>

#include "engine/districting/districting.h"

namespace gridloom::testing {

inline DistrictGraph read_metis_graph(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error(file + ": cannot be read");
  std::size_t n = 0, m = 0;
  std::istringstream(line) >> n >> m;
  DistrictGraph g;
  for (std::uint32_t v = 0; v < n && std::getline(in, line); ++v) {
    std::istringstream row(line);
    row >> g.weight.emplace_back();
    for (std::uint32_t w = 0; row >> w;)
      if (w > v + 1) g.edges.push_back({v, w - 1, 1});
  }
  if (g.weight.size() != n || g.edges.size() != m) throw std::runtime_error(file + ": is not complete");
  return g;
}

// Within half a per cent of the mean.
inline WeightLimits half_per_cent(const DistrictGraph& g, std::size_t parts) {
  const std::int64_t total = std::accumulate(g.weight.begin(), g.weight.end(), std::int64_t{0});
  const auto k = static_cast<std::int64_t>(parts);
  return {(995 * total + 1000 * k - 1) / (1000 * k), 1005 * total / (1000 * k)};
}

}  // namespace gridloom::testing
