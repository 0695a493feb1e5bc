// SPDX-License-Identifier: Apache-2.0
#include "engine/districting/district_exact.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace gridloom {
namespace {

using Set = std::uint64_t;

Set bit(std::uint32_t v) { return Set{1} << v; }
std::uint32_t lowest(Set s) { return static_cast<std::uint32_t>(std::countr_zero(s)); }

// How many parts ground of a weight can make: [fewest, most]; fewest > most: none.
struct PartCount {
  std::int64_t fewest = 0, most = 0;
};
PartCount part_count(std::int64_t weight, WeightLimits limits) {
  const std::int64_t max = std::max<std::int64_t>(limits.max, 1);
  const std::int64_t fewest = std::max<std::int64_t>(1, (weight + max - 1) / max);
  return {fewest, limits.min > 0 ? weight / limits.min : INT32_MAX};
}

struct Column {
  Set set;
  std::int64_t cost;  // of its rim, and of leaving home under the best number for it; all counted twice
  double reduced;
};

constexpr std::uint32_t kUnnamed = UINT32_MAX;

class Partitioner {
 public:
  Partitioner(const DistrictQuestion& q, std::size_t columns, std::size_t nodes)
      : g_(q.graph),
        adjacency_(q.adjacency),
        limits_(q.limits),
        home_(q.home),
        parts_(q.parts),
        most_columns_(columns),
        most_nodes_(nodes) {
    const DistrictGraph& g = g_;
    const auto n = static_cast<std::uint32_t>(g.weight.size());
    all_ = n == 64 ? ~Set{0} : bit(n) - 1;
    near_.assign(n, 0);
    for (const DistrictEdge& e : g.edges) {
      near_[e.a] |= bit(e.b);
      near_[e.b] |= bit(e.a);
    }
    for (std::uint32_t v = 0; v < home_.part.size(); ++v) {
      const auto at = std::find(names_.begin(), names_.end(), home_.part[v]);
      name_of_.push_back(static_cast<std::uint32_t>(at - names_.begin()));
      if (at == names_.end()) names_.push_back(home_.part[v]);
    }
    stays_.assign(names_.size(), 0);
  }

  // Every connected set within the limits whose rest can still be partitioned, as far as numbers tell.
  bool enumerate() {
    const auto n = static_cast<std::uint32_t>(g_.weight.size());
    for (std::uint32_t v = 0; v < n; ++v) {
      const Set below = bit(v) - 1;
      begin_.push_back(columns_.size());
      if (!extend(bit(v), g_.weight[v], rim(bit(v)), near_[v] & ~below, below | bit(v))) return false;
    }
    begin_.push_back(columns_.size());
    return true;
  }

  // Twice the best Lagrangian bound found (costs count each cut edge from both sides).
  double ascend(double upper) {
    const std::size_t n = g_.weight.size();
    u_.assign(n, 0);
    for (std::size_t v = 0; v < n; ++v) {
      double least = std::numeric_limits<double>::max();
      for (const Column& c : columns_)
        if (c.set >> v & 1) least = std::min(least, static_cast<double>(c.cost) / std::popcount(c.set));
      if (least == std::numeric_limits<double>::max()) return std::numeric_limits<double>::infinity();
      u_[v] = least;
    }
    std::vector<double> u = u_;
    double best = -1;
    double step = 1;
    const std::size_t rounds = std::clamp<std::size_t>(60'000'000 / (columns_.size() + 1), 20, 2000);
    for (std::size_t round = 0, stale = 0; round < rounds; ++round) {
      std::vector<double> gradient(n, 1);
      const double bound = evaluate(u, gradient);
      if (bound > best + 1e-9) {
        best = bound;
        u_ = u;
        stale = 0;
      } else if (++stale == 8) {
        step *= 0.6;
        stale = 0;
      }
      if (best >= upper - 1e-6) break;
      double norm = 0;
      for (double d : gradient) norm += d * d;
      if (norm == 0) break;
      const double target = upper < 1e18 ? upper : 1.05 * best + 1;
      const double length = step * std::max(target - bound, 1e-3 * std::abs(best) + 1e-6) / norm;
      for (std::size_t v = 0; v < n; ++v) u[v] += length * gradient[v];
    }
    return best;
  }

  // Depth first over the lowest vertex not yet covered.
  DistrictProof search(std::int64_t upper) {
    best_ = upper == INT64_MAX ? INT64_MAX : 2 * upper;
    sort_columns();
    DistrictProof proof;
    chosen_.clear();
    descend(all_, 0, 0, 0);
    proof.complete = nodes_ < most_nodes_;
    if (!plan_.empty()) proof.part_of = numbered_plan();
    if (proof.complete && best_ != INT64_MAX) proof.lower_bound = best_ / 2;
    return proof;
  }

  bool empty() const { return columns_.empty(); }

 private:
  struct Part {
    Set set;
    std::uint32_t name;  // index in names_, or kUnnamed
  };

