// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/faces.h"

#include <algorithm>
#include <numeric>

#include "engine/arrangement/below.h"
#include "engine/base/parallel.h"
#include "engine/geometry/ring.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// The first point after the start of a half-edge.
Point second_point(const Arrangement& m, HalfEdge h) {
  const auto p = m.points_of(h.arc());
  return h.reversed() ? p[p.size() - 2] : p[1];
}

// --- chaining segments to arcs ---

// The segments at every point, ascending; points ascending.
struct Incidences {
  std::vector<Point> points;
  std::vector<std::uint32_t> first;  // point -> index in segments
  std::vector<std::uint32_t> segments;
  std::vector<std::uint32_t> point_of_a, point_of_b;  // segment -> point

  // Segments are sorted by a; sorted by b once more, both runs are merged. Those that end at a point stand before those
  // that start there.
  Incidences(std::span<const Segment> s, unsigned threads) : point_of_a(s.size()), point_of_b(s.size()) {
    struct End {
      Point at;
      std::uint32_t segment;
      auto operator<=>(const End&) const = default;
    };
    std::vector<End> ends(s.size());
    for (std::uint32_t i = 0; i < s.size(); ++i) ends[i] = {s[i].b, i};
    parallel_sort(ends, threads);
    segments.reserve(2 * s.size());
    std::uint32_t a = 0;
    for (auto b = ends.begin(); a < s.size() || b != ends.end();) {
      const Point at = b == ends.end() || (a < s.size() && s[a].a < b->at) ? s[a].a : b->at;
      const auto p = static_cast<std::uint32_t>(points.size());
      points.push_back(at);
      first.push_back(static_cast<std::uint32_t>(segments.size()));
      for (; b != ends.end() && b->at == at; ++b) {
        segments.push_back(b->segment);
        point_of_b[b->segment] = p;
      }
      for (; a < s.size() && s[a].a == at; ++a) {
        segments.push_back(a);
        point_of_a[a] = p;
      }
    }
    first.push_back(static_cast<std::uint32_t>(segments.size()));
  }
  std::uint32_t degree(std::uint32_t p) const { return first[p + 1] - first[p]; }
  std::uint32_t other_end(std::uint32_t s, std::uint32_t p) const {
    return point_of_a[s] == p ? point_of_b[s] : point_of_a[s];
  }
  std::uint32_t other_segment(std::uint32_t p, std::uint32_t s) const {
    return segments[first[p]] == s ? segments[first[p] + 1] : segments[first[p]];
  }
};

class Chainer {
 public:
  Chainer(const Lattice& lattice, std::span<const Segment> segments, unsigned threads)
      : in_(segments, threads), used_(segments.size(), false) {
    out_.arrangement.lattice = lattice;
    node_of_.assign(in_.points.size(), kNone);
  }

  TracedArcs run() {
    reserve();
    for (std::uint32_t p = 0; p < in_.points.size(); ++p)
      if (in_.degree(p) != 2) walk_from(p);
    // What is left are closed loops without a node: their lowest point becomes one.
    for (std::uint32_t p = 0; p < in_.points.size(); ++p)
      if (in_.degree(p) == 2 && !used_[in_.segments[in_.first[p]]]) walk_from(p);
    return std::move(out_);
  }

 private:
  // Closed loops without a node come on top; there are few.
  void reserve() {
    std::size_t junctions = 0, ends = 0;
    for (std::uint32_t p = 0; p < in_.points.size(); ++p)
      if (in_.degree(p) != 2) {
        ++junctions;
        ends += in_.degree(p);
      }
    out_.arrangement.nodes.reserve(junctions);
    out_.arrangement.arcs.reserve(ends / 2);
    out_.arrangement.points.reserve(used_.size() + ends / 2);
    out_.segment_of_arc.reserve(ends / 2);
    out_.forward.reserve(ends / 2);
  }

  NodeId node(std::uint32_t p) {
    if (node_of_[p] == kNone) {
      node_of_[p] = static_cast<NodeId>(out_.arrangement.nodes.size());
      out_.arrangement.nodes.push_back(in_.points[p]);
    }
    return node_of_[p];
  }

