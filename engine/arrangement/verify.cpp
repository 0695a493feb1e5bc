// SPDX-License-Identifier: Apache-2.0
// Shares the predicates with the builder, and nothing else: its own sweep, its own stars and its own walks.
#include "engine/arrangement/verify.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

class Faults {
 public:
  explicit Faults(std::size_t limit) : limit_(limit) {}
  void add(const char* kind, Point at, Reason what) {
    if (list_.size() < limit_) list_.push_back({kind, at, std::move(what)});
  }
  bool full() const { return list_.size() >= limit_; }
  bool empty() const { return list_.empty(); }
  std::vector<Fault> take() { return std::move(list_); }

 private:
  std::size_t limit_;
  std::vector<Fault> list_;
};

// The outside has a word, the others their numbers.
std::string face_name(FaceId f) { return f == kOutside ? "outside" : std::to_string(f); }

// --- indices and ends ---

bool check_indices(const Arrangement& m, Faults& faults) {
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Arc& arc = m.arcs[a];
    const bool good = arc.from < m.nodes.size() && arc.to < m.nodes.size() && arc.left < m.face_count &&
                      arc.right < m.face_count && arc.count >= 2 &&
                      static_cast<std::size_t>(arc.first) + arc.count <= m.points.size();
    if (!good) faults.add("bad index", {}, {"arc_refers_to_nothing", {{"arc", a}}});
  }
  return faults.empty();
}

void check_ends(const Arrangement& m, Faults& faults) {
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    if (p.front() != m.nodes[m.arcs[a].from])
      faults.add("moved vertex", p.front(), {"arc_off_its_start", {{"arc", a}}});
    if (p.back() != m.nodes[m.arcs[a].to]) faults.add("moved vertex", p.back(), {"arc_off_its_end", {{"arc", a}}});
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      if (p[i] == p[i + 1]) faults.add("repeated point", p[i], {"arc_repeats_a_point", {{"arc", a}}});
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
    if (seen[i] == seen[i + 1]) faults.add("crossing", seen[i], {"arcs_meet_off_their_nodes"});
}

// --- crossings: a plane sweep (Shamos & Hoey 1976) over all segments, in exact arithmetic ---

struct SweptSegment {
  Segment at;
  ArcId arc;
  FaceId above;  // by the arc's word
};

std::vector<SweptSegment> segments_by_left_end(const Arrangement& m) {
  std::vector<SweptSegment> out;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) {
      if (p[i] < p[i + 1]) out.push_back({{p[i], p[i + 1]}, a, m.arcs[a].left});
      if (p[i + 1] < p[i]) out.push_back({{p[i + 1], p[i]}, a, m.arcs[a].right});
    }
  }
  std::sort(out.begin(), out.end(), [](const auto& s, const auto& t) { return s.at < t.at; });
  return out;
}

// Do two segments meet elsewhere than at an end of both? `at` gets the place.
enum class Meeting { none, doubled, crossing, touch };
Meeting meeting(const Segment& s, const Segment& t, Point& at) {
  if (!box_of(s).intersects(box_of(t))) return Meeting::none;
  at = s.a;
  if (s == t) return Meeting::doubled;
  if (const auto p = proper_crossing(s, t)) {
    at = *p;
    return Meeting::crossing;
  }
  const auto inside = [&](const Segment& g, Point p) {
    return p != g.a && p != g.b && on_segment(g, p) && (at = p, true);
  };
  return inside(s, t.a) || inside(s, t.b) || inside(t, s.a) || inside(t, s.b) ? Meeting::touch : Meeting::none;
}

// Points come in the order (x, y), as on a line that leans a little: verticals need no care. At each the segments that
// end there leave the status, then those that start there enter. As long as no two neighbours in the status meet, none
// meet. One that does is taken out as a suspect, so that the rest stays in order; in the end every suspect is held
// against all segments, which finds every pair: where neither is a suspect, the sweep has shown that they do not meet.
class Sweep {
 public:
  // `asked` are points, ascending, to tell the face below of.
  Sweep(const std::vector<SweptSegment>& segments, std::vector<Point> asked)
      : segments_(segments),
        asked_(std::move(asked)),
        status_(Lower{&segments}),
        place_(segments.size(), status_.end()) {
    ends_.resize(segments.size());
    std::iota(ends_.begin(), ends_.end(), 0u);
    std::sort(ends_.begin(), ends_.end(), [&](std::uint32_t s, std::uint32_t t) {
      return std::pair(segments[s].at.b, s) < std::pair(segments[t].at.b, t);
    });
  }

  void run(std::size_t limit) {
    std::size_t ending = 0, question = 0;
    for (std::uint32_t s = 0; s < segments_.size() && suspects_.size() < limit; ++s) {
      const Point p = segments_[s].at.a;
      while (segments_[ends_[ending]].at.b <= p) leave(ends_[ending++]);
      if (question < asked_.size() && asked_[question] == p) {
        const auto next = status_.lower_bound(p);
        beneath_.push_back(next == status_.begin() ? kOutside : segments_[*std::prev(next)].above);
        ++question;
      }
      enter(s);
    }
    while (ending < ends_.size() && suspects_.size() < limit) leave(ends_[ending++]);
  }

