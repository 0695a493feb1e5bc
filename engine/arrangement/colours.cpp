// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/colours.h"

#include <map>
#include <set>
#include <tuple>

namespace gridloom {
namespace {

// Labels waiting for a colour, the most constrained first: colours seen around it, then degree, then the lowest label.
class Queue {
 public:
  explicit Queue(const Neighbours& graph) : graph_(graph), seen_(graph.size()) {
    for (std::uint32_t l = 0; l < graph.size(); ++l) waiting_.insert(key(l));
  }
  bool empty() const { return waiting_.empty(); }
  std::uint32_t take() {
    const std::uint32_t l = std::get<2>(*waiting_.begin());
    waiting_.erase(waiting_.begin());
    return l;
  }
  void see(std::uint32_t l, std::uint32_t colour) {
    if (seen_[l].contains(colour)) return;
    const bool waits = waiting_.erase(key(l)) > 0;
    seen_[l].insert(colour);
    if (waits) waiting_.insert(key(l));
  }

 private:
  using Key = std::tuple<std::ptrdiff_t, std::ptrdiff_t, std::uint32_t>;
  Key key(std::uint32_t l) const { return {-std::ssize(seen_[l]), -std::ssize(graph_[l]), l}; }

  const Neighbours& graph_;
  std::vector<std::set<std::uint32_t>> seen_;
  std::set<Key> waiting_;
};

}  // namespace

Neighbours neighbours(const Arrangement& m, std::span<const Label> of_face, std::size_t label_count) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> shared;
  for (const Arc& arc : m.arcs) {
    const Label left = of_face[arc.left], right = of_face[arc.right];
    if (left == right || left < 0 || right < 0) continue;
    const auto a = static_cast<std::uint32_t>(left), b = static_cast<std::uint32_t>(right);
    shared[{a, b}] += arc.count;
    shared[{b, a}] += arc.count;
  }
  Neighbours out(label_count);
  for (const auto& [pair, weight] : shared) out[pair.first].push_back({pair.second, weight});
  return out;
}

std::vector<std::uint32_t> colour_graph(const Neighbours& graph, std::uint32_t colours) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<std::uint32_t> of_label(graph.size(), kNone), uses(colours, 0);
  for (Queue queue(graph); !queue.empty();) {
    const std::uint32_t l = queue.take();
    std::vector<std::uint32_t> touching(colours, 0);
    for (const Neighbour& n : graph[l])
      if (of_label[n.label] != kNone) touching[of_label[n.label]] += n.weight;
    std::uint32_t best = 0;
    for (std::uint32_t c = 1; c < colours; ++c)
      if (std::tie(touching[c], uses[c]) < std::tie(touching[best], uses[best])) best = c;
    of_label[l] = best;
    ++uses[best];
    for (const Neighbour& n : graph[l]) queue.see(n.label, best);
  }
  return of_label;
}

}  // namespace gridloom
