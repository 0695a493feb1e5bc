// SPDX-License-Identifier: Apache-2.0
// Shares the predicates with the builder, and nothing else: its own pair search, its own stars and its own walks.
#include "engine/arrangement/verify.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

class Faults {
 public:
  explicit Faults(std::size_t limit) : limit_(limit) {}
  void add(const char* kind, Point at, std::string what) {
    if (list_.size() < limit_) list_.push_back({kind, at, std::move(what)});
  }
  bool full() const { return list_.size() >= limit_; }
  bool empty() const { return list_.empty(); }
  std::vector<Fault> take() { return std::move(list_); }

 private:
  std::size_t limit_;
  std::vector<Fault> list_;
};

std::string arc_name(ArcId a) { return "arc " + std::to_string(a); }
std::string face_name(FaceId f) { return f == kOutside ? "the outside" : "face " + std::to_string(f); }

// --- indices and ends ---

bool check_indices(const Arrangement& m, Faults& faults) {
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Arc& arc = m.arcs[a];
    const bool good = arc.from < m.nodes.size() && arc.to < m.nodes.size() && arc.left < m.face_count &&
                      arc.right < m.face_count && arc.count >= 2 &&
                      static_cast<std::size_t>(arc.first) + arc.count <= m.points.size();
    if (!good) faults.add("bad index", {}, arc_name(a) + " refers to a node, face or point that does not exist");
  }
  return faults.empty();
}

void check_ends(const Arrangement& m, Faults& faults) {
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    if (p.front() != m.nodes[m.arcs[a].from])
      faults.add("moved vertex", p.front(), arc_name(a) + " does not start at its node");
    if (p.back() != m.nodes[m.arcs[a].to])
      faults.add("moved vertex", p.back(), arc_name(a) + " does not end at its node");
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      if (p[i] == p[i + 1]) faults.add("repeated point", p[i], arc_name(a) + " repeats a point");
  }
}

// Points inside arcs are all different and no nodes; nodes are all different.
void check_points(const Arrangement& m, Faults& faults) {
  std::vector<Point> seen = m.nodes;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    seen.insert(seen.end(), p.begin() + 1, p.end() - 1);
  }
  std::sort(seen.begin(), seen.end());
  for (std::size_t i = 0; i + 1 < seen.size(); ++i)
    if (seen[i] == seen[i + 1]) faults.add("crossing", seen[i], "arcs meet at a point that is not one node of theirs");
}

// --- crossings: a uniform grid over the segments, every pair within a bucket tested exactly ---

struct Bucketed {
  std::uint64_t bucket;
  std::uint32_t segment;
  friend auto operator<=>(const Bucketed&, const Bucketed&) = default;
};

std::int64_t floor_div(Int128 n, Int128 d) {
  const Int128 q = n / d;
  return static_cast<std::int64_t>(n % d != 0 && (n < 0) != (d < 0) ? q - 1 : q);
}

class Buckets {
 public:
  explicit Buckets(std::span<const Segment> segments) {
    Box all;
    double length = 0;
    for (const Segment& s : segments) {
      all.extend(box_of(s));
      length += std::hypot(static_cast<double>(s.b.x) - s.a.x, static_cast<double>(s.b.y) - s.a.y);
    }
    origin_ = all.min;
    // Buckets about as wide as a segment is long, but never more than 2^16 in a row.
    const std::int64_t extent = std::max<std::int64_t>(static_cast<std::int64_t>(all.max.x) - all.min.x,
                                                       static_cast<std::int64_t>(all.max.y) - all.min.y);
    const auto mean =
        static_cast<std::int64_t>(length / static_cast<double>(std::max<std::size_t>(1, segments.size())));
    size_ = std::max<std::int64_t>({mean, extent / 65536 + 1, 1});
    for (std::uint32_t i = 0; i < segments.size(); ++i) enter(segments[i], i);
    std::sort(list_.begin(), list_.end());
  }

  const std::vector<Bucketed>& list() const { return list_; }

