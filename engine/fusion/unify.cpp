// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/unify.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "engine/fusion/districting.h"
#include "engine/parallel.h"

namespace gridloom {
namespace {

constexpr double kMilli = 1000;  // people are counted in thousandths, soft lengths in centimetres
constexpr double kCentimetres = 100;
constexpr std::uint64_t kLeastMoves = 20'000, kMovesPerVertex = 1'000;

struct Border {
  double length = 0;
  double soft = 0;  // length x (1 - support)
};

// A first plan by greedy agglomeration: long, little supported borders are dissolved first.
class Agglomerator {
 public:
  Agglomerator(const AtomGraph& g, PeopleBand band) : band_(band), ideal_(std::sqrt(band.min * band.max)) {
    const std::size_t n = g.people.size();
    part_.resize(n);
    std::iota(part_.begin(), part_.end(), 0u);
    people_ = g.people;
    borders_.resize(n);
    members_.resize(n);
    for (std::uint32_t v = 0; v < n; ++v) members_[v] = {v};
    for (const AtomEdge& edge : g.edges) {
      const Border b{edge.length_m, edge.length_m * (1 - edge.support)};
      borders_[edge.a][edge.b] = borders_[edge.b][edge.a] = b;
    }
  }

  std::vector<std::uint32_t> run() {
    agglomerate();
    return numbered();
  }

 private:
  // The smallest part that still wants ground merges first.
  void agglomerate() {
    std::set<std::pair<double, std::uint32_t>> wanting;
    for (std::uint32_t p = 0; p < people_.size(); ++p)
      if (people_[p] < ideal_) wanting.emplace(people_[p], p);
    while (!wanting.empty()) {
      const std::uint32_t p = wanting.begin()->second;
      wanting.erase(wanting.begin());
      const auto q = best_partner(p);
      if (!q) continue;
      wanting.erase({people_[*q], *q});
      merge(p, *q);
      if (people_[p] < ideal_) wanting.emplace(people_[p], p);
    }
  }

  // A part below the minimum may fill a neighbour up to the maximum; one inside the band only up to a little over the
  // ideal, so that the small ones left over later find room.
  std::optional<std::uint32_t> best_partner(std::uint32_t p) const {
    const double limit = people_[p] < band_.min ? band_.max : 1.2 * ideal_;
    double perimeter = 0;
    for (const auto& [q, border] : borders_[p]) perimeter += border.length;
    std::optional<std::uint32_t> best;
    double best_score = 0;
    for (const auto& [q, border] : borders_[p]) {
      const double sum = people_[p] + people_[q];
      if (sum > limit && people_[p] > 0) continue;
      // Mostly the share of soft border dissolved; among equals the partner that needs people most.
      const double score = border.soft / perimeter - 0.3 * std::max(0.0, sum - ideal_) / band_.max;
      if (!best || score > best_score) {
        best = q;
        best_score = score;
      }
    }
    return best;
  }

  void merge(std::uint32_t p, std::uint32_t q) {
    people_[p] += people_[q];
    for (std::uint32_t v : members_[q]) part_[v] = p;
    members_[p].insert(members_[p].end(), members_[q].begin(), members_[q].end());
    members_[q].clear();
    borders_[p].erase(q);
    for (const auto& [r, border] : borders_[q]) {
      if (r == p) continue;
      Border& sum = borders_[p][r];
      sum.length += border.length;
      sum.soft += border.soft;
      borders_[r].erase(q);
      borders_[r][p] = sum;
    }
    borders_[q].clear();
    people_[q] = 0;
  }

  std::vector<std::uint32_t> numbered() const {
    std::vector<std::uint32_t> number(part_.size(), UINT32_MAX), out(part_.size());
    std::uint32_t count = 0;
    for (std::size_t v = 0; v < part_.size(); ++v) {
      if (number[part_[v]] == UINT32_MAX) number[part_[v]] = count++;
      out[v] = number[part_[v]];
    }
    return out;
  }

