// SPDX-License-Identifier: Apache-2.0
#include "engine/districting/district_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <queue>

namespace gridloom {
namespace {

constexpr std::uint64_t kBatch = 1024;  // moves between two looks at the clock

std::int64_t outside(std::int64_t weight, WeightLimits limits) {
  return weight < limits.min ? limits.min - weight : weight > limits.max ? weight - limits.max : 0;
}

class Annealer {
 public:
  Annealer(const DistrictGraph& g, const DistrictAdjacency& adjacency, WeightLimits limits, const DistrictHome& home,
           const DistrictPlan& start, const DistrictCycle& cycle, DistrictRandom& random)
      : g_(g),
        adjacency_(adjacency),
        limits_(limits),
        home_(home),
        cycle_(cycle),
        random_(random),
        best_(start),
        part_(start.part_of),
        violation_(start.violation),
        cost_(start.cost) {
    const std::size_t n = g.weight.size();
    weight_.assign(n, 0);
    size_.assign(n, 0);
    for (std::uint32_t v = 0; v < n; ++v) {
      weight_[part_[v]] += g.weight[v];
      ++size_[part_[v]];
    }
    for (std::uint32_t p = static_cast<std::uint32_t>(n); p-- > 0;)
      if (size_[p] == 0) free_.push_back(p);
    mark_.assign(n, 0);
    for (std::uint32_t v = 0; v < n; ++v)
      for (std::uint32_t i = adjacency.first[v]; i < adjacency.first[v + 1]; ++i) owner_.push_back(v);
    place_.assign(owner_.size(), kNowhere);
    for (std::uint32_t v = 0; v < n; ++v) refresh(v);
    std::vector<std::int64_t> sorted = g.weight;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(n / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    typical_ = static_cast<double>(std::max<std::int64_t>(1, *middle));
    rarity_ = std::max<std::size_t>(64, n / 8);
    for (std::size_t v = 0; v < home.cost.size(); ++v)
      if (g.weight[v] > 0)
        leaving_ = std::max(leaving_, static_cast<double>(home.cost[v]) / static_cast<double>(g.weight[v]));
  }

  DistrictPlan run(const DistrictDeadline& deadline) {
    if (cut_.empty() && !cycle_.parts_may_vary) return best_;
    const double hot = cycle_.hot * cycle_.unit_cost, cold = cycle_.cold * cycle_.unit_cost;
    price_ = std::max(2 * hot / typical_, 4 * leaving_);
    std::uint64_t within = 0;
    for (std::uint64_t done = 0; done < cycle_.moves; ++done) {
      if (done % kBatch == 0) {
        const double t = static_cast<double>(done) / static_cast<double>(cycle_.moves);
        temperature_ = hot * std::pow(cold / hot, t);
        if (done > 0) adapt(static_cast<double>(within) / kBatch);
        within = 0;
        if (done % (64 * kBatch) == 0 && deadline.over()) break;
      }
      step();
      within += violation_ == 0;
    }
    return best_;
  }

 private:
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  struct Move {
    std::uint32_t vertex = 0, from = 0, to = 0;
    std::int64_t violation = 0, cost = 0;  // changes
  };

  // So that about a fifth of the plans met are within the limits.
  void adapt(double share_within) {
    const double lowest = 0.2 * temperature_ / typical_,
                 highest = std::max(200 * cycle_.hot * cycle_.unit_cost / typical_, 200 * leaving_);
    price_ *= share_within < 0.1 ? 1.05 : share_within > 0.3 ? 0.95 : 1.0;
    price_ = std::clamp(price_, lowest, highest);
  }

  double energy(std::int64_t violation, std::int64_t cost) const {
    return static_cast<double>(cost) + price_ * static_cast<double>(violation);
  }
  bool accepts(std::int64_t violation, std::int64_t cost) {
    const double change = energy(violation, cost);
    return change <= 0 || change < temperature_ * random_.exponential();
  }

  void step() {
    if (cut_.empty() || (random_.below(rarity_) == 0 && size_.size() > 2)) return recombine();
    if (random_.below(8) < 3) return chain();
    const Move m = propose();
    if (m.from != m.to && accepts(m.violation, m.cost) && leaves(m)) {
      apply(m);
      keep_best();
    }
  }

  // A vertex at a random cut edge goes to the other side.
  Move propose() {
    const std::uint32_t e = cut_[random_.below(cut_.size())];
    return moving(owner_[e], part_[adjacency_.links[e].to]);
  }

  Move moving(std::uint32_t v, std::uint32_t to) const {
    Move m{v, part_[v], to, 0, 0};
    if (m.from == to) return m;
    const bool last = size_[m.from] == 1;
    if (last && !cycle_.parts_may_vary) {
      m.to = m.from;
      return m;
    }
    for (const auto& link : adjacency_.of(v)) {
      if (part_[link.to] == m.from) m.cost += link.cost;
      if (part_[link.to] == to) m.cost -= link.cost;
    }
    if (!home_.part.empty()) m.cost += home_.cost[v] * ((to != home_.part[v]) - (m.from != home_.part[v]));
    const std::int64_t w = g_.weight[v];
    m.violation = outside(weight_[to] + w, limits_) - outside(weight_[to], limits_) -
                  outside(weight_[m.from], limits_) + (last ? 0 : outside(weight_[m.from] - w, limits_));
    return m;
  }

  // Does the rest of its part stay connected?
  bool leaves(const Move& m) {
    ++stamp_;
    std::uint32_t wanted = 0;
    queue_.clear();
    for (const auto& link : adjacency_.of(m.vertex))
      if (part_[link.to] == m.from) {
        if (wanted++ == 0) queue_.push_back(link.to);
        mark_[link.to] = stamp_;
      }
    if (wanted <= 1) return true;
    const std::uint64_t asked = stamp_, seen = ++stamp_;
    mark_[m.vertex] = seen;
    mark_[queue_.front()] = seen;
    --wanted;
    for (std::size_t i = 0; i < queue_.size(); ++i)
      for (const auto& link : adjacency_.of(queue_[i])) {
        if (part_[link.to] != m.from || mark_[link.to] == seen) continue;
        if (mark_[link.to] == asked && --wanted == 0) return true;
        mark_[link.to] = seen;
        queue_.push_back(link.to);
      }
    return false;
  }

  void apply(const Move& m) {
    place(m.vertex, m.to);
    violation_ += m.violation;
    cost_ += m.cost;
  }

  void place(std::uint32_t v, std::uint32_t to) {
    const std::uint32_t from = part_[v];
    if (size_[to] == 0) std::erase(free_, to);
    weight_[from] -= g_.weight[v];
    weight_[to] += g_.weight[v];
    ++size_[to];
    if (--size_[from] == 0) free_.push_back(from);
    part_[v] = to;
    refresh(v);
  }

  // Puts the half-edges at v on the list of cut ones, or off it.
  void refresh(std::uint32_t v) {
    for (std::uint32_t e = adjacency_.first[v]; e < adjacency_.first[v + 1]; ++e) {
      const bool cut = part_[v] != part_[adjacency_.links[e].to];
      set_cut(e, cut);
      set_cut(twin(e), cut);
    }
  }
  std::uint32_t twin(std::uint32_t e) const { return adjacency_.twin[e]; }
  void set_cut(std::uint32_t e, bool cut) {
    if (cut == (place_[e] != kNowhere)) return;
    if (cut) {
      place_[e] = static_cast<std::uint32_t>(cut_.size());
      cut_.push_back(e);
    } else {
      const std::uint32_t last = cut_.back();
      cut_[place_[e]] = last;
      place_[last] = place_[e];
      place_[e] = kNowhere;
      cut_.pop_back();
    }
  }

  // Two moves as one: the second takes from the part that the first gave to, or gives to the one it took from.
  void chain() {
    const Move first = propose();
    if (first.from == first.to || !leaves(first)) return;
    apply(first);
    Move second;
    for (int tries = 0; tries < 12; ++tries) {
      const std::uint32_t e = cut_.empty() ? kNowhere : cut_[random_.below(cut_.size())];
      if (e == kNowhere) break;
      const std::uint32_t v = owner_[e], to = part_[adjacency_.links[e].to];
      if (v == first.vertex || (part_[v] != first.to && to != first.from)) continue;
      second = moving(v, to);
      break;
    }
    if (second.from != second.to && accepts(first.violation + second.violation, first.cost + second.cost) &&
        leaves(second)) {
      apply(second);
      keep_best();
    } else if (accepts(first.violation, first.cost)) {
      keep_best();
    } else {
      place(first.vertex, first.from);
      violation_ -= first.violation;
      cost_ -= first.cost;
    }
  }

  // --- merge and split ---

  // Two neighbouring parts (or one) become one, or two along an edge of a random spanning tree.
  void recombine() {
    std::uint32_t p, q;
    if (cut_.empty() || (cycle_.parts_may_vary && random_.below(3) == 0)) {
      p = q = part_[random_.below(part_.size())];
    } else {
      const std::uint32_t e = cut_[random_.below(cut_.size())];
      p = part_[owner_[e]];
      q = part_[adjacency_.links[e].to];
    }
    gather(p, q);
    const bool merge = p != q && cycle_.parts_may_vary && random_.below(3) == 0;
    std::uint32_t other = q;
    if (p == q) {
      if (free_.empty() || ground_.size() < 2) return;
      other = free_.back();
    }
    std::vector<std::uint32_t> before;
    for (std::uint32_t v : ground_) before.push_back(part_[v]);
    const std::int64_t violation = violation_, cost = cost_;
    if (merge)
      relabel(p, other, {});
    else
      relabel(p, other, split());
    if (accepts(violation_ - violation, cost_ - cost)) {
      keep_best();
      return;
    }
    for (std::size_t i = 0; i < ground_.size(); ++i)
      if (part_[ground_[i]] != before[i]) place(ground_[i], before[i]);
    violation_ = violation;
    cost_ = cost;
  }

  void gather(std::uint32_t p, std::uint32_t q) {
    ground_.clear();
    ++stamp_;
    for (std::uint32_t v = 0; v < part_.size(); ++v)
      if (part_[v] == p || part_[v] == q) ground_.push_back(v);
  }

  // The vertices of `side` become `other`, the rest p; or the other way round if fewer leave their homes.
  void relabel(std::uint32_t p, std::uint32_t other, const std::vector<std::uint32_t>& side) {
    ++stamp_;
    for (std::uint32_t v : side) mark_[v] = stamp_;
    std::int64_t straight = 0, swapped = 0;
    if (!side.empty())
      for (std::uint32_t v : ground_) {
        const std::uint32_t first = mark_[v] == stamp_ ? other : p, second = first == p ? other : p;
        if (home_.part.empty()) {
          straight += part_[v] != first;
          swapped += part_[v] != second;
        } else {
          straight += home_.cost[v] * (home_.part[v] != first);
          swapped += home_.cost[v] * (home_.part[v] != second);
        }
      }
    if (swapped < straight) std::swap(p, other);
    const std::uint64_t sided = stamp_;
    for (std::uint32_t v : ground_) {
      const std::uint32_t to = mark_[v] == sided ? other : p;
      if (part_[v] == to) continue;
      for (const auto& link : adjacency_.of(v)) {
        if (part_[link.to] == part_[v]) cost_ += link.cost;
        if (part_[link.to] == to) cost_ -= link.cost;
      }
      if (!home_.part.empty()) cost_ += home_.cost[v] * ((to != home_.part[v]) - (part_[v] != home_.part[v]));
      const std::uint32_t from = part_[v];
      const auto missing = [&](std::uint32_t part) { return size_[part] > 0 ? outside(weight_[part], limits_) : 0; };
      violation_ -= missing(from) + missing(to);
      place(v, to);
      violation_ += missing(from) + missing(to);
    }
  }

  // One side of a random spanning tree of the ground, cut where the weights fit best.
  std::vector<std::uint32_t> split() {
    ++stamp_;
    for (std::uint32_t v : ground_) mark_[v] = stamp_;
    const std::uint64_t open = stamp_, taken = ++stamp_;
    struct Entry {
      double key;
      std::uint32_t vertex, parent;
      bool operator<(const Entry& o) const { return std::tie(o.key, o.vertex) < std::tie(key, vertex); }
    };
    std::priority_queue<Entry> frontier;
    std::vector<std::uint32_t>& order = queue_;
    order.clear();
    up_.resize(part_.size());
    under_.resize(part_.size());
    const std::uint32_t root = ground_[random_.below(ground_.size())];
    frontier.push({0, root, root});
    while (!frontier.empty()) {
      const Entry next = frontier.top();
      frontier.pop();
      if (mark_[next.vertex] == taken) continue;
      mark_[next.vertex] = taken;
      up_[next.vertex] = next.parent;
      under_[next.vertex] = g_.weight[next.vertex];
      order.push_back(next.vertex);
      for (const auto& link : adjacency_.of(next.vertex))
        if (mark_[link.to] == open)  // dear edges are rather kept
          frontier.push({random_.exponential() / (static_cast<double>(link.cost) + 0.1), link.to, next.vertex});
    }
    for (std::size_t i = order.size(); i-- > 1;) under_[up_[order[i]]] += under_[order[i]];
    const std::int64_t all = under_[root];
    std::int64_t least = INT64_MAX;
    std::uint32_t cut = root, equals = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const std::int64_t v = outside(under_[order[i]], limits_) + outside(all - under_[order[i]], limits_);
      if (v < least) equals = 0;
      if (v > least) continue;
      least = v;
      if (random_.below(++equals) == 0) cut = order[i];
    }
    std::vector<std::uint32_t> side;
    if (cut == root) return side;
    const std::uint64_t chosen = ++stamp_;
    for (std::uint32_t v : order)  // parents come before their children
      if (v == cut || (v != root && mark_[up_[v]] == chosen)) {
        mark_[v] = chosen;
        side.push_back(v);
      }
    return side;
  }

