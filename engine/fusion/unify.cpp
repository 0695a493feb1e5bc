// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/unify.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "engine/parallel.h"

namespace gridloom {
namespace {

constexpr int kRefinementPasses = 8;

struct Border {
  double length = 0;
  double soft = 0;  // length x (1 - support)
};

class Regionaliser {
 public:
  Regionaliser(const AtomGraph& g, PeopleBand band) : graph_(g), band_(band), ideal_(std::sqrt(band.min * band.max)) {
    const std::size_t n = g.people.size();
    part_.resize(n);
    std::iota(part_.begin(), part_.end(), 0u);
    people_ = g.people;
    borders_.resize(n);
    incident_.resize(n);
    members_.resize(n);
    for (std::uint32_t v = 0; v < n; ++v) members_[v] = {v};
    for (std::uint32_t e = 0; e < g.edges.size(); ++e) {
      const AtomEdge& edge = g.edges[e];
      const Border b{edge.length_m, edge.length_m * (1 - edge.support)};
      borders_[edge.a][edge.b] = borders_[edge.b][edge.a] = b;
      incident_[edge.a].push_back(e);
      incident_[edge.b].push_back(e);
    }
  }

  std::vector<std::uint32_t> run() {
    agglomerate();
    for (int pass = 0; pass < kRefinementPasses; ++pass) {
      const bool mended = mend_short_parts();
      if (!smooth() && !mended) break;
    }
    return numbered();
  }

 private:
  // --- agglomeration ---

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

  // --- refinement: single vertices change sides ---

  // Does the part stay in one piece without v?
  bool connected_without(std::uint32_t v) {
    const std::uint32_t p = part_[v];
    if (members_[p].size() <= 1) return false;
    std::uint32_t start = v;
    for (std::uint32_t w : members_[p])
      if (w != v) {
        start = w;
        break;
      }
    std::set<std::uint32_t> seen{start};
    std::vector<std::uint32_t> stack{start};
    while (!stack.empty()) {
      const std::uint32_t u = stack.back();
      stack.pop_back();
      for (std::uint32_t e : incident_[u]) {
        const std::uint32_t w = other(e, u);
        if (w != v && part_[w] == p && seen.insert(w).second) stack.push_back(w);
      }
    }
    return seen.size() + 1 == members_[p].size();
  }

  std::uint32_t other(std::uint32_t e, std::uint32_t v) const {
    return graph_.edges[e].a == v ? graph_.edges[e].b : graph_.edges[e].a;
  }

  // How much the soft cut falls when v goes to part p.
  double gain(std::uint32_t v, std::uint32_t p) const {
    double g = 0;
    for (std::uint32_t e : incident_[v]) {
      const std::uint32_t q = part_[other(e, v)];
      const double soft = graph_.edges[e].length_m * (1 - graph_.edges[e].support);
      if (q == p) g += soft;
      if (q == part_[v]) g -= soft;
    }
    return g;
  }

  void move(std::uint32_t v, std::uint32_t p) {
    auto& old = members_[part_[v]];
    old.erase(std::find(old.begin(), old.end(), v));
    people_[part_[v]] -= graph_.people[v];
    part_[v] = p;
    people_[p] += graph_.people[v];
    members_[p].push_back(v);
  }

  // A short part takes border vertices from neighbours that can spare them.
  bool mend_short_parts() {
    bool any = false;
    for (std::uint32_t p = 0; p < people_.size(); ++p)
      while (!members_[p].empty() && people_[p] < band_.min && take_one(p)) any = true;
    return any;
  }

  bool take_one(std::uint32_t p) {
    std::vector<std::pair<double, std::uint32_t>> candidates;
    for (std::uint32_t u : members_[p])
      for (std::uint32_t e : incident_[u]) {
        const std::uint32_t v = other(e, u), q = part_[v];
        const double moved = graph_.people[v];
        if (q == p || moved <= 0 || people_[p] + moved > band_.max) continue;
        if (people_[q] - moved < std::min(band_.min, people_[q])) continue;
        candidates.emplace_back(-gain(v, p), v);
      }
    std::sort(candidates.begin(), candidates.end());
    for (const auto& [cost, v] : candidates)
      if (connected_without(v)) {
        move(v, p);
        return true;
      }
    return false;
  }