  PeopleBand band_;
  double ideal_;
  std::vector<std::uint32_t> part_;
  std::vector<double> people_;                            // per part
  std::vector<std::map<std::uint32_t, Border>> borders_;  // per part, during agglomeration
  std::vector<std::vector<std::uint32_t>> members_;
};

// A border that a quarter of the departments draw costs nothing to follow.
double softness(double support) { return std::max(0.0, 1 - 4 * support); }

DistrictGraph district_graph(const AtomGraph& graph) {
  DistrictGraph g;
  for (double p : graph.people) g.weight.push_back(std::llround(kMilli * p));
  for (const AtomEdge& e : graph.edges)
    g.edges.push_back({e.a, e.b, std::llround(kCentimetres * e.length_m * softness(e.support))});
  return g;
}

struct Unit {
  std::vector<FaceId> faces;
  AtomGraph graph;
};

std::vector<Unit> unit_graphs(const Arrangement& m, std::span<const Label> unit_of_face, std::size_t unit_count,
                              std::span<const double> people, std::span<const std::uint64_t> support,
                              std::size_t layers) {
  std::vector<Unit> units(unit_count);
  std::vector<std::uint32_t> vertex(m.face_count, 0);
  for (FaceId f = 1; f < m.face_count; ++f) {
    if (unit_of_face[f] == kGap) continue;
    Unit& u = units[unit_of_face[f]];
    vertex[f] = static_cast<std::uint32_t>(u.faces.size());
    u.faces.push_back(f);
    u.graph.people.push_back(people[f]);
  }
  const std::vector<double> length = arc_lengths(m);
  std::map<std::pair<FaceId, FaceId>, AtomEdge> edges;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const FaceId f = std::min(m.arcs[a].left, m.arcs[a].right), g = std::max(m.arcs[a].left, m.arcs[a].right);
    if (f == kOutside || f == g || unit_of_face[f] == kGap || unit_of_face[f] != unit_of_face[g]) continue;
    AtomEdge& e = edges[{f, g}];
    e.length_m += length[a];
    e.support += length[a] * std::popcount(support[a]) / static_cast<double>(layers);
  }
  for (auto& [faces, e] : edges) {
    e.a = vertex[faces.first];
    e.b = vertex[faces.second];
    if (e.a > e.b) std::swap(e.a, e.b);
    e.support = e.length_m > 0 ? e.support / e.length_m : 0;
    units[unit_of_face[faces.first]].graph.edges.push_back(e);
  }
  return units;
}

BandVerdict verdict(double people, double heaviest_atom, bool has_neighbour, PeopleBand band) {
  if (people >= band.min && people <= band.max) return BandVerdict::in_band;
  if (people == 0) return BandVerdict::uninhabited;
  if (heaviest_atom > band.max) return BandVerdict::indivisible;
  return has_neighbour ? BandVerdict::surrounded : BandVerdict::isolated;
}

}  // namespace

Regionalised regionalise(const AtomGraph& graph, PeopleBand band, std::uint64_t seed, std::uint64_t moves_per_vertex) {
  const DistrictGraph g = district_graph(graph);
  const auto n = static_cast<double>(graph.people.size());
  // Rounded up and down so that sums of rounded people prove those of the exact ones.
  const WeightLimits limits{static_cast<std::int64_t>(std::ceil(kMilli * band.min + n / 2)),
                            static_cast<std::int64_t>(std::floor(kMilli * band.max - n / 2))};
  DistrictingOptions options;
  options.start = Agglomerator(graph, band).run();
  if (options.start.empty()) return {};
  options.parts = 1 + *std::max_element(options.start.begin(), options.start.end());
  options.seed = seed;
  options.effort = std::max<std::uint64_t>(kLeastMoves, moves_per_vertex * graph.people.size());
  Districting d = district(g, limits, options);
  if (d.violation > 0) {  // another number of grids may do better
    options.start = d.part_of;
    options.parts = 0;
    if (Districting other = district(g, limits, options); other.violation < d.violation) d = std::move(other);
  }
  return {std::move(d.part_of), static_cast<double>(d.cut) / kCentimetres,
          static_cast<double>(d.lower_bound) / kCentimetres, d.proven};
}

Regions unify(const Arrangement& m, std::span<const Label> unit_of_face, std::size_t unit_count,
              std::span<const double> people, std::span<const std::uint64_t> support, std::size_t layer_count,
              const UnifyOptions& options, unsigned threads) {
  const PeopleBand band = people_band(options);
  const std::vector<Unit> units = unit_graphs(m, unit_of_face, unit_count, people, support, layer_count);
  std::vector<std::vector<std::uint32_t>> parts(unit_count);
  Regions out;
  out.units.resize(unit_count);
  parallel_for(unit_count, threads, [&](std::size_t u) {
    Regionalised r = regionalise(units[u].graph, band, options.seed, kMovesPerVertex);
    parts[u] = std::move(r.part_of);
    out.units[u] = {r.soft_cut_m, r.lower_bound_m, r.proven};
  });

  out.grid_of_face.assign(m.face_count, kGap);
  for (std::size_t u = 0; u < unit_count; ++u) {
    const std::size_t grids = parts[u].empty() ? 0 : 1 + *std::max_element(parts[u].begin(), parts[u].end());
    std::vector<double> sum(grids, 0);
    std::vector<double> heaviest(grids, 0);
    std::vector<char> neighbour(grids, 0);
    for (std::size_t v = 0; v < parts[u].size(); ++v) {
      out.grid_of_face[units[u].faces[v]] = static_cast<Label>(out.count + parts[u][v]);
      sum[parts[u][v]] += units[u].graph.people[v];
      heaviest[parts[u][v]] = std::max(heaviest[parts[u][v]], units[u].graph.people[v]);
    }
    for (const AtomEdge& e : units[u].graph.edges)
      if (parts[u][e.a] != parts[u][e.b]) neighbour[parts[u][e.a]] = neighbour[parts[u][e.b]] = 1;
    for (std::size_t g = 0; g < grids; ++g) out.verdicts.push_back(verdict(sum[g], heaviest[g], neighbour[g], band));
    out.count += grids;
  }
  return out;
}

}  // namespace gridloom
