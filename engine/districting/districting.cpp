// SPDX-License-Identifier: Apache-2.0
#include "engine/districting/districting.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "engine/districting/district_bound.h"
#include "engine/districting/district_exact.h"
#include "engine/districting/district_search.h"

namespace gridloom {
namespace {

constexpr std::size_t kExact = 25, kBounded = 58;  // vertices
constexpr std::size_t kCoarse = 800;               // vertices that annealing takes in its stride
constexpr std::size_t kElites = 8;
constexpr std::uint64_t kCycle = 100;  // moves per vertex that a cycle has at least
constexpr std::uint64_t kDown = 6;     // eighths of the moves that a level leaves to the coarser ones
constexpr std::size_t kPatience = 12;  // cycles without a better plan

void check(const DistrictGraph& g, const DistrictingOptions& o) {
  const std::size_t n = g.weight.size();
  for (const DistrictEdge& e : g.edges)
    if (e.a >= n || e.b >= n || e.a == e.b || e.cost < 0)
      throw std::invalid_argument("districting: an edge joins no two vertices of the graph, or costs less than 0");
  for (std::int64_t w : g.weight)
    if (w < 0) throw std::invalid_argument("districting: a vertex weighs less than 0");
  if (!o.start.empty() && o.start.size() != n)
    throw std::invalid_argument("districting: the plan to start from has another number of vertices");
  if (!o.moved.empty() && (o.start.empty() || o.moved.size() != n))
    throw std::invalid_argument("districting: costs of moving need a plan to start from");
  for (std::uint32_t p : o.start)
    if (p >= n) throw std::invalid_argument("districting: parts of a plan are numbered below the number of vertices");
}

DistrictHome home_of(const DistrictingOptions& o) {
  return o.moved.empty() ? DistrictHome{} : DistrictHome{o.start, o.moved};
}

struct Coarse {
  DistrictGraph graph;
  std::vector<std::uint32_t> cluster;  // [fine vertex]
};

class Search {
 public:
  Search(const DistrictGraph& g, WeightLimits limits, const DistrictingOptions& o)
      : g_(g), limits_(limits), options_(o), adjacency_(g), random_(o.seed), home_(home_of(o)) {
    double sum = 0;
    for (const DistrictEdge& e : g.edges) sum += static_cast<double>(e.cost);
    unit_ = g.edges.empty() ? 1 : std::max(sum / static_cast<double>(g.edges.size()), 1e-3);
    if (!home_.cost.empty()) {
      double leaving = 0;
      for (std::int64_t c : home_.cost) leaving += static_cast<double>(c);
      home_unit_ = std::max(unit_, leaving / static_cast<double>(home_.cost.size()));
    }
    left_ = o.effort > 0 ? o.effort : std::max<std::uint64_t>(200'000, 2'000 * g.weight.size());
    if (o.seconds > 0)
      deadline_.at = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                            std::chrono::duration<double>(o.seconds));
    deadline_.cancelled = &o.cancelled;
    parts_ = o.parts > 0 ? o.parts : likely_parts();
  }