  // Vertices go where the soft cut falls, the band permitting.
  bool smooth() {
    bool any = false;
    for (std::uint32_t v = 0; v < part_.size(); ++v) {
      const std::uint32_t from = part_[v];
      std::optional<std::uint32_t> best;
      double best_gain = 1e-6;
      for (std::uint32_t e : incident_[v]) {
        const std::uint32_t p = part_[other(e, v)];
        if (p == from || !may_move(v, from, p)) continue;
        if (const double g = gain(v, p); g > best_gain) {
          best = p;
          best_gain = g;
        }
      }
      if (best && connected_without(v)) {
        move(v, *best);
        any = true;
      }
    }
    return any;
  }

  bool may_move(std::uint32_t v, std::uint32_t from, std::uint32_t to) const {
    const double moved = graph_.people[v];
    return moved == 0 || (people_[from] - moved >= band_.min && people_[to] + moved <= band_.max);
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

  const AtomGraph& graph_;
  PeopleBand band_;
  double ideal_;
  std::vector<std::uint32_t> part_;
  std::vector<double> people_;                            // per part
  std::vector<std::map<std::uint32_t, Border>> borders_;  // per part, during agglomeration
  std::vector<std::vector<std::uint32_t>> incident_;      // vertex -> edges
  std::vector<std::vector<std::uint32_t>> members_;
};

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

BandVerdict verdict(double people, std::size_t atoms, bool has_neighbour, PeopleBand band) {
  if (people >= band.min && people <= band.max) return BandVerdict::in_band;
  if (people == 0) return BandVerdict::uninhabited;
  if (people > band.max && atoms == 1) return BandVerdict::indivisible;
  return has_neighbour ? BandVerdict::surrounded : BandVerdict::isolated;
}

}  // namespace

std::vector<std::uint32_t> regionalise(const AtomGraph& graph, PeopleBand band) {
  return Regionaliser(graph, band).run();
}

Regions unify(const Arrangement& m, std::span<const Label> unit_of_face, std::size_t unit_count,
              std::span<const double> people, std::span<const std::uint64_t> support, std::size_t layer_count,
              const UnifyOptions& options, unsigned threads) {
  const PeopleBand band = people_band(options);
  const std::vector<Unit> units = unit_graphs(m, unit_of_face, unit_count, people, support, layer_count);
  std::vector<std::vector<std::uint32_t>> parts(unit_count);
  parallel_for(unit_count, threads, [&](std::size_t u) { parts[u] = regionalise(units[u].graph, band); });

  Regions out;
  out.grid_of_face.assign(m.face_count, kGap);
  for (std::size_t u = 0; u < unit_count; ++u) {
    const std::size_t grids = parts[u].empty() ? 0 : 1 + *std::max_element(parts[u].begin(), parts[u].end());
    std::vector<double> sum(grids, 0);
    std::vector<std::size_t> atoms(grids, 0);
    std::vector<char> neighbour(grids, 0);
    for (std::size_t v = 0; v < parts[u].size(); ++v) {
      out.grid_of_face[units[u].faces[v]] = static_cast<Label>(out.count + parts[u][v]);
      sum[parts[u][v]] += units[u].graph.people[v];
      ++atoms[parts[u][v]];
    }
    for (const AtomEdge& e : units[u].graph.edges)
      if (parts[u][e.a] != parts[u][e.b]) neighbour[parts[u][e.a]] = neighbour[parts[u][e.b]] = 1;
    for (std::size_t g = 0; g < grids; ++g) out.verdicts.push_back(verdict(sum[g], atoms[g], neighbour[g], band));
    out.count += grids;
  }
  return out;
}

}  // namespace gridloom
