// SPDX-License-Identifier: Apache-2.0
// The heuristic half of districting: annealing on one graph. Private to districting.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/districting/districting.h"

namespace gridloom {

// The graph by vertex: neighbours[first[v] .. first[v + 1]).
struct DistrictAdjacency {
  struct Link {
    std::uint32_t to;
    std::int64_t cost;
  };
  std::vector<std::uint32_t> first;
  std::vector<Link> links;
  std::vector<std::uint32_t> twin;  // [link] the same edge from its other end
  explicit DistrictAdjacency(const DistrictGraph&);
  std::span<const Link> of(std::uint32_t v) const {
    return std::span(links).subspan(first[v], first[v + 1] - first[v]);
  }
};

struct DistrictPlan {
  std::vector<std::uint32_t> part_of;  // any numbers below the number of vertices
  std::int64_t violation = 0;
  std::int64_t cost = 0;  // cut + moved
  bool better_than(const DistrictPlan& o) const {
    return violation != o.violation ? violation < o.violation : cost < o.cost;
  }
};

// What vertices pay for leaving their part; empty: nothing.
struct DistrictHome {
  std::vector<std::uint32_t> part;
  std::vector<std::int64_t> cost;
};

DistrictPlan measured(const DistrictGraph&, WeightLimits, const DistrictHome&, std::vector<std::uint32_t> part_of);

// xoshiro256** seeded by splitmix64 (Blackman, Vigna 2018).
class DistrictRandom {
 public:
  explicit DistrictRandom(std::uint64_t seed);
  std::uint64_t next();
  std::uint32_t below(std::size_t n) {  // n < 2^32
    return static_cast<std::uint32_t>(((next() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }
  double exponential();  // mean 1; the same on every machine

 private:
  std::uint64_t state_[4];
};

// Stops a search between two batches of moves.
struct DistrictDeadline {
  std::chrono::steady_clock::time_point at = std::chrono::steady_clock::time_point::max();
  const std::function<bool()>* cancelled = nullptr;
  bool over() const { return (cancelled && *cancelled && (*cancelled)()) || std::chrono::steady_clock::now() >= at; }
};

struct DistrictCycle {
  bool parts_may_vary = false;
  double hot = 2, cold = 0.1;  // temperatures, in units of the mean edge cost of the uncoarsened graph
  double unit_cost = 1;        // that mean
  std::uint64_t moves = 0;
};

// A connected plan of `parts` parts (at least one per component) grown from random seeds, the lightest part first.
std::vector<std::uint32_t> grown_plan(const DistrictGraph&, const DistrictAdjacency&, std::size_t parts,
                                      DistrictRandom&);

// Anneals from `start` and returns the best plan met, `start` included.
DistrictPlan anneal(const DistrictGraph&, const DistrictAdjacency&, WeightLimits, const DistrictHome&,
                    const DistrictPlan& start, const DistrictCycle&, DistrictRandom&, const DistrictDeadline&);

// Parts or clusters as 0 .. count - 1 in the order of their lowest vertex. Returns how many.
std::size_t renumber(std::vector<std::uint32_t>& part_of);

// What vertices become when those with the same number are one. The numbers are 0 .. count - 1.
DistrictGraph contracted(const DistrictGraph&, std::span<const std::uint32_t> cluster, std::size_t count);

}  // namespace gridloom