  DistrictPlan run() {
    const std::uint64_t cycle = std::max<std::uint64_t>({50'000, left_ / 64, kCycle * g_.weight.size()});
    DistrictPlan best;
    bool first = true;
    std::size_t stale = 0;
    while (left_ > 0 && (first || !deadline_.over())) {
      const std::uint64_t moves = std::min(left_, cycle);
      DistrictPlan plan = elites_.size() < 3 || random_.below(4) == 0 ? fresh(moves, first) : recombined(moves);
      if (first || plan.better_than(best)) best = plan;
      first = false;
      stale = elites_.empty() || plan.better_than(elites_.front()) ? 0 : stale + 1;
      keep(std::move(plan));
      if (stale == kPatience) elites_.clear();  // this line of plans has run out; another may lead farther
      left_ -= moves;
    }
    return best;
  }

 private:
  std::size_t likely_parts() const {
    const double total = static_cast<double>(std::accumulate(g_.weight.begin(), g_.weight.end(), std::int64_t{0}));
    const double ideal = std::sqrt(std::max(1.0, static_cast<double>(limits_.min)) * static_cast<double>(limits_.max));
    return static_cast<std::size_t>(std::max(1.0, std::round(total / std::max(1.0, ideal))));
  }

  DistrictCycle cycle(double hot, double cold, std::uint64_t moves) const {
    return {options_.parts == 0, hot, cold, unit_, moves};
  }

  // Who leaves home weighs more than what is cut: now the one is sought, now the other.
  DistrictCycle cycle_from_home(double hot, std::uint64_t moves) {
    return {options_.parts == 0, hot, 0.08, random_.below(3) == 0 ? unit_ : home_unit_, moves};
  }

  DistrictPlan fresh(std::uint64_t moves, bool first) {
    if (!options_.start.empty() && (first || !home_.part.empty()))
      return polished(measured(g_, limits_, home_, options_.start), 1.0, moves);
    if (g_.weight.size() > kCoarse) return multilevel(g_, {}, moves, 2.0);
    const auto start = measured(g_, limits_, home_, grown_plan(g_, adjacency_, parts_, random_));
    return anneal(g_, adjacency_, limits_, home_, start, cycle(4.0, 0.15, moves), random_, deadline_);
  }

  DistrictPlan polished(const DistrictPlan& plan, double hot, std::uint64_t moves) {
    if (!home_.part.empty())
      return anneal(g_, adjacency_, limits_, home_, plan, cycle_from_home(hot, moves), random_, deadline_);
    if (g_.weight.size() > kCoarse) return multilevel(g_, plan.part_of, moves, hot);
    return anneal(g_, adjacency_, limits_, {}, plan, cycle(hot, 0.08, moves), random_, deadline_);
  }

  // What two good plans agree on stays together at first.
  DistrictPlan recombined(std::uint64_t moves) {
    const std::size_t i = random_.below(elites_.size());
    std::size_t j = random_.below(elites_.size() - 1);
    if (j >= i) ++j;
    const DistrictPlan& better = elites_[std::min(i, j)];
    if (!home_.part.empty()) return polished(better, 0.7, moves);
    std::vector<std::uint32_t> cluster = common(elites_[i].part_of, elites_[j].part_of);
    const std::size_t count = renumber(cluster);
    DistrictPlan plan = better;
    if (count > 2 && count < g_.weight.size()) {
      const DistrictGraph small = contracted(g_, cluster, count);
      std::vector<std::uint32_t> start(count);
      for (std::size_t v = 0; v < cluster.size(); ++v) start[cluster[v]] = better.part_of[v];
      renumber(start);
      const auto coarse = anneal(small, DistrictAdjacency(small), limits_, {}, measured(small, limits_, {}, start),
                                 cycle(2.0, 0.3, moves / 4), random_, deadline_);
      std::vector<std::uint32_t> part(cluster.size());
      for (std::size_t v = 0; v < part.size(); ++v) part[v] = coarse.part_of[cluster[v]];
      plan = measured(g_, limits_, home_, std::move(part));
    }
    return polished(plan, 0.3 + 0.1 * random_.below(10), moves - moves / 4);
  }

  // The connected pieces that are one part in both plans.
  std::vector<std::uint32_t> common(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) const {
    std::vector<std::uint32_t> parent(a.size());
    std::iota(parent.begin(), parent.end(), 0u);
    const auto find = [&](std::uint32_t v) {
      while (parent[v] != v) v = parent[v] = parent[parent[v]];
      return v;
    };
    for (const DistrictEdge& e : g_.edges)
      if (a[e.a] == a[e.b] && b[e.a] == b[e.b]) parent[find(e.a)] = find(e.b);
    std::vector<std::uint32_t> out(a.size());
    for (std::uint32_t v = 0; v < out.size(); ++v) out[v] = find(v);
    return out;
  }

  // Pairs of vertices joined by dear edges; with a plan, only within its parts.
  Coarse coarsen(const DistrictGraph& g, const DistrictAdjacency& adjacency, const std::vector<std::uint32_t>& plan) {
    const auto n = static_cast<std::uint32_t>(g.weight.size());
    const std::int64_t total = std::accumulate(g.weight.begin(), g.weight.end(), std::int64_t{0});
    const auto heaviest = std::max<std::int64_t>(
        1, std::min<std::int64_t>(limits_.max / 4, 8 * total / std::max<std::int64_t>(n, 1) + total / 400));
    std::vector<std::uint32_t> order(n), mate(n);
    std::iota(order.begin(), order.end(), 0u);
    std::iota(mate.begin(), mate.end(), 0u);
    for (std::uint32_t i = n; i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    for (std::uint32_t v : order) {
      if (mate[v] != v) continue;
      double best = 0;
      for (const auto& link : adjacency.of(v)) {
        const std::int64_t weight = g.weight[v] + g.weight[link.to];
        if (mate[link.to] != link.to || weight > heaviest || (!plan.empty() && plan[v] != plan[link.to])) continue;
        const double score =
            (static_cast<double>(link.cost) + 1e-3) / (static_cast<double>(weight) + static_cast<double>(heaviest) / 8);
        if (score > best) {
          best = score;
          mate[v] = link.to;
        }
      }
      mate[mate[v]] = v;
    }
    Coarse out;
    out.cluster.resize(n);
    for (std::uint32_t v = 0; v < n; ++v) out.cluster[v] = std::min(v, mate[v]);
    const std::size_t count = renumber(out.cluster);
    out.graph = contracted(g, out.cluster, count);
    return out;
  }

  DistrictPlan multilevel(const DistrictGraph& g, const std::vector<std::uint32_t>& plan, std::uint64_t moves,
                          double hot) {
    const DistrictAdjacency adjacency(g);
    const std::size_t n = g.weight.size();
    const auto start_here = [&] {
      return measured(g, limits_, {}, plan.empty() ? grown_plan(g, adjacency, parts_, random_) : plan);
    };
    if (n <= std::max(kCoarse, 4 * parts_))
      return anneal(g, adjacency, limits_, {}, start_here(), cycle(hot, 0.15, moves), random_, deadline_);
    const Coarse coarse = coarsen(g, adjacency, plan);
    const std::size_t count = coarse.graph.weight.size();
    if (count > n * 19 / 20)
      return anneal(g, adjacency, limits_, {}, start_here(), cycle(hot, 0.1, moves), random_, deadline_);
    std::vector<std::uint32_t> above(plan.empty() ? 0 : count);
    for (std::size_t v = 0; v < plan.size(); ++v) above[coarse.cluster[v]] = plan[v];
    renumber(above);
    const DistrictPlan settled = multilevel(coarse.graph, above, moves * kDown / 8, hot);
    std::vector<std::uint32_t> part(n);
    for (std::size_t v = 0; v < n; ++v) part[v] = settled.part_of[coarse.cluster[v]];
    return anneal(g, adjacency, limits_, {}, measured(g, limits_, {}, std::move(part)),
                  cycle(std::min(hot, 0.5), 0.08, moves - moves * kDown / 8), random_, deadline_);
  }

  // Best first; no two of equal worth.
  void keep(DistrictPlan plan) {
    for (const DistrictPlan& e : elites_)
      if (e.violation == plan.violation && e.cost == plan.cost) return;
    const auto at = std::find_if(elites_.begin(), elites_.end(), [&](const auto& e) { return plan.better_than(e); });
    elites_.insert(at, std::move(plan));
    if (elites_.size() > kElites) elites_.pop_back();
  }

  const DistrictGraph& g_;
  WeightLimits limits_;
  const DistrictingOptions& options_;
  DistrictAdjacency adjacency_;
  DistrictRandom random_;
  DistrictHome home_;  // empty: none
  DistrictDeadline deadline_;
  double unit_ = 1, home_unit_ = 1;  // mean cost of cutting an edge, of leaving home
  std::uint64_t left_ = 0;
  std::size_t parts_ = 1;
  std::vector<DistrictPlan> elites_;
};

void describe(const DistrictGraph& g, const DistrictingOptions& o, DistrictPlan plan, Districting& out) {
  out.violation = plan.violation;
  out.part_of = std::move(plan.part_of);
  out.moved = 0;
  for (std::size_t v = 0; v < o.moved.size(); ++v)
    if (out.part_of[v] != o.start[v]) out.moved += o.moved[v];
  out.cut = 0;
  for (const DistrictEdge& e : g.edges)
    if (out.part_of[e.a] != out.part_of[e.b]) out.cut += e.cost;
  out.parts = renumber(out.part_of);
}

}  // namespace

Districting district(const DistrictGraph& g, WeightLimits limits, const DistrictingOptions& options) {
  check(g, options);
  Districting out;
  if (g.weight.empty()) {
    out.proven = true;
    return out;
  }
  DistrictPlan plan = Search(g, limits, options).run();
  const std::size_t n = g.weight.size();
  const DistrictAdjacency adjacency(g);
  out.lower_bound = bound_by_flows(g, adjacency, limits);
  const DistrictHome home = home_of(options);
  if (n <= (home.part.empty() ? kBounded : kExact)) {
    const std::size_t columns = n <= kExact ? 20'000'000 : 1'000'000;
    const std::int64_t upper = plan.violation == 0 ? plan.cost : INT64_MAX;
    if (const auto proof = prove({g, adjacency, limits, home, options.parts, upper}, columns, 2'000'000)) {
      if (!proof->part_of.empty()) plan = measured(g, limits, home, proof->part_of);
      out.proven = proof->complete;
      out.lower_bound = std::max(out.lower_bound, proof->lower_bound);
    }
  }
  describe(g, options, std::move(plan), out);
  return out;
}

}  // namespace gridloom