  const std::vector<std::uint32_t>& suspects() const { return suspects_; }
  const std::vector<FaceId>& beneath() const { return beneath_; }

 private:
  // Order of the status, from below, where the later one of two starts.
  struct Lower {
    using is_transparent = void;
    const std::vector<SweptSegment>* segments;

    bool operator()(std::uint32_t s, std::uint32_t t) const {
      const Segment &u = (*segments)[s].at, &v = (*segments)[t].at;
      const std::int64_t side = u.a == v.a  ? orientation(u.a, u.b, v.b)
                                : u.a < v.a ? orientation(u.a, u.b, v.a)
                                            : -orientation(v.a, v.b, u.a);
      return side != 0 ? side > 0 : s < t;  // those on one line meet: next to each other they are found
    }
    bool operator()(std::uint32_t s, Point p) const {
      const Segment& u = (*segments)[s].at;
      return orientation(u.a, u.b, p) > 0;
    }
  };
  using Status = std::set<std::uint32_t, Lower>;

  bool meet(std::uint32_t s, std::uint32_t t) const {
    Point at;
    return meeting(segments_[s].at, segments_[t].at, at) != Meeting::none;
  }

  void take_out(std::uint32_t s) {
    suspects_.push_back(s);
    status_.erase(place_[s]);
    place_[s] = status_.end();
  }

  void enter(std::uint32_t s) {
    const auto at = status_.insert(s).first;
    place_[s] = at;
    const auto next = std::next(at);
    if ((at != status_.begin() && meet(*std::prev(at), s)) || (next != status_.end() && meet(s, *next))) take_out(s);
  }

  void leave(std::uint32_t s) {
    if (place_[s] == status_.end()) return;
    auto next = status_.erase(place_[s]);
    place_[s] = status_.end();
    while (next != status_.begin() && next != status_.end() && meet(*std::prev(next), *next)) {
      const std::uint32_t suspect = *next++;
      take_out(suspect);
    }
  }

  const std::vector<SweptSegment>& segments_;
  std::vector<Point> asked_;
  Status status_;
  std::vector<Status::iterator> place_;  // end(): not in the status
  std::vector<std::uint32_t> ends_;      // segments by their right ends
  std::vector<std::uint32_t> suspects_;
  std::vector<FaceId> beneath_;
};

void report_meetings(const std::vector<SweptSegment>& segments, const std::vector<std::uint32_t>& suspects,
                     Faults& faults) {
  std::set<std::uint32_t> done;
  for (std::uint32_t s : suspects) {
    for (std::uint32_t t = 0; t < segments.size() && !faults.full(); ++t) {
      Point at;
      if (t == s || done.contains(t)) continue;
      const Meeting met = meeting(segments[s].at, segments[t].at, at);
      if (met == Meeting::none) continue;
      const auto [low, high] = std::minmax(segments[s].arc, segments[t].arc);
      if (met == Meeting::doubled) faults.add("doubled arc", at, {"arcs_doubled", {{"arc", low}, {"other", high}}});
      if (met == Meeting::crossing) faults.add("crossing", at, {"arcs_cross", {{"arc", low}, {"other", high}}});
      if (met == Meeting::touch) faults.add("crossing", at, {"arcs_touch", {{"arc", low}, {"other", high}}});
    }
    done.insert(s);
  }
}

// Connected parts of the arrangement, by node.
class Components {
 public:
  explicit Components(const Arrangement& m) : parent_(m.nodes.size()), lowest_(m.nodes.size(), {INT32_MAX, INT32_MAX}) {
    std::iota(parent_.begin(), parent_.end(), 0u);
    for (const Arc& a : m.arcs) parent_[root(a.from)] = root(a.to);
    for (ArcId a = 0; a < m.arcs.size(); ++a)
      for (Point p : m.points_of(a)) {
        Point& lowest = lowest_[root(m.arcs[a].from)];
        lowest = std::min(lowest, p);
      }
  }

  std::uint32_t root(std::uint32_t n) {
    while (parent_[n] != n) n = parent_[n] = parent_[parent_[n]];
    return n;
  }

  std::size_t count() {
    std::size_t count = 0;
    for (std::uint32_t n = 0; n < parent_.size(); ++n) count += root(n) == n;
    return count;
  }

  Point lowest(std::uint32_t root) const { return lowest_[root]; }

