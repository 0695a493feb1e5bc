// SPDX-License-Identifier: Apache-2.0
#include "engine/districting/district_bound.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gridloom {
namespace {

constexpr std::size_t kLargest = 2'000;  // vertices
constexpr std::size_t kPatient = 60;     // vertices for which every price is tried at every vertex
constexpr int kPrices = 8;               // powers of two above and below the middle one
constexpr std::size_t kSample = 12;      // vertices that choose the price for large graphs

// Maximum flow from one vertex to a sink that every vertex drains into (Dinic 1970).
class Flow {
 public:
  Flow(const DistrictGraph& g, const DistrictAdjacency& adjacency)
      : g_(g), adjacency_(adjacency), free_(adjacency.links.size()), drain_(g.weight.size()), depth_(g.weight.size()) {}

  // Least over P with v in P of cut(P) + price x weight(P), or `enough` if it is no less.
  double least(std::uint32_t v, double price, double enough) {
    for (std::size_t i = 0; i < free_.size(); ++i) free_[i] = static_cast<double>(adjacency_.links[i].cost);
    for (std::size_t u = 0; u < drain_.size(); ++u) drain_[u] = price * static_cast<double>(g_.weight[u]);
    double flow = drain_[v];
    drain_[v] = 0;
    while (flow < enough && layer(v)) {
      next_.assign(adjacency_.first.begin(), adjacency_.first.end() - 1);
      for (double more; flow < enough && (more = push(v, enough - flow)) > kDust;) flow += more;
    }
    return std::min(flow, enough);
  }

 private:
  static constexpr double kDust = 1e-6;

  // Steps from v along edges with room left; does any vertex reached still drain?
  bool layer(std::uint32_t v) {
    std::fill(depth_.begin(), depth_.end(), -1);
    queue_.assign(1, v);
    depth_[v] = 0;
    bool drains = false;
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const std::uint32_t u = queue_[i];
      drains |= drain_[u] > kDust;
      for (std::uint32_t l = adjacency_.first[u]; l < adjacency_.first[u + 1]; ++l) {
        const std::uint32_t w = adjacency_.links[l].to;
        if (free_[l] <= kDust || depth_[w] >= 0) continue;
        depth_[w] = depth_[u] + 1;
        queue_.push_back(w);
      }
    }
    return drains;
  }

  double push(std::uint32_t u, double room) {
    if (drain_[u] > kDust) {
      const double out = std::min(room, drain_[u]);
      drain_[u] -= out;
      return out;
    }
    for (std::uint32_t& l = next_[u]; l < adjacency_.first[u + 1]; ++l) {
      const std::uint32_t w = adjacency_.links[l].to;
      if (free_[l] <= kDust || depth_[w] != depth_[u] + 1) continue;
      if (const double out = push(w, std::min(room, free_[l])); out > kDust) {
        free_[l] -= out;
        free_[adjacency_.twin[l]] += out;
        return out;
      }
    }
    return 0;
  }

  const DistrictGraph& g_;
  const DistrictAdjacency& adjacency_;
  std::vector<double> free_;   // [link] room left
  std::vector<double> drain_;  // [vertex] room left to the sink
  std::vector<std::int32_t> depth_;
  std::vector<std::uint32_t> next_, queue_;
};

}  // namespace

std::int64_t bound_by_flows(const DistrictGraph& g, const DistrictAdjacency& adjacency, WeightLimits limits) {
  const std::size_t n = g.weight.size();
  double weight = 0, cost = 0;
  for (std::int64_t w : g.weight) weight += static_cast<double>(w);
  for (const DistrictEdge& e : g.edges) cost += static_cast<double>(e.cost);
  const auto max = static_cast<double>(limits.max);
  if (n > kLargest || weight <= max || max <= 0 || cost <= 0) return 0;

  Flow flow(g, adjacency);
  std::vector<double> prices;
  for (int p = -kPrices; p <= kPrices; ++p) prices.push_back(std::ldexp(cost / weight, p));
  std::vector<double> least(n, 0);  // d_v
  const auto try_price = [&](std::uint32_t v, double price) {
    const double d = flow.least(v, price, cost + price * weight) - price * max;
    least[v] = std::max(least[v], d);
    return d;
  };
  if (n > kPatient) {  // what a few vertices like best serves all
    std::vector<double> worth(prices.size(), 0);
    for (std::size_t s = 0; s < kSample; ++s)
      for (std::size_t p = 0; p < prices.size(); ++p)
        worth[p] += std::max(0.0, try_price(static_cast<std::uint32_t>(s * n / kSample), prices[p]));
    const auto best = std::max_element(worth.begin(), worth.end());
    prices = {prices[static_cast<std::size_t>(best - worth.begin())]};
  }
  double sum = 0;
  for (std::uint32_t v = 0; v < n; ++v) {
    for (double price : prices) try_price(v, price);
    sum += static_cast<double>(g.weight[v]) * least[v] / max;
  }
  // A part of the flow's rounding is given away, so that the bound holds.
  return static_cast<std::int64_t>(std::ceil(std::max(0.0, sum / 2 * (1 - 1e-6) - 1e-3)));
}

}  // namespace gridloom