  void keep_best() {
    if (violation_ > best_.violation || (violation_ == best_.violation && cost_ >= best_.cost)) return;
    best_ = {part_, violation_, cost_};
  }

  const DistrictGraph& g_;
  const DistrictAdjacency& adjacency_;
  WeightLimits limits_;
  const DistrictHome& home_;
  DistrictCycle cycle_;
  DistrictRandom& random_;
  DistrictPlan best_;
  std::vector<std::uint32_t> part_;
  std::int64_t violation_, cost_;
  std::vector<std::int64_t> weight_;  // [part]
  std::vector<std::uint32_t> size_;   // [part]
  std::vector<std::uint32_t> free_;   // unused parts
  std::vector<std::uint32_t> owner_;  // [half-edge]
  std::vector<std::uint32_t> cut_;    // half-edges between parts
  std::vector<std::uint32_t> place_;  // [half-edge] in cut_
  std::vector<std::uint64_t> mark_;   // [vertex]
  std::uint64_t stamp_ = 0;
  std::vector<std::uint32_t> queue_, ground_, up_;
  std::vector<std::int64_t> under_;
  double typical_ = 1;       // median weight
  double leaving_ = 0;       // home costs at most so much per unit of weight
  std::size_t rarity_ = 64;  // a merge and split looks at every vertex: one in so many moves
  double price_ = 1;         // of a unit of violation
  double temperature_ = 1;
};

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

DistrictAdjacency::DistrictAdjacency(const DistrictGraph& g) {
  first.assign(g.weight.size() + 1, 0);
  for (const DistrictEdge& e : g.edges) {
    ++first[e.a + 1];
    ++first[e.b + 1];
  }
  std::partial_sum(first.begin(), first.end(), first.begin());
  links.resize(2 * g.edges.size());
  twin.resize(links.size());
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (const DistrictEdge& e : g.edges) {
    const std::uint32_t i = next[e.a]++, j = next[e.b]++;
    links[i] = {e.b, e.cost};
    links[j] = {e.a, e.cost};
    twin[i] = j;
    twin[j] = i;
  }
}

DistrictRandom::DistrictRandom(std::uint64_t seed) {
  for (std::uint64_t& s : state_) s = splitmix(seed);
}

std::uint64_t DistrictRandom::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9, t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// -ln u = ln 2 · (leading zeros + 1) - ln m for u = m · 2^-(zeros + 1), 1 <= m < 2; ln m by the series of artanh.
double DistrictRandom::exponential() {
  const std::uint64_t u = next() | 1;
  const int zeros = std::countl_zero(u);
  const double m = static_cast<double>((u << zeros) >> 11) * 0x1.0p-52;
  const double x = (m - 1) / (m + 1), xx = x * x;
  const double ln = 2 * x * (1 + xx * (1.0 / 3 + xx * (1.0 / 5 + xx * (1.0 / 7 + xx / 9))));
  return std::max(0.0, 0.6931471805599453 * (zeros + 1) - ln);
}

DistrictPlan measured(const DistrictGraph& g, WeightLimits limits, const DistrictHome& home,
                      std::vector<std::uint32_t> part_of) {
  DistrictPlan out;
  std::vector<std::int64_t> weight(g.weight.size(), 0);
  std::vector<char> used(g.weight.size(), 0);
  for (std::size_t v = 0; v < part_of.size(); ++v) {
    weight[part_of[v]] += g.weight[v];
    used[part_of[v]] = 1;
    if (!home.part.empty() && part_of[v] != home.part[v]) out.cost += home.cost[v];
  }
  for (std::size_t p = 0; p < weight.size(); ++p)
    if (used[p]) out.violation += outside(weight[p], limits);
  for (const DistrictEdge& e : g.edges)
    if (part_of[e.a] != part_of[e.b]) out.cost += e.cost;
  out.part_of = std::move(part_of);
  return out;
}

std::vector<std::uint32_t> grown_plan(const DistrictGraph& g, const DistrictAdjacency& adjacency, std::size_t parts,
                                      DistrictRandom& random) {
  const auto n = static_cast<std::uint32_t>(g.weight.size());
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> part(n, kNone);
  std::vector<std::int64_t> weight;
  std::vector<std::vector<std::uint32_t>> frontier;
  const auto seed = [&](std::uint32_t v) {
    part[v] = static_cast<std::uint32_t>(weight.size());
    weight.push_back(g.weight[v]);
    frontier.push_back({v});
  };
  // One seed in each component, then anywhere.
  std::vector<char> seen(n, 0);
  for (std::uint32_t s = 0; s < n; ++s) {
    if (seen[s]) continue;
    std::vector<std::uint32_t> component{s};
    seen[s] = 1;
    for (std::size_t i = 0; i < component.size(); ++i)
      for (const auto& link : adjacency.of(component[i]))
        if (!seen[link.to]) {
          seen[link.to] = 1;
          component.push_back(link.to);
        }
    seed(component[random.below(component.size())]);
  }
  for (std::size_t tries = 0; weight.size() < std::min<std::size_t>(parts, n) && tries < 100 * std::size_t{n}; ++tries)
    if (const std::uint32_t v = random.below(n); part[v] == kNone) seed(v);
  using Entry = std::pair<std::int64_t, std::uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> lightest;
  for (std::uint32_t p = 0; p < weight.size(); ++p) lightest.push({weight[p], p});
  while (!lightest.empty()) {
    const std::uint32_t p = lightest.top().second;
    lightest.pop();
    auto& border = frontier[p];
    bool grown = false;
    while (!border.empty() && !grown) {
      const std::size_t i = random.below(border.size());
      const std::uint32_t v = border[i];
      std::vector<std::uint32_t> free;
      for (const auto& link : adjacency.of(v))
        if (part[link.to] == kNone) free.push_back(link.to);
      if (free.empty()) {
        border[i] = border.back();
        border.pop_back();
        continue;
      }
      const std::uint32_t w = free[random.below(free.size())];
      part[w] = p;
      weight[p] += g.weight[w];
      border.push_back(w);
      grown = true;
    }
    if (grown) lightest.push({weight[p], p});
  }
  return part;
}

DistrictPlan anneal(const DistrictGraph& g, const DistrictAdjacency& adjacency, WeightLimits limits,
                    const DistrictHome& home, const DistrictPlan& start, const DistrictCycle& cycle,
                    DistrictRandom& random, const DistrictDeadline& deadline) {
  return Annealer(g, adjacency, limits, home, start, cycle, random).run(deadline);
}

std::size_t renumber(std::vector<std::uint32_t>& part_of) {
  std::map<std::uint32_t, std::uint32_t> number;
  for (std::uint32_t& p : part_of) p = number.try_emplace(p, static_cast<std::uint32_t>(number.size())).first->second;
  return number.size();
}

DistrictGraph contracted(const DistrictGraph& g, std::span<const std::uint32_t> cluster, std::size_t count) {
  DistrictGraph out;
  out.weight.assign(count, 0);
  for (std::size_t v = 0; v < cluster.size(); ++v) out.weight[cluster[v]] += g.weight[v];
  for (const DistrictEdge& e : g.edges) {
    const auto [a, b] = std::minmax(cluster[e.a], cluster[e.b]);
    if (a != b) out.edges.push_back({a, b, e.cost});
  }
  std::sort(out.edges.begin(), out.edges.end(),
            [](const DistrictEdge& x, const DistrictEdge& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
  std::size_t kept = 0;
  for (const DistrictEdge& e : out.edges) {
    if (kept > 0 && out.edges[kept - 1].a == e.a && out.edges[kept - 1].b == e.b)
      out.edges[kept - 1].cost += e.cost;
    else
      out.edges[kept++] = e;
  }
  out.edges.resize(kept);
  return out;
}

}  // namespace gridloom