  // Parts without a name get numbers that no other part has.
  std::vector<std::uint32_t> numbered_plan() const {
    std::vector<std::uint32_t> part_of(g_.weight.size(), 0);
    std::vector<char> given(part_of.size(), 0);
    for (const Part& p : plan_)
      if (p.name != kUnnamed) given[names_[p.name]] = 1;
    std::uint32_t next = 0;
    for (const Part& p : plan_) {
      while (p.name == kUnnamed && given[next]) ++next;
      const std::uint32_t number = p.name == kUnnamed ? next++ : names_[p.name];
      for (Set s = p.set; s != 0; s &= s - 1) part_of[lowest(s)] = number;
    }
    return part_of;
  }

  // What leaving home costs all of the set, and, in stays_, what each number would spare.
  std::int64_t leaving(Set s) {
    std::fill(stays_.begin(), stays_.end(), 0);
    std::int64_t all = 0;
    for (; s != 0; s &= s - 1) {
      const std::uint32_t v = lowest(s);
      all += home_.cost[v];
      stays_[name_of_[v]] += home_.cost[v];
    }
    return all;
  }
  std::int64_t least_leaving(Set s) {
    if (names_.empty()) return 0;
    const std::int64_t all = leaving(s);
    return all - *std::max_element(stays_.begin(), stays_.end());
  }

  std::int64_t rim(Set s) const {
    std::int64_t sum = 0;
    for (Set rest = s; rest != 0; rest &= rest - 1)
      for (const auto& link : adjacency_.of(lowest(rest)))
        if (!(s >> link.to & 1)) sum += link.cost;
    return sum;
  }

  std::int64_t weight(Set s) const {
    std::int64_t sum = 0;
    for (; s != 0; s &= s - 1) sum += g_.weight[lowest(s)];
    return sum;
  }

  // Can the numbers of what is left work out, with `taken` parts made?
  bool possible(Set left, std::int64_t taken) const {
    std::int64_t fewest = taken, most = taken;
    while (left != 0) {
      Set piece = left & (~left + 1), grown = 0;
      while (piece != grown) {
        Set fresh = piece & ~grown;
        grown = piece;
        for (; fresh != 0; fresh &= fresh - 1) piece |= near_[lowest(fresh)] & left;
      }
      const PartCount count = part_count(weight(piece), limits_);
      if (count.fewest > count.most) return false;
      fewest += count.fewest;
      most += std::min<std::int64_t>(count.most, std::popcount(piece));
      left &= ~piece;
    }
    return parts_ == 0 || (fewest <= static_cast<std::int64_t>(parts_) && most >= static_cast<std::int64_t>(parts_));
  }

  // All connected supersets of `set` that avoid `barred`, each once.
  bool extend(Set set, std::int64_t weight, std::int64_t boundary, Set border, Set barred) {
    if (weight > limits_.max || ++visited_ > 20 * most_columns_) return weight > limits_.max;
    if (weight >= limits_.min && possible(all_ & ~set, 1)) {
      if (columns_.size() == most_columns_) return false;
      columns_.push_back({set, boundary + 2 * least_leaving(set), 0});
    }
    while (border != 0) {
      const std::uint32_t v = lowest(border);
      border &= border - 1;
      barred |= bit(v);
      std::int64_t more = boundary;
      for (const auto& link : adjacency_.of(v)) more += set >> link.to & 1 ? -link.cost : link.cost;
      if (!extend(set | bit(v), weight + g_.weight[v], more, border | (near_[v] & ~barred & ~set), barred))
        return false;
    }
    return true;
  }

  std::int64_t most_parts() const {
    if (parts_ > 0) return static_cast<std::int64_t>(parts_);
    const std::int64_t n = std::popcount(all_);
    return limits_.min > 0 ? std::min(n, weight(all_) / limits_.min) : n;
  }

  // L(u) = sum of u + sum over chosen columns of their negative reduced costs; a plan has at most most_parts of them.
  double evaluate(const std::vector<double>& u, std::vector<double>& gradient) {
    double sum = 0;
    for (double x : u) sum += x;
    std::vector<double> least(u.size(), 0);  // per lowest vertex: a plan has one column for each at most
    std::vector<Set> which(u.size(), 0);
    for (std::size_t v = 0; v < u.size(); ++v)
      for (std::size_t c = begin_[v]; c < begin_[v + 1]; ++c) {
        double r = static_cast<double>(columns_[c].cost);
        for (Set s = columns_[c].set; s != 0; s &= s - 1) r -= u[lowest(s)];
        if (r < least[v]) {
          least[v] = r;
          which[v] = columns_[c].set;
        }
      }
    std::vector<std::size_t> order(u.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return least[a] < least[b]; });
    for (std::size_t i = 0; i < order.size() && i < static_cast<std::size_t>(most_parts()); ++i) {
      if (least[order[i]] >= 0) break;
      sum += least[order[i]];
      for (Set s = which[order[i]]; s != 0; s &= s - 1) gradient[lowest(s)] -= 1;
    }
    return sum;
  }