 private:
  // Every bucket the segment passes: column by column, the rows between its heights at the column's two sides.
  void enter(const Segment& s, std::uint32_t index) {
    const std::int64_t first = (static_cast<std::int64_t>(s.a.x) - origin_.x) / size_;
    const std::int64_t last = (static_cast<std::int64_t>(s.b.x) - origin_.x) / size_;
    for (std::int64_t column = first; column <= last; ++column) {
      const std::int64_t left = std::max<std::int64_t>(s.a.x, origin_.x + column * size_);
      const std::int64_t right = std::min<std::int64_t>(s.b.x, origin_.x + (column + 1) * size_);
      const auto [y1, y2] = heights(s, left, right);
      for (std::int64_t row = (y1 - origin_.y) / size_; row <= (y2 - origin_.y) / size_; ++row)
        list_.push_back({static_cast<std::uint64_t>(column) << 32 | static_cast<std::uint64_t>(row), index});
    }
  }

  // Lowest and highest y of the segment over [left, right], rounded outwards, within the segment's box.
  static std::pair<std::int64_t, std::int64_t> heights(const Segment& s, std::int64_t left, std::int64_t right) {
    const Box box = box_of(s);
    if (s.a.x == s.b.x) return {box.min.y, box.max.y};
    const Int128 dx = static_cast<std::int64_t>(s.b.x) - s.a.x, dy = static_cast<std::int64_t>(s.b.y) - s.a.y;
    const auto at = [&](std::int64_t x) { return s.a.y + floor_div(dy * (x - s.a.x), dx); };
    const std::int64_t u = at(left), v = at(right);
    return {std::max<std::int64_t>(box.min.y, std::min(u, v)), std::min<std::int64_t>(box.max.y, std::max(u, v) + 1)};
  }

  Point origin_;
  std::int64_t size_ = 1;
  std::vector<Bucketed> list_;
};

void check_pair(const Segment& s, const Segment& t, ArcId arc_s, ArcId arc_t, Faults& faults) {
  if (!box_of(s).intersects(box_of(t))) return;
  const std::string names = arc_name(arc_s) + " and " + arc_name(arc_t);
  if (s == t) return faults.add("doubled arc", s.a, names + " run over the same ground");
  if (const auto p = proper_crossing(s, t)) return faults.add("crossing", *p, names + " cross");
  const auto inside = [](const Segment& g, Point p) { return p != g.a && p != g.b && on_segment(g, p); };
  for (Point p : {t.a, t.b})
    if (inside(s, p)) return faults.add("crossing", p, names + " touch away from a node");
  for (Point p : {s.a, s.b})
    if (inside(t, p)) return faults.add("crossing", p, names + " touch away from a node");
}

void check_crossings(const Arrangement& m, Faults& faults) {
  std::vector<Segment> segments;
  std::vector<ArcId> arc;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      if (p[i] == p[i + 1]) continue;
      segments.push_back(p[i] < p[i + 1] ? Segment{p[i], p[i + 1]} : Segment{p[i + 1], p[i]});
      arc.push_back(a);
    }
  }
  const Buckets buckets(segments);
  const auto& list = buckets.list();
  std::vector<std::pair<std::uint32_t, std::uint32_t>> reported;
  for (std::size_t i = 0; i < list.size() && !faults.full(); ++i)
    for (std::size_t k = i + 1; k < list.size() && list[k].bucket == list[i].bucket; ++k) {
      const std::uint32_t s = list[i].segment, t = list[k].segment;
      Faults found(1);
      check_pair(segments[s], segments[t], arc[s], arc[t], found);
      if (found.empty() || std::find(reported.begin(), reported.end(), std::pair{s, t}) != reported.end()) continue;
      reported.emplace_back(s, t);
      for (Fault& f : found.take()) faults.add(f.kind.c_str(), f.at, f.what);
    }
}

// --- sides, loops, faces ---

struct Outgoing {
  HalfEdge edge;
  Point towards;
};

// Half-edges leaving each node, counter-clockwise.
std::vector<std::vector<Outgoing>> outgoing(const Arrangement& m) {
  std::vector<std::vector<Outgoing>> at(m.nodes.size());
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    at[m.arcs[a].from].push_back({HalfEdge::forward(a), p[1]});
    at[m.arcs[a].to].push_back({HalfEdge::backward(a), p[p.size() - 2]});
  }
  for (NodeId n = 0; n < at.size(); ++n)
    std::sort(at[n].begin(), at[n].end(),
              [&](const Outgoing& a, const Outgoing& b) { return angle_less(m.nodes[n], a.towards, b.towards); });
  return at;
}

