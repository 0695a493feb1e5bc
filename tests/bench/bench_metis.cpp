// SPDX-License-Identifier: Apache-2.0
// Districting of a fused city's atoms beside the best of 200 runs of METIS. Arguments: a project file. One line of JSON
// per number of parts.
#include <metis.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>
#include <set>

#include "engine/arrangement/faces.h"
#include "engine/districting/district_search.h"
#include "engine/districting/districting.h"
#include "engine/io/project/project_file.h"

namespace {

using namespace gridloom;

constexpr int kRuns = 200;

// The largest component of the atoms that share an arc, weighted by people and one more; every edge costs 1.
DistrictGraph graph_of(const City& city) {
  const Arrangement& m = city.arrangement;
  std::set<std::pair<FaceId, FaceId>> pairs;
  for (const Arc& a : m.arcs)
    if (a.left != kOutside && a.right != kOutside && a.left != a.right) pairs.insert(std::minmax(a.left, a.right));
  std::vector<FaceId> root(m.face_count);
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](FaceId f) {
    while (root[f] != f) f = root[f] = root[root[f]];
    return f;
  };
  for (const auto& [a, b] : pairs) root[find(a)] = find(b);
  std::map<FaceId, std::size_t> size;
  for (FaceId f = 1; f < m.face_count; ++f) ++size[find(f)];
  const FaceId largest = std::max_element(size.begin(), size.end(), [](const auto& a, const auto& b) {
                           return a.second < b.second;
                         })->first;
  std::vector<std::uint32_t> vertex(m.face_count, 0);
  DistrictGraph g;
  for (FaceId f = 1; f < m.face_count; ++f)
    if (find(f) == largest) {
      vertex[f] = static_cast<std::uint32_t>(g.weight.size());
      g.weight.push_back(1 + std::llround(city.population[f]));
    }
  for (const auto& [a, b] : pairs)
    if (find(a) == largest) g.edges.push_back({vertex[a], vertex[b], 1});
  return g;
}

struct Peer {
  std::int64_t cut = INT64_MAX;
  std::int64_t heaviest = 0, lightest = 0;  // parts of the best run
  int connected = 0;                        // runs all of whose parts were
  double seconds = 0;
};

bool all_connected(const DistrictGraph& g, const std::vector<idx_t>& part, idx_t parts) {
  std::vector<std::uint32_t> root(part.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](std::uint32_t v) {
    while (root[v] != v) v = root[v] = root[root[v]];
    return v;
  };
  for (const DistrictEdge& e : g.edges)
    if (part[e.a] == part[e.b]) root[find(e.a)] = find(e.b);
  idx_t pieces = 0;
  for (std::uint32_t v = 0; v < root.size(); ++v) pieces += find(v) == v;
  return pieces == parts;
}

Peer metis(const DistrictGraph& g, idx_t parts, int tolerance_per_mille) {
  const DistrictAdjacency adjacency(g);
  std::vector<idx_t> first(adjacency.first.begin(), adjacency.first.end()), to,
      weight(g.weight.begin(), g.weight.end());
  for (const auto& link : adjacency.links) to.push_back(static_cast<idx_t>(link.to));
  Peer out;
  const auto start = std::chrono::steady_clock::now();
  for (int seed = 1; seed <= kRuns; ++seed) {
    idx_t options[METIS_NOPTIONS], n = static_cast<idx_t>(g.weight.size()), constraints = 1, cut = 0;
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = seed;
    options[METIS_OPTION_CONTIG] = 1;
    options[METIS_OPTION_UFACTOR] = tolerance_per_mille;
    std::vector<idx_t> part(g.weight.size());
    METIS_PartGraphKway(&n, &constraints, first.data(), to.data(), weight.data(), nullptr, nullptr, &parts, nullptr,
                        nullptr, options, &cut, part.data());
    std::vector<std::int64_t> sum(static_cast<std::size_t>(parts), 0);
    for (std::size_t v = 0; v < part.size(); ++v) sum[static_cast<std::size_t>(part[v])] += g.weight[v];
    out.connected += all_connected(g, part, parts);
    if (cut < out.cut) {
      out.cut = cut;
      out.heaviest = *std::max_element(sum.begin(), sum.end());
      out.lightest = *std::min_element(sum.begin(), sum.end());
    }
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const DistrictGraph g = graph_of(read_project(argv[1]));
  for (const idx_t parts : {8, 32, 128}) {
    const Peer peer = metis(g, parts, 30);
    DistrictingOptions o;
    o.parts = static_cast<std::size_t>(parts);
    o.effort = static_cast<std::uint64_t>(5e6 * peer.seconds);
    o.seconds = peer.seconds;
    const auto start = std::chrono::steady_clock::now();
    const Districting ours = district(g, {peer.lightest, peer.heaviest}, o);  // its own balance at least
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::printf(
        "{\"vertices\": %zu, \"edges\": %zu, \"parts\": %d, \"metis_cut\": %lld, \"metis_seconds\": %.2f, "
        "\"metis_connected\": %d, \"cut\": %lld, \"violation\": %lld, \"seconds\": %.2f}\n",
        g.weight.size(), g.edges.size(), static_cast<int>(parts), static_cast<long long>(peer.cut), peer.seconds,
        peer.connected, static_cast<long long>(ours.cut), static_cast<long long>(ours.violation), seconds);
    std::fflush(stdout);
  }
}