  void walk_from(std::uint32_t p) {
    for (std::uint32_t k = in_.first[p]; k < in_.first[p + 1]; ++k)
      if (!used_[in_.segments[k]]) walk(p, in_.segments[k]);
  }

  void walk(std::uint32_t start, std::uint32_t segment) {
    Arrangement& m = out_.arrangement;
    out_.segment_of_arc.push_back(segment);
    out_.forward.push_back(in_.point_of_a[segment] == start);
    Arc arc;
    arc.from = node(start);
    arc.first = static_cast<std::uint32_t>(m.points.size());
    m.points.push_back(in_.points[start]);
    std::uint32_t p = start;
    while (true) {
      used_[segment] = true;
      p = in_.other_end(segment, p);
      m.points.push_back(in_.points[p]);
      if (p == start || in_.degree(p) != 2) break;
      segment = in_.other_segment(p, segment);
    }
    arc.to = node(p);
    arc.count = static_cast<std::uint32_t>(m.points.size()) - arc.first;
    m.arcs.push_back(arc);
  }

  Incidences in_;
  std::vector<bool> used_;
  std::vector<std::uint32_t> node_of_;
  TracedArcs out_;
};

// --- loops and their nesting ---

struct Loops {
  std::vector<std::uint32_t> of_half_edge;
  std::vector<HalfEdge> start;
  std::vector<bool> bounded;  // counter-clockwise: the outer boundary of a bounded face
};

bool counter_clockwise(const Arrangement& m, const std::vector<HalfEdge>& next, HalfEdge start) {
  Int128 sum = 0;
  HalfEdge h = start;
  do {
    const Int128 part = doubled_sweep(m.points_of(h.arc()));
    sum += h.reversed() ? -part : part;
    h = next[h.code];
  } while (h != start);
  return sum > 0;
}

Loops find_loops(const Arrangement& m, const std::vector<HalfEdge>& next) {
  Loops loops;
  loops.of_half_edge.assign(2 * m.arcs.size(), kNone);
  for (std::uint32_t c = 0; c < loops.of_half_edge.size(); ++c) {
    if (loops.of_half_edge[c] != kNone) continue;
    const auto id = static_cast<std::uint32_t>(loops.start.size());
    for (HalfEdge h{c}; loops.of_half_edge[h.code] == kNone; h = next[h.code]) loops.of_half_edge[h.code] = id;
    loops.start.push_back({c});
    loops.bounded.push_back(counter_clockwise(m, next, {c}));
  }
  return loops;
}

// The lowest point of a loop, (x, then y) smallest.
Point lowest_point(const Arrangement& m, const std::vector<HalfEdge>& next, HalfEdge start) {
  Point lowest{INT32_MAX, INT32_MAX};
  HalfEdge h = start;
  do {
    for (Point p : m.points_of(h.arc())) lowest = std::min(lowest, p);
    h = next[h.code];
  } while (h != start);
  return lowest;
}

// face of each loop; kOutside for the loops around everything.
std::vector<FaceId> nest(const Arrangement& m, const std::vector<HalfEdge>& next, const Loops& loops) {
  std::vector<FaceId> face(loops.start.size(), kNone);
  FaceId count = 1;
  for (std::size_t l = 0; l < face.size(); ++l)
    if (loops.bounded[l]) face[l] = count++;
  std::vector<std::uint32_t> container(face.size(), kNone);
  std::vector<std::pair<std::uint32_t, Point>> rims;  // of components, seen from outside
  std::vector<std::int32_t> columns;
  for (std::uint32_t l = 0; l < face.size(); ++l) {
    if (loops.bounded[l]) continue;
    rims.emplace_back(l, lowest_point(m, next, loops.start[l]));
    columns.push_back(rims.back().second.x);
  }
  const Below below(m, std::move(columns));
  for (const auto& [l, lowest] : rims)
    if (const auto h = below.under(lowest)) container[l] = loops.of_half_edge[h->code];
  // A component below another one shares its container; its lowest point lies further left or lower, so this ends.
  for (std::uint32_t l = 0; l < face.size(); ++l) {
    std::vector<std::uint32_t> path;
    std::uint32_t at = l;
    while (face[at] == kNone && container[at] != kNone) {
      path.push_back(at);
      at = container[at];
    }
    if (face[at] == kNone) face[at] = kOutside;
    for (std::uint32_t p : path) face[p] = face[at];
  }
  return face;
}

}  // namespace

