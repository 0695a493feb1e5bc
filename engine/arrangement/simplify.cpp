// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/simplify.h"

#include <cmath>
#include <map>
#include <numeric>
#include <queue>
#include <set>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/groups.h"
#include "engine/geometry/box_index.h"
#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

// Distances beyond the lattice's diagonal mean the same.
constexpr std::int64_t kFarthest = std::int64_t{1} << 32;

std::int64_t whole_mm(double metres) {
  const double mm = metres * Lattice::kPerMetre;
  return mm >= static_cast<double>(kFarthest) ? kFarthest : std::llround(mm);
}

// No face is as large as 2^62 mm²: more means the same.
Int128 doubled_mm2(double m2) { return 2 * static_cast<Int128>(std::llround(std::min(m2 * 1e6, 0x1p62))); }

void check(const Arrangement& m, const SimplifyOptions& o) {
  if (!(o.tolerance_m >= 0) || !std::isfinite(o.tolerance_m))
    throw std::invalid_argument("simplify: the tolerance is negative or not a number");
  if (!(o.min_area_m2 >= 0) || !std::isfinite(o.min_area_m2))
    throw std::invalid_argument("simplify: the least area is negative or not a number");
  if (!o.keep.empty() && o.keep.size() != m.arcs.size())
    throw std::invalid_argument("simplify: keep says nothing of some arcs, or of too many");
}

Int128 squared(std::int64_t v) { return static_cast<Int128>(v) * v; }
Int128 squared_distance(Point p, Point q) {
  return squared(static_cast<std::int64_t>(p.x) - q.x) + squared(static_cast<std::int64_t>(p.y) - q.y);
}

// Products stay below 2^126: |orientation| < 2^63, and beyond 2^31 the tolerance no longer decides.
bool near_segment(Point p, Point a, Point c, std::int64_t tolerance) {
  const Int128 limit = squared(tolerance), pa = squared_distance(p, a), pc = squared_distance(p, c);
  if (pa <= limit || pc <= limit) return true;
  const Int128 ac = squared_distance(a, c);
  if (pa + ac <= pc || pc + ac <= pa) return false;  // beside an end
  return squared(orientation(a, c, p)) <= limit * ac;
}

std::pair<NodeId, NodeId> node_pair(const Arc& arc) { return std::minmax(arc.from, arc.to); }

class Simplifier {
 public:
  Simplifier(const Arrangement& m, std::int64_t tolerance, std::vector<Point> fixed)
      : m_(m),
        tolerance_(tolerance),
        fixed_(std::move(fixed)),
        arc_of_(m.points.size()),
        before_(m.points.size()),
        after_(m.points.size()),
        alive_(m.points.size(), true),
        weight_(m.points.size()) {
    std::vector<Box> boxes;
    for (Point p : m.points) boxes.push_back({p, p});
    vertices_ = BoxIndex(boxes);
    for (ArcId a = 0; a < m.arcs.size(); ++a) link(a);
    for (ArcId a = 0; a < m.arcs.size(); ++a)
      for (std::uint32_t i = first(a) + 1; i < last(a); ++i) offer(i);
  }

  Arrangement run() {
    while (!queue_.empty()) {
      const auto [weight, place, vertex] = queue_.top();
      queue_.pop();
      if (alive_[vertex] && weight_[vertex] == weight) attempt(vertex);
    }
    return rest();
  }

 private:
  using Vertex = std::uint32_t;  // index in points
  using Offer = std::tuple<std::int64_t, Point, Vertex>;

  Vertex first(ArcId a) const { return m_.arcs[a].first; }
  Vertex last(ArcId a) const { return m_.arcs[a].first + m_.arcs[a].count - 1; }
  bool inner(Vertex v) const { return v != first(arc_of_[v]) && v != last(arc_of_[v]); }

  void link(ArcId a) {
    for (Vertex i = first(a); i <= last(a); ++i) arc_of_[i] = a, before_[i] = i - 1, after_[i] = i + 1;
    if (m_.arcs[a].count == 2) straight_.insert(node_pair(m_.arcs[a]));
  }

  void offer(Vertex b) {
    if (!inner(b) || std::binary_search(fixed_.begin(), fixed_.end(), m_.points[b])) return;
    weight_[b] = std::abs(orientation(m_.points[before_[b]], m_.points[b], m_.points[after_[b]]));
    queue_.push({weight_[b], m_.points[b], b});
  }

  // Would before(b) -> after(b) be there twice, or be a point?
  bool doubles(Vertex b) const {
    const Vertex a = before_[b], c = after_[b];
    const Point p = m_.points[a], q = m_.points[c];
    if (p == q) return true;
    if (inner(a)) return m_.points[before_[a]] == q;
    if (inner(c)) return m_.points[after_[c]] == p;
    return straight_.contains(node_pair(m_.arcs[arc_of_[b]]));
  }

  bool strays(Vertex b) const {
    const Point p = m_.points[before_[b]], q = m_.points[after_[b]];
    for (Vertex i = before_[b] + 1; i < after_[b]; ++i)
      if (!near_segment(m_.points[i], p, q, tolerance_)) return true;
    return false;
  }

  // Remembers who is in the way.
  bool is_blocked(Vertex b) {
    const Point p = m_.points[before_[b]], q = m_.points[b], r = m_.points[after_[b]];
    Box box{q, q};
    box.extend(p), box.extend(r);
    std::int64_t blocker = -1;
    vertices_.query(box, [&](Vertex v) {
      const Point at = m_.points[v];
      if (blocker < 0 && alive_[v] && at != p && at != q && at != r && in_triangle(at, p, q, r)) blocker = v;
    });
    if (blocker < 0) return false;
    if (inner(static_cast<Vertex>(blocker))) waiting_[static_cast<Vertex>(blocker)].push_back(b);
    return true;
  }