// Between two neighbouring half-edges of a star lies one sector of one face, and both must say which.
void check_node(const Arrangement& m, NodeId n, const std::vector<Outgoing>& star, Faults& faults) {
  if (star.empty()) return faults.add("dropped arc", m.nodes[n], "a node without arcs");
  if (star.size() == 1)
    return faults.add("dropped arc", m.nodes[n], arc_name(star[0].edge.arc()) + " ends without a partner");
  const std::size_t k = star.size();
  const auto left = [&](std::size_t i) { return left_of(m, star[i % k].edge); };
  const auto right = [&](std::size_t i) { return left_of(m, star[i % k].edge.twin()); };
  for (std::size_t i = 0; i < k; ++i) {
    if (left(i) == right(i + 1)) continue;
    // A half-edge whose sides are exchanged disagrees with both its neighbours, and agrees when turned round.
    const auto turned = [&](std::size_t e) {
      return left(e) == left(e + k - 1) && right(e) == right(e + 1) && left(e) != right(e);
    };
    const bool wrong = turned(i) || turned(i + 1);
    faults.add(
        wrong ? "wrong side" : "dropped arc", m.nodes[n],
        wrong ? arc_name(star[turned(i) ? i : (i + 1) % k].edge.arc()) + " has its sides exchanged"
              : "the boundary between " + face_name(left(i)) + " and " + face_name(right(i + 1)) + " is missing here");
  }
}

struct Loop {
  HalfEdge start;
  FaceId face;
  Int128 area;
  Point on;  // a point of it
  std::uint32_t component;
};

class FaceWalk {
 public:
  FaceWalk(const Arrangement& m, const std::vector<std::vector<Outgoing>>& at) : m_(m), next_(2 * m.arcs.size()) {
    for (const auto& star : at)
      for (std::size_t i = 0; i < star.size(); ++i) next_[star[(i + 1) % star.size()].edge.twin().code] = star[i].edge;
    component_.resize(m.nodes.size());
    std::iota(component_.begin(), component_.end(), 0u);
    for (const Arc& a : m.arcs) component_[root(a.from)] = root(a.to);
  }

  std::uint32_t root(std::uint32_t n) {
    while (component_[n] != n) n = component_[n] = component_[component_[n]];
    return n;
  }

  std::size_t components() {
    std::size_t count = 0;
    for (std::uint32_t n = 0; n < component_.size(); ++n) count += root(n) == n;
    return count;
  }

  std::vector<Loop> loops() {
    std::vector<Loop> out;
    std::vector<char> used(next_.size(), 0);
    for (std::uint32_t c = 0; c < next_.size(); ++c) {
      if (used[c]) continue;
      Loop loop{{c}, left_of(m_, {c}), 0, m_.nodes[start_of(m_, {c})], root(start_of(m_, {c}))};
      for (HalfEdge h{c}; !used[h.code]; h = next_[h.code]) {
        used[h.code] = 1;
        const auto p = m_.points_of(h.arc());
        Int128 part = 0;
        for (std::size_t i = 0; i + 1 < p.size(); ++i) part += cross(p[i], p[i + 1]);
        loop.area += h.reversed() ? -part : part;
      }
      out.push_back(loop);
    }
    return out;
  }

 private:
  const Arrangement& m_;
  std::vector<HalfEdge> next_;
  std::vector<std::uint32_t> component_;
};

// Does the point see an odd number of the arcs below it, those of its own component left out?
bool inside(const Arrangement& m, const std::vector<ArcId>& arcs, Point p,
            const std::vector<std::uint32_t>& component_of_arc, std::uint32_t own) {
  bool odd = false;
  for (ArcId a : arcs) {
    if (component_of_arc[a] == own) continue;
    const auto q = m.points_of(a);
    for (std::size_t i = 0; i + 1 < q.size(); ++i) {
      if (q[i].x == q[i + 1].x) continue;
      const Segment s = q[i] < q[i + 1] ? Segment{q[i], q[i + 1]} : Segment{q[i + 1], q[i]};
      if (s.a.x <= p.x && p.x < s.b.x && orientation(s.a, s.b, p) > 0) odd = !odd;
    }
  }
  return odd;
}

