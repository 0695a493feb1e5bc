// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/first_plan.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "engine/districting/district_search.h"

namespace gridloom {
namespace {

struct Border {
  double length = 0;
  double soft = 0;  // length x (1 - support)
};

// A first plan by greedy agglomeration: long, little supported borders are dissolved first.
class Agglomerator {
 public:
  Agglomerator(const AtomGraph& g, HouseholdBand band) : band_(band), ideal_(std::sqrt(band.min * band.max)) {
    const std::size_t n = g.households.size();
    part_.resize(n);
    std::iota(part_.begin(), part_.end(), 0u);
    households_ = g.households;
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
    renumber(part_);
    return std::move(part_);
  }

 private:
  // The smallest part that still wants ground merges first.
  void agglomerate() {
    std::set<std::pair<double, std::uint32_t>> wanting;
    for (std::uint32_t p = 0; p < households_.size(); ++p)
      if (households_[p] < ideal_) wanting.emplace(households_[p], p);
    while (!wanting.empty()) {
      const std::uint32_t p = wanting.begin()->second;
      wanting.erase(wanting.begin());
      const auto q = best_partner(p);
      if (!q) continue;
      wanting.erase({households_[*q], *q});
      merge(p, *q);
      if (households_[p] < ideal_) wanting.emplace(households_[p], p);
    }
  }

  // A part below the minimum may fill a neighbour up to the maximum; one inside the band only up to a little over the
  // ideal, so that the small ones left over later find room.
  std::optional<std::uint32_t> best_partner(std::uint32_t p) const {
    const double limit = households_[p] < band_.min ? band_.max : 1.2 * ideal_;
    double perimeter = 0;
    for (const auto& [q, border] : borders_[p]) perimeter += border.length;
    std::optional<std::uint32_t> best;
    double best_score = 0;
    for (const auto& [q, border] : borders_[p]) {
      const double sum = households_[p] + households_[q];
      if (sum > limit && households_[p] > 0) continue;
      // Mostly the share of soft border dissolved; among equals the partner that needs households most.
      const double score = border.soft / perimeter - 0.3 * std::max(0.0, sum - ideal_) / band_.max;
      if (!best || score > best_score) {
        best = q;
        best_score = score;
      }
    }
    return best;
  }

  void merge(std::uint32_t p, std::uint32_t q) {
    households_[p] += households_[q];
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
    households_[q] = 0;
  }

  HouseholdBand band_;
  double ideal_;
  std::vector<std::uint32_t> part_;
  std::vector<double> households_;                        // per part
  std::vector<std::map<std::uint32_t, Border>> borders_;  // per part, during agglomeration
  std::vector<std::vector<std::uint32_t>> members_;
};

// Connected pieces of equal home, numbered by their lowest vertex.
std::vector<std::uint32_t> pieces_of(const AtomGraph& g, std::span<const Label> home) {
  std::vector<std::uint32_t> root(g.households.size());
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](std::uint32_t v) {
    while (root[v] != v) v = root[v] = root[root[v]];
    return v;
  };
  for (const AtomEdge& e : g.edges)
    if (home[e.a] == home[e.b]) {
      const std::uint32_t a = find(e.a), b = find(e.b);
      root[std::max(a, b)] = std::min(a, b);
    }
  for (std::uint32_t v = 0; v < root.size(); ++v) root[v] = find(v);
  return root;
}

}  // namespace

std::vector<std::uint32_t> agglomerated_plan(const AtomGraph& g, HouseholdBand band) {
  return Agglomerator(g, band).run();
}

std::vector<std::uint32_t> todays_plan(const AtomGraph& g, std::span<const Label> home) {
  std::vector<std::uint32_t> part = pieces_of(g, home);
  std::vector<double> households(part.size(), 0);
  for (std::uint32_t v = 0; v < part.size(); ++v) households[part[v]] += g.households[v];
  std::map<Label, std::uint32_t> seat;  // of each grid, the piece that carries it on
  for (std::uint32_t v = 0; v < part.size(); ++v)
    if (home[v] != kGap) {
      const auto [at, first] = seat.try_emplace(home[v], part[v]);
      if (!first && households[part[v]] > households[at->second]) at->second = part[v];
    }
  std::vector<char> settled(part.size(), 0);
  for (const auto& [grid, piece] : seat) settled[piece] = 1;
  for (;;) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> soft;  // loose piece, settled part -> border
    for (const AtomEdge& e : g.edges) {
      const std::uint32_t a = part[e.a], b = part[e.b];
      if (settled[a] != settled[b])
        soft[settled[a] ? std::pair(b, a) : std::pair(a, b)] += e.length_m * (1 - e.support);
    }
    std::map<std::uint32_t, std::pair<double, std::uint32_t>> host;
    for (const auto& [pair, length] : soft) {
      const auto [at, first] = host.try_emplace(pair.first, length, pair.second);
      if (!first && length > at->second.first) at->second = {length, pair.second};
    }
    if (host.empty()) {
      renumber(part);
      return part;
    }
    for (std::uint32_t& p : part)
      if (const auto at = host.find(p); at != host.end()) p = at->second.second;
  }
}

}  // namespace gridloom