  // The lowest points of all, ascending.
  std::vector<Point> lowest() const {
    std::vector<Point> out;
    for (Point p : lowest_)
      if (p.x != INT32_MAX) out.push_back(p);
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  std::vector<std::uint32_t> parent_;
  std::vector<Point> lowest_;
};

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
  if (star.empty()) return faults.add("dropped arc", m.nodes[n], {"node_without_arcs"});
  if (star.size() == 1) return faults.add("dropped arc", m.nodes[n], {"arc_ends_alone", {{"arc", star[0].edge.arc()}}});
  const std::size_t k = star.size();
  const auto left = [&](std::size_t i) { return left_of(m, star[i % k].edge); };
  const auto right = [&](std::size_t i) { return left_of(m, star[i % k].edge.twin()); };
  for (std::size_t i = 0; i < k; ++i) {
    if (left(i) == right(i + 1)) continue;
    // A half-edge whose sides are exchanged disagrees with both its neighbours, and agrees when turned round.
    const auto turned = [&](std::size_t e) {
      return left(e) == left(e + k - 1) && right(e) == right(e + 1) && left(e) != right(e);
    };
    if (turned(i) || turned(i + 1))
      faults.add("wrong side", m.nodes[n],
                 {"arc_sides_exchanged", {{"arc", star[turned(i) ? i : (i + 1) % k].edge.arc()}}});
    else
      faults.add("dropped arc", m.nodes[n],
                 {"boundary_missing", {{"left", face_name(left(i))}, {"right", face_name(right(i + 1))}}});
  }
}

struct Loop {
  HalfEdge start;
  FaceId face;
  Int128 area;
  Point on;  // a point of it
  NodeId node;
};

class FaceWalk {
 public:
  FaceWalk(const Arrangement& m, const std::vector<std::vector<Outgoing>>& at) : m_(m), next_(2 * m.arcs.size()) {
    for (const auto& star : at)
      for (std::size_t i = 0; i < star.size(); ++i) next_[star[(i + 1) % star.size()].edge.twin().code] = star[i].edge;
  }

  std::vector<Loop> loops() {
    std::vector<Loop> out;
    std::vector<char> used(next_.size(), 0);
    for (std::uint32_t c = 0; c < next_.size(); ++c) {
      if (used[c]) continue;
      Loop loop{{c}, left_of(m_, {c}), 0, m_.nodes[start_of(m_, {c})], start_of(m_, {c})};
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
};

// `beneath` is the face below the lowest point of each component, in the order of those points.
void check_faces(const Arrangement& m, const std::vector<std::vector<Outgoing>>& at, Components& components,
                 const std::vector<FaceId>& beneath, Faults& faults) {
  FaceWalk walk(m, at);
  const std::vector<Loop> loops = walk.loops();
  std::vector<std::uint32_t> outer(m.face_count, 0);
  for (const Loop& l : loops) {
    if (l.area > 0 && ++outer[l.face] > 1 && l.face != kOutside)
      faults.add("doubled face", l.on, {"face_in_pieces", {{"face", face_name(l.face)}}});
    if (l.area == 0) faults.add("area", l.on, {"boundary_encloses_nothing", {{"face", face_name(l.face)}}});
  }
  const std::vector<Int128> area = doubled_areas(m);
  Int128 sum = 0;
  for (FaceId f = 0; f < m.face_count; ++f) {
    sum += area[f];
    if (f != kOutside && outer[f] == 0)
      faults.add("dropped arc", {}, {"face_without_outer_boundary", {{"face", face_name(f)}}});
    if (f != kOutside && area[f] <= 0) faults.add("area", {}, {"face_without_area", {{"face", face_name(f)}}});
  }
  if (sum != 0) faults.add("area", {}, {"areas_off_the_frame"});

  const auto v = static_cast<std::int64_t>(m.nodes.size()), e = static_cast<std::int64_t>(m.arcs.size());
  const auto c = static_cast<std::int64_t>(components.count());
  const std::int64_t pieces =
      static_cast<std::int64_t>(m.face_count) + outer[kOutside];  // holes of the frame are faces, too
  if (!m.arcs.empty() && v - e + pieces != 1 + c)
    faults.add("euler", {}, {"euler_formula", {{"sum", v - e + pieces}, {"expected", 1 + c}}});

  // Every component lies in the face its rim names.
  const std::vector<Point> lowest = components.lowest();
  for (const Loop& l : loops) {
    if (l.area >= 0) continue;
    const Point p = components.lowest(components.root(l.node));
    const auto which = std::lower_bound(lowest.begin(), lowest.end(), p) - lowest.begin();
    if (l.face != beneath[static_cast<std::size_t>(which)])
      faults.add("wrong side", l.on, {"island_elsewhere", {{"face", face_name(l.face)}}});
  }
}

}  // namespace

std::vector<Fault> verify(const Arrangement& m, std::size_t limit) {
  Faults faults(limit);
  if (!check_indices(m, faults)) return faults.take();
  check_ends(m, faults);
  check_points(m, faults);
  Components components(m);
  std::vector<FaceId> beneath;
  {
    const std::vector<SweptSegment> segments = segments_by_left_end(m);
    Sweep sweep(segments, components.lowest());
    sweep.run(limit);
    report_meetings(segments, sweep.suspects(), faults);
    beneath = sweep.beneath();
  }
  if (!faults.empty()) return faults.take();  // walks make sense only where arcs meet at nodes alone
  const auto at = outgoing(m);
  for (NodeId n = 0; n < m.nodes.size(); ++n) check_node(m, n, at[n], faults);
  check_faces(m, at, components, beneath, faults);
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