  void attempt(Vertex b) {
    if (doubles(b) || strays(b) || is_blocked(b)) return;
    const Vertex a = before_[b], c = after_[b];
    alive_[b] = false;
    after_[a] = c, before_[c] = a;
    if (!inner(a) && !inner(c)) straight_.insert(node_pair(m_.arcs[arc_of_[b]]));
    offer(a), offer(c);
    const auto held = waiting_.extract(b);
    if (held.empty()) return;
    for (Vertex v : held.mapped())
      if (alive_[v]) offer(v);
  }

  Arrangement rest() const {
    Arrangement out{m_.lattice, m_.nodes, {}, m_.arcs, m_.face_count};
    for (ArcId a = 0; a < m_.arcs.size(); ++a) {
      out.arcs[a].first = static_cast<std::uint32_t>(out.points.size());
      for (Vertex i = first(a); i <= last(a); ++i)
        if (alive_[i]) out.points.push_back(m_.points[i]);
      out.arcs[a].count = static_cast<std::uint32_t>(out.points.size()) - out.arcs[a].first;
    }
    return out;
  }

  const Arrangement& m_;
  std::int64_t tolerance_;
  std::vector<Point> fixed_;  // sorted
  std::vector<ArcId> arc_of_;
  std::vector<Vertex> before_, after_;
  std::vector<bool> alive_;
  std::vector<std::int64_t> weight_;  // doubled effective area
  BoxIndex vertices_;
  std::set<std::pair<NodeId, NodeId>> straight_;  // nodes joined by an arc without inner vertices
  std::unordered_map<Vertex, std::vector<Vertex>> waiting_;
  std::priority_queue<Offer, std::vector<Offer>, std::greater<>> queue_;
};

std::vector<Point> points_to_keep(const Arrangement& m, const std::vector<bool>& keep) {
  std::vector<Point> out;
  for (ArcId a = 0; a < keep.size(); ++a)
    if (keep[a]) out.insert(out.end(), m.points_of(a).begin(), m.points_of(a).end());
  std::sort(out.begin(), out.end());
  return out;
}

// Merges faces, smallest first.
class Merger {
 public:
  Merger(const Arrangement& m, const SimplifyOptions& o)
      : groups_(m.face_count), area_(doubled_areas(m)), borders_(m.face_count) {
    const std::vector<double> lengths = arc_lengths(m);
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      const Arc& arc = m.arcs[a];
      if (arc.left == arc.right || arc.left == kOutside || arc.right == kOutside) continue;
      const Border border{whole_mm(lengths[a]), !o.keep.empty() && o.keep[a]};
      borders_[arc.left][arc.right].add(border);
      borders_[arc.right][arc.left].add(border);
    }
    const Int128 least = doubled_mm2(o.min_area_m2);
    for (FaceId f = 1; f < m.face_count; ++f)
      if (area_[f] < least) small_.insert({area_[f], f});
    while (!small_.empty()) merge_smallest(least);
  }

  // Dense numbers from 1; 0 is the outside.
  std::vector<std::uint32_t> group_of_face() {
    std::vector<std::uint32_t> out(area_.size()), number(area_.size());
    std::uint32_t next = 1;
    for (FaceId f = 1; f < out.size(); ++f) {
      std::uint32_t& n = number[groups_.find(f)];
      if (n == 0) n = next++;
      out[f] = n;
    }
    return out;
  }

 private:
  struct Border {
    std::int64_t length = 0;  // mm
    bool kept = false;
    void add(const Border& b) { length += b.length, kept = kept || b.kept; }
  };

  FaceId best_neighbour(FaceId f) const {
    FaceId best = kOutside;
    std::int64_t longest = -1;
    for (const auto& [other, border] : borders_[f])
      if (!border.kept && border.length > longest) best = other, longest = border.length;
    return best;
  }

  void merge_smallest(Int128 least) {
    const FaceId gone = small_.begin()->second;
    small_.erase(small_.begin());
    const FaceId into = best_neighbour(gone);
    if (into == kOutside) return;
    groups_.join(gone, into);
    small_.erase({area_[into], into});
    area_[into] += area_[gone];
    if (area_[into] < least) small_.insert({area_[into], into});
    hand_over_borders(gone, into);
  }

  void hand_over_borders(FaceId gone, FaceId into) {
    for (const auto& [other, border] : borders_[gone]) {
      borders_[other].erase(gone);
      if (other == into) continue;
      borders_[other][into].add(border);
      borders_[into][other].add(border);
    }
    borders_[gone].clear();
  }

  Groups groups_;
  std::vector<Int128> area_;
  std::vector<std::map<FaceId, Border>> borders_;
  std::set<std::pair<Int128, FaceId>> small_;
};

}  // namespace

Arrangement simplify(const Arrangement& m, const SimplifyOptions& o, std::vector<FaceId>* face_of_face) {
  check(m, o);
  std::vector<FaceId> faces(m.face_count);
  std::iota(faces.begin(), faces.end(), 0u);
  Arrangement merged;
  if (o.drop_small_faces) {
    const std::vector<std::uint32_t> groups = Merger(m, o).group_of_face();
    std::vector<FaceId> face_of_group;
    merged = condense(m, groups, face_of_group);
    for (FaceId f = 0; f < faces.size(); ++f) faces[f] = face_of_group[groups[f]];
  }
  if (face_of_face != nullptr) *face_of_face = std::move(faces);
  return Simplifier(o.drop_small_faces ? merged : m, whole_mm(o.tolerance_m), points_to_keep(m, o.keep)).run();
}

}  // namespace gridloom