Stars stars(const Arrangement& m) {
  Stars s;
  s.first.assign(m.nodes.size() + 1, 0);
  for (const Arc& a : m.arcs) {
    ++s.first[a.from + 1];
    ++s.first[a.to + 1];
  }
  std::partial_sum(s.first.begin(), s.first.end(), s.first.begin());
  s.out.resize(2 * m.arcs.size());
  std::vector<std::uint32_t> fill(s.first.begin(), s.first.end() - 1);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    s.out[fill[m.arcs[a].from]++] = HalfEdge::forward(a);
    s.out[fill[m.arcs[a].to]++] = HalfEdge::backward(a);
  }
  for (NodeId n = 0; n < m.nodes.size(); ++n)
    std::sort(s.out.begin() + s.first[n], s.out.begin() + s.first[n + 1],
              [&](HalfEdge g, HalfEdge h) { return angle_less(m.nodes[n], second_point(m, g), second_point(m, h)); });
  return s;
}

std::vector<HalfEdge> next_in_face(const Arrangement& m, const Stars& s) {
  // Arriving along h, the next half-edge with the same face on the left is the one just clockwise of h's twin.
  std::vector<HalfEdge> next(2 * m.arcs.size());
  for (NodeId n = 0; n < m.nodes.size(); ++n) {
    const auto out = s.around(n);
    for (std::size_t i = 0; i < out.size(); ++i) next[out[i].twin().code] = out[(i + out.size() - 1) % out.size()];
  }
  return next;
}

void find_faces(Arrangement& m) {
  const std::vector<HalfEdge> next = next_in_face(m, stars(m));
  const Loops loops = find_loops(m, next);
  const std::vector<FaceId> face = nest(m, next, loops);
  m.face_count = 1;
  for (FaceId f : face) m.face_count = std::max(m.face_count, f + 1);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    m.arcs[a].left = face[loops.of_half_edge[HalfEdge::forward(a).code]];
    m.arcs[a].right = face[loops.of_half_edge[HalfEdge::backward(a).code]];
  }
}

TracedArcs chain(const Lattice& lattice, std::span<const Segment> segments, unsigned threads) {
  return Chainer(lattice, segments, threads).run();
}

Arrangement condense(const Arrangement& m, std::span<const std::uint32_t> group_of_face,
                     std::vector<FaceId>& face_of_group) {
  struct Kept {
    Segment at;
    std::uint32_t left, right;  // groups, seen from a -> b
  };
  std::vector<Kept> kept;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const std::uint32_t left = group_of_face[m.arcs[a].left], right = group_of_face[m.arcs[a].right];
    if (left == right) continue;
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      kept.push_back(p[i] < p[i + 1] ? Kept{{p[i], p[i + 1]}, left, right} : Kept{{p[i + 1], p[i]}, right, left});
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) { return a.at < b.at; });
  std::vector<Segment> segments(kept.size());
  std::transform(kept.begin(), kept.end(), segments.begin(), [](const Kept& k) { return k.at; });
  TracedArcs traced = chain(m.lattice, segments);
  Arrangement& out = traced.arrangement;
  std::uint32_t groups = 1;
  for (std::uint32_t g : group_of_face) groups = std::max(groups, g + 1);
  face_of_group.assign(groups, kNone);
  face_of_group[0] = kOutside;
  const auto number = [&](std::uint32_t group) {
    if (face_of_group[group] == kNone) face_of_group[group] = out.face_count++;
    return face_of_group[group];
  };
  for (ArcId a = 0; a < out.arcs.size(); ++a) {
    const Kept& k = kept[traced.segment_of_arc[a]];
    out.arcs[a].left = number(traced.forward[a] ? k.left : k.right);
    out.arcs[a].right = number(traced.forward[a] ? k.right : k.left);
  }
  return std::move(traced.arrangement);
}

}  // namespace gridloom
