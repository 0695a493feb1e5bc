// SPDX-License-Identifier: Apache-2.0
#include "tiles/strokes.h"

#include <algorithm>

namespace gridloom {
namespace {

struct Exit {
  NodeId node = 0;
  HalfEdge out;
  friend auto operator<=>(const Exit&, const Exit&) = default;
};

class Chainer {
 public:
  Chainer(const Arrangement& m, std::span<const ArcId> arcs) : m_(m) {
    for (ArcId a : arcs)
      for (const HalfEdge h : {HalfEdge::forward(a), HalfEdge::backward(a)}) exits_.push_back({start_of(m, h), h});
    std::sort(exits_.begin(), exits_.end());
    used_.assign(exits_.size(), false);
  }

  std::vector<std::vector<HalfEdge>> run() {
    for (const bool loops : {false, true})
      for (std::size_t i = 0; i < exits_.size(); ++i)
        if (!used_[i] && (loops || at(exits_[i].node).size() != 2)) walk(exits_[i].out);
    return std::move(strokes_);
  }

 private:
  std::span<const Exit> at(NodeId node) const {
    const auto by_node = [](const Exit& a, const Exit& b) { return a.node < b.node; };
    const auto [first, last] = std::equal_range(exits_.begin(), exits_.end(), Exit{node, {}}, by_node);
    return {first, last};
  }
  std::size_t index(HalfEdge h) const {
    return static_cast<std::size_t>(std::lower_bound(exits_.begin(), exits_.end(), Exit{start_of(m_, h), h}) -
                                    exits_.begin());
  }

  void walk(HalfEdge h) {
    std::vector<HalfEdge>& stroke = strokes_.emplace_back();
    while (true) {
      used_[index(h)] = used_[index(h.twin())] = true;
      stroke.push_back(h);
      const std::span<const Exit> exits = at(end_of(m_, h));
      if (exits.size() != 2) return;
      const HalfEdge next = exits[0].out == h.twin() ? exits[1].out : exits[0].out;
      if (used_[index(next)]) return;
      h = next;
    }
  }

  const Arrangement& m_;
  std::vector<Exit> exits_;
  std::vector<bool> used_;
  std::vector<std::vector<HalfEdge>> strokes_;
};

}  // namespace

std::vector<std::vector<HalfEdge>> strokes(const Arrangement& m, std::span<const ArcId> arcs) {
  return Chainer(m, arcs).run();
}

std::vector<Point> points_along(const Arrangement& m, std::span<const HalfEdge> stroke) {
  std::vector<Point> out;
  for (HalfEdge h : stroke) {
    const std::span<const Point> p = m.points_of(h.arc());
    const std::size_t joint = out.empty() ? 0 : 1;
    if (h.reversed())
      out.insert(out.end(), p.rbegin() + static_cast<std::ptrdiff_t>(joint), p.rend());
    else
      out.insert(out.end(), p.begin() + static_cast<std::ptrdiff_t>(joint), p.end());
  }
  return out;
}

}  // namespace gridloom