  void sort_columns() {
    for (Column& c : columns_) {
      c.reduced = static_cast<double>(c.cost);
      for (Set s = c.set; s != 0; s &= s - 1) c.reduced -= u_[lowest(s)];
    }
    worst_.assign(u_.size(), 0);
    for (std::size_t v = 0; v < u_.size(); ++v) {
      const auto from = columns_.begin() + static_cast<std::ptrdiff_t>(begin_[v]);
      const auto to = columns_.begin() + static_cast<std::ptrdiff_t>(begin_[v + 1]);
      std::sort(from, to, [](const Column& a, const Column& b) {
        return std::tie(a.reduced, a.set) < std::tie(b.reduced, b.set);
      });
      if (from != to) worst_[v] = std::min(0.0, from->reduced);
    }
  }

  // A plan of what is left costs at least its duals and the negative reduced costs it may use.
  double rest_bound(Set left) const {
    double sum = 0;
    for (; left != 0; left &= left - 1) sum += u_[lowest(left)] + worst_[lowest(left)];
    return sum;
  }

  void descend(Set left, Set used, std::int64_t cost, std::int64_t taken) {
    if (nodes_ >= most_nodes_) return;
    ++nodes_;
    if (left == 0) {
      if (cost < best_ && (parts_ == 0 || taken == static_cast<std::int64_t>(parts_))) {
        best_ = cost;
        plan_ = chosen_;
      }
      return;
    }
    const Set key = left | used << 32 | (parts_ == 0 ? 0 : static_cast<Set>(taken) << 58);
    const auto [known, fresh] = seen_.try_emplace(key, cost);
    if (!fresh) {
      if (known->second <= cost) return;
      known->second = cost;
    }
    const std::uint32_t v = lowest(left);
    const double base = static_cast<double>(cost) + rest_bound(left) - worst_[v];
    for (std::size_t c = begin_[v]; c < begin_[v + 1]; ++c) {
      const Column& column = columns_[c];
      if (!may_be_better(base + column.reduced)) break;
      if ((column.set & ~left) != 0) continue;
      if (!possible(left & ~column.set, taken + 1)) continue;
      take(column, left, used, cost, taken, base + column.reduced);
    }
  }

  // Costs are even once a plan is whole: one less than the best is not yet better.
  bool may_be_better(double bound) const {
    return best_ == INT64_MAX || bound <= static_cast<double>(best_) - 2 + 1e-6;
  }

  // Under each number that is still free and that some of it has from home, the dearest to leave first, or under none.
  void take(const Column& column, Set left, Set used, std::int64_t cost, std::int64_t taken, double bound) {
    struct Naming {
      std::int64_t more;  // than under the best number
      std::uint32_t name;
    };
    std::vector<Naming> namings;
    if (names_.empty()) {
      namings.push_back({0, kUnnamed});
    } else {
      leaving(column.set);
      const std::int64_t most = *std::max_element(stays_.begin(), stays_.end());
      for (std::uint32_t name = 0; name < names_.size(); ++name)
        if (stays_[name] > 0 && !(used >> name & 1)) namings.push_back({2 * (most - stays_[name]), name});
      namings.push_back({2 * most, kUnnamed});
      std::sort(namings.begin(), namings.end(),
                [](const Naming& a, const Naming& b) { return std::tie(a.more, a.name) < std::tie(b.more, b.name); });
    }
    for (const Naming& n : namings) {
      if (!may_be_better(bound + static_cast<double>(n.more))) break;
      chosen_.push_back({column.set, n.name});
      descend(left & ~column.set, n.name == kUnnamed ? used : used | bit(n.name), cost + column.cost + n.more,
              taken + 1);
      chosen_.pop_back();
    }
  }

  const DistrictGraph& g_;
  const DistrictAdjacency& adjacency_;
  WeightLimits limits_;
  const DistrictHome& home_;
  std::size_t parts_, most_columns_, most_nodes_, visited_ = 0, nodes_ = 0;
  Set all_ = 0;
  std::vector<Set> near_;
  std::vector<Column> columns_;
  std::vector<std::size_t> begin_;  // [lowest vertex] of its columns
  std::vector<double> u_, worst_;
  std::int64_t best_ = INT64_MAX;  // twice the cost
  std::vector<Part> chosen_, plan_;
  std::vector<std::uint32_t> names_;    // the numbers of the home's parts
  std::vector<std::uint32_t> name_of_;  // [vertex] index in names_
  std::vector<std::int64_t> stays_;     // [name], of the set last asked for
  std::unordered_map<Set, std::int64_t> seen_;
};

}  // namespace

std::optional<DistrictProof> prove(const DistrictQuestion& q, std::size_t columns, std::size_t nodes) {
  const std::size_t n = q.graph.weight.size();
  if (n == 0 || n > (q.home.part.empty() ? 58u : 25u)) return {};
  Partitioner p(q, columns, nodes);
  if (!p.enumerate()) return {};
  const bool known = q.upper != INT64_MAX;
  if (p.empty()) return DistrictProof{{}, known ? q.upper : 0, true};
  const double bound = p.ascend(known ? 2.0 * static_cast<double>(q.upper) : 1e19);
  if (std::isinf(bound)) return DistrictProof{{}, known ? q.upper : 0, true};
  DistrictProof proof = p.search(q.upper);
  if (!proof.complete)
    proof.lower_bound = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(bound / 2 - 1e-6)));
  return proof;
}

}  // namespace gridloom