void check_faces(const Arrangement& m, const std::vector<std::vector<Outgoing>>& at, Faults& faults) {
  FaceWalk walk(m, at);
  const std::vector<Loop> loops = walk.loops();
  std::vector<std::uint32_t> outer(m.face_count, 0);
  for (const Loop& l : loops) {
    if (l.area > 0 && ++outer[l.face] > 1 && l.face != kOutside)
      faults.add("doubled face", l.on, face_name(l.face) + " names two separate pieces of ground");
    if (l.area == 0) faults.add("area", l.on, "a boundary of " + face_name(l.face) + " encloses nothing");
  }
  const std::vector<Int128> area = doubled_areas(m);
  Int128 sum = 0;
  for (FaceId f = 0; f < m.face_count; ++f) {
    sum += area[f];
    if (f != kOutside && outer[f] == 0) faults.add("dropped arc", {}, face_name(f) + " has no outer boundary");
    if (f != kOutside && area[f] <= 0) faults.add("area", {}, face_name(f) + " has no positive area");
  }
  if (sum != 0) faults.add("area", {}, "face areas do not sum to the frame's");

  const auto v = static_cast<std::int64_t>(m.nodes.size()), e = static_cast<std::int64_t>(m.arcs.size());
  const auto c = static_cast<std::int64_t>(walk.components());
  const std::int64_t pieces =
      static_cast<std::int64_t>(m.face_count) + outer[kOutside];  // holes of the frame are faces, too
  if (!m.arcs.empty() && v - e + pieces != 1 + c)
    faults.add("euler", {}, "V - E + F = " + std::to_string(v - e + pieces) + ", 1 + C = " + std::to_string(1 + c));

  // Every component lies in the face its rim names.
  std::vector<std::vector<ArcId>> arcs_of(m.face_count);
  std::vector<std::uint32_t> component_of_arc(m.arcs.size());
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    component_of_arc[a] = walk.root(m.arcs[a].from);
    arcs_of[m.arcs[a].left].push_back(a);
    if (m.arcs[a].right != m.arcs[a].left) arcs_of[m.arcs[a].right].push_back(a);
  }
  for (const Loop& l : loops)
    if (l.area < 0 && inside(m, arcs_of[l.face], l.on, component_of_arc, l.component) != (l.face != kOutside))
      faults.add("wrong side", l.on, "an island is not inside " + face_name(l.face) + " that its rim names");
}

}  // namespace

std::vector<Fault> verify(const Arrangement& m, std::size_t limit) {
  Faults faults(limit);
  if (!check_indices(m, faults)) return faults.take();
  check_ends(m, faults);
  check_points(m, faults);
  check_crossings(m, faults);
  if (!faults.empty()) return faults.take();  // walks make sense only where arcs meet at nodes alone
  const auto at = outgoing(m);
  for (NodeId n = 0; n < m.nodes.size(); ++n) check_node(m, n, at[n], faults);
  check_faces(m, at, faults);
  return faults.take();
}

std::vector<std::uint64_t> arc_support(const Arrangement& m, std::span<const Labeling* const> labelings) {
  std::vector<std::uint64_t> support(m.arcs.size(), 0);
  const auto same_further = [](const Labeling& l, FaceId f, FaceId g) {
    const auto a = l.further(f), b = l.further(g);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const OverlapLabel& x, const OverlapLabel& y) { return x.label == y.label; });
  };
  for (ArcId a = 0; a < m.arcs.size(); ++a)
    for (std::size_t l = 0; l < labelings.size(); ++l) {
      const FaceId f = m.arcs[a].left, g = m.arcs[a].right;
      const Labeling& labels = *labelings[l];
      if (labels.of_face[f] != labels.of_face[g] || (!labels.overlaps.empty() && !same_further(labels, f, g)))
        support[a] |= std::uint64_t{1} << l;
    }
  return support;
}

}  // namespace gridloom
