// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/strokes.h"

#include <algorithm>
#include <compare>

namespace gridloom {
namespace {

struct Exit {
  NodeId node = 0;
  HalfEdge out;
  friend auto operator<=>(const Exit&, const Exit&) = default;
};

class Chainer {
 public:
  Chainer(const Arrangement& m, std::vector<StrokePlace>& places) : m_(m), places_(places) {}

  void add(std::span<const ArcId> arcs) {
    exits_.clear();
    for (ArcId a : arcs)
      for (const HalfEdge h : {HalfEdge::forward(a), HalfEdge::backward(a)}) exits_.push_back({start_of(m_, h), h});
    std::sort(exits_.begin(), exits_.end());
    for (const bool loops : {false, true})
      for (const Exit& e : exits_)
        if (!placed(e.out) && (loops || at(e.node).size() != 2)) walk(e.out);
  }

 private:
  std::span<const Exit> at(NodeId node) const {
    const auto by_node = [](const Exit& a, const Exit& b) { return a.node < b.node; };
    const auto [first, last] = std::equal_range(exits_.begin(), exits_.end(), Exit{node, {}}, by_node);
    return {first, last};
  }
  bool placed(HalfEdge h) const { return places_[h.arc()].stroke != UINT32_MAX; }

  void walk(HalfEdge h) {
    for (std::uint32_t position = 0;; ++position) {
      places_[h.arc()] = {strokes_, position, h};
      const std::span<const Exit> exits = at(end_of(m_, h));
      if (exits.size() != 2) break;
      h = exits[0].out == h.twin() ? exits[1].out : exits[0].out;
      if (placed(h)) break;
    }
    ++strokes_;
  }

  const Arrangement& m_;
  std::vector<StrokePlace>& places_;
  std::vector<Exit> exits_;
  std::uint32_t strokes_ = 0;
};

void append(const Arrangement& m, HalfEdge h, std::vector<Point>& line) {
  const std::span<const Point> p = m.points_of(h.arc());
  const std::ptrdiff_t joint = line.empty() ? 0 : 1;
  if (h.reversed())
    line.insert(line.end(), p.rbegin() + joint, p.rend());
  else
    line.insert(line.end(), p.begin() + joint, p.end());
}

}  // namespace

std::vector<StrokePlace> chain_strokes(const Arrangement& m, std::span<const std::uint8_t> class_of_arc,
                                       unsigned classes) {
  std::vector<StrokePlace> places(m.arcs.size());
  std::vector<std::vector<ArcId>> of_class(classes);
  for (ArcId a = 0; a < m.arcs.size(); ++a) of_class[class_of_arc[a]].push_back(a);
  Chainer chainer(m, places);
  for (unsigned c = 1; c < classes; ++c) chainer.add(of_class[c]);
  return places;
}

std::vector<std::vector<Point>> lines_of(const Arrangement& m, std::span<const StrokePlace> sorted) {
  std::vector<std::vector<Point>> lines;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool goes_on =
        i > 0 && sorted[i].stroke == sorted[i - 1].stroke && sorted[i].position == sorted[i - 1].position + 1;
    if (!goes_on) lines.emplace_back();
    append(m, sorted[i].walk, lines.back());
  }
  return lines;
}

}  // namespace gridloom
