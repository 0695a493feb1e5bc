// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/cut_line.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "engine/arrangement/faces.h"
#include "engine/arrangement/snapshot.h"
#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

using Line = std::vector<Point>;

std::vector<Segment> segments_of(std::span<const Point> line) {
  std::vector<Segment> out;
  for (std::size_t i = 0; i + 1 < line.size(); ++i)
    if (line[i] != line[i + 1]) out.push_back(segment_between(line[i], line[i + 1]));
  return out;
}

void sort_unique(auto& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

// The hot pixels, sorted by x, that a segment meets between its ends, in the order from a to b.
Line met(const Segment& s, std::span<const Point> hot) {
  Line out;
  const Box box = box_of(s);
  for (auto p = std::lower_bound(hot.begin(), hot.end(), Point{box.min.x, INT32_MIN}); p != hot.end(); ++p) {
    if (p->x > box.max.x) break;
    if (*p != s.a && *p != s.b && meets_pixel(s, *p)) out.push_back(*p);
  }
  std::sort(out.begin(), out.end(), [&](Point p, Point q) { return along(s, p) < along(s, q); });
  return out;
}

// Do two segments meet elsewhere than at an end of both?
bool conflict(const Segment& s, const Segment& t) {
  if (!box_of(s).intersects(box_of(t))) return false;
  if (s == t || proper_crossing(s, t)) return true;
  const auto inside = [](const Segment& g, Point p) { return p != g.a && p != g.b && on_segment(g, p); };
  return inside(s, t.a) || inside(s, t.b) || inside(t, s.a) || inside(t, s.b);
}

class Noding {
 public:
  Noding(const std::vector<Line>& walls, std::span<const Point> line) : walls_(walls) {
    Box box;
    for (const Line& w : walls) box.extend(box_of(w));
    for (const Segment& s : segments_of(line))
      if (box_of(s).intersects(box)) cut_.push_back(s);
    sort_unique(cut_);
    find_hot();
    for (const Line& w : walls) bent_.push_back(bend(w));
    for (const Segment& s : cut_) {
      Line way = met(s, hot_);
      way.insert(way.begin(), s.a);
      way.push_back(s.b);
      for (const Segment& piece : segments_of(way)) cut_pieces_.push_back(piece);
    }
    sort_unique(cut_pieces_);
  }

  // Refuses what would not be an arrangement.
  void check(const std::function<std::vector<Line>(std::size_t)>& beyond) {
    std::vector<Segment> rim, before;
    for (const Line& w : bent_) std::ranges::copy(segments_of(w), std::back_inserter(rim));
    for (const Line& w : walls_) std::ranges::copy(segments_of(w), std::back_inserter(before));
    std::sort(rim.begin(), rim.end());
    std::sort(before.begin(), before.end());
    for (std::size_t i = 0; i + 1 < rim.size(); ++i)
      if (rim[i] == rim[i + 1]) refuse(rim[i].a);
    std::erase_if(cut_pieces_, [&](const Segment& s) { return std::binary_search(rim.begin(), rim.end(), s); });
    for (const Segment& s : cut_pieces_)
      for (const Segment& t : rim)
        if (conflict(s, t)) refuse(s.a);
    for (std::size_t w = 0; w < walls_.size(); ++w) {
      if (bent_[w].size() == walls_[w].size()) continue;
      std::vector<Segment> others = rim;
      for (const Line& l : beyond(w))
        for (const Segment& s : segments_of(l))
          if (!std::binary_search(before.begin(), before.end(), s)) others.push_back(s);
      check_bend(w, others);
    }
  }

  const std::vector<Line>& bent() const { return bent_; }

  // Walls and cut, sorted and distinct.
  std::vector<Segment> pieces() const {
    std::vector<Segment> all = cut_pieces_;
    for (const Line& w : bent_) std::ranges::copy(segments_of(w), std::back_inserter(all));
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  [[noreturn]] static void refuse(Point at) { throw EditRefused("cut_at_a_corner", {}, at); }

  // New hot pixels: the cut's own vertices and crossings. The walls' vertices are hot for the cut only: what has
  // settled between walls stays as it is.
  void find_hot() {
    Line old;
    std::vector<Segment> all = cut_;
    for (const Line& w : walls_) {
      old.insert(old.end(), w.begin(), w.end());
      std::ranges::copy(segments_of(w), std::back_inserter(all));
    }
    sort_unique(old);
    Line found;
    for (const Segment& s : cut_) {
      found.push_back(s.a);
      found.push_back(s.b);
      for (const Segment& t : all)
        if (box_of(s).intersects(box_of(t)))
          if (const auto p = proper_crossing(s, t)) found.push_back(*p);
    }
    sort_unique(found);
    std::ranges::set_difference(found, old, std::back_inserter(new_hot_));
    std::ranges::set_union(found, old, std::back_inserter(hot_));
  }

  Line bend(const Line& wall) const {
    Line out;
    for (std::size_t i = 0; i + 1 < wall.size(); ++i) {
      out.push_back(wall[i]);
      Line between = met(segment_between(wall[i], wall[i + 1]), new_hot_);
      if (wall[i + 1] < wall[i]) std::reverse(between.begin(), between.end());
      out.insert(out.end(), between.begin(), between.end());
    }
    out.push_back(wall.back());
    return out;
  }

  // No vertex lies in the ground that the bend sweeps, and the bent line meets nothing.
  void check_bend(std::size_t w, const std::vector<Segment>& others) const {
    const Line& before = walls_[w];
    const Line& after = bent_[w];
    std::size_t k = 0;
    for (std::size_t i = 0; i + 1 < before.size(); ++i) {
      const std::size_t first = k;
      while (after[++k] != before[i + 1]) {
      }
      if (k == first + 1) continue;
      const std::span<const Point> way = std::span(after).subspan(first, k - first + 1);
      std::vector<Segment> own = segments_of(way);
      std::sort(own.begin(), own.end());
      Box box = box_of(way);
      for (const Segment& t : others) {
        if (!box.intersects(box_of(t)) || std::binary_search(own.begin(), own.end(), t)) continue;
        for (const Segment& s : own)
          if (conflict(s, t)) refuse(s.a);
        for (Point q : {t.a, t.b})
          for (std::size_t j = 1; j + 1 < way.size(); ++j)
            if (q != way.front() && q != way.back() && in_triangle(q, way[0], way[j], way[j + 1])) refuse(q);
      }
    }
  }

  const std::vector<Line>& walls_;
  std::vector<Segment> cut_, cut_pieces_;
  Line hot_, new_hot_;
  std::vector<Line> bent_;
};

// Which faces of the pieces' arrangement are ground of the face that is cut: the ground left of walls, and all that
// only cuts separate from it.
std::vector<char> ground(const TracedArcs& traced, std::span<const Segment> pieces, const std::vector<Line>& walls) {
  std::map<Segment, bool> forward;  // wall piece -> does the wall walk it from a to b?
  for (const Line& w : walls)
    for (std::size_t i = 0; i + 1 < w.size(); ++i) forward[segment_between(w[i], w[i + 1])] = w[i] < w[i + 1];
  const Arrangement& m = traced.arrangement;
  std::vector<char> known(m.face_count, 0), inside(m.face_count, 0);
  const auto tell = [&](FaceId f, bool in) {
    const bool fresh = !known[f];
    known[f] = 1;
    if (fresh) inside[f] = in;
    return fresh;
  };
  tell(kOutside, false);
  for (bool more = true; more;) {
    more = false;
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      const FaceId l = m.arcs[a].left, r = m.arcs[a].right;
      const auto wall = forward.find(pieces[traced.segment_of_arc[a]]);
      if (wall != forward.end()) {
        const bool left_is_ground = wall->second == static_cast<bool>(traced.forward[a]);
        more |= tell(l, left_is_ground);
        more |= tell(r, !left_is_ground);
      } else if (known[l] != known[r]) {
        more |= known[l] ? tell(r, inside[l]) : tell(l, inside[r]);
      }
    }
  }
  return inside;
}

// Parts by size, the largest first.
std::vector<std::uint32_t> ranks(const Arrangement& m) {
  const std::vector<Int128> area = doubled_areas(m);
  std::vector<FaceId> order(m.face_count - 1);
  std::iota(order.begin(), order.end(), 1u);
  std::stable_sort(order.begin(), order.end(), [&](FaceId f, FaceId g) { return area[f] > area[g]; });
  std::vector<std::uint32_t> rank(m.face_count, 0);
  for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  return rank;
}

}  // namespace

CutFace cut_face(const Lattice& lattice, const std::vector<Line>& walls, std::span<const Point> line,
                 const std::function<std::vector<Line>(std::size_t)>& beyond) {
  Noding noding(walls, line);
  noding.check(beyond);
  const std::vector<Segment> pieces = noding.pieces();
  TracedArcs traced = chain(lattice, pieces);
  find_faces(traced.arrangement);
  const std::vector<char> inside = ground(traced, pieces, noding.bent());

  // Ground outside the face is of no interest, nor are loose ends: their two sides are one face.
  std::vector<std::uint32_t> group(inside.size(), 0);
  for (std::uint32_t f = 0, next = 1; f < inside.size(); ++f)
    if (inside[f]) group[f] = next++;
  std::vector<FaceId> face_of_group;
  const Arrangement m = condense(traced.arrangement, group, face_of_group);
  if (m.face_count < 3)
    throw EditRefused("cut_divides_nothing", {}, line.empty() ? walls.front().front() : line.front());

  const std::vector<std::uint32_t> rank = ranks(m);
  CutFace out;
  out.parts = m.face_count - 1;
  std::map<Segment, std::uint32_t> part_of_wall;
  std::set<Point> ends;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Arc& arc = m.arcs[a];
    const auto p = m.points_of(a);
    if (arc.left != kOutside && arc.right != kOutside) {
      out.cuts.push_back({{p.begin(), p.end()}, rank[arc.left], rank[arc.right]});
      ends.insert({p.front(), p.back()});
    } else {
      for (const Segment& s : segments_of(p)) part_of_wall[s] = rank[std::max(arc.left, arc.right)];
    }
  }
  for (const Line& w : noding.bent()) {
    auto& split = out.walls.emplace_back();
    for (std::size_t i = 0; i + 1 < w.size(); ++i) {
      if (i == 0 || ends.contains(w[i])) split.push_back({{w[i]}, part_of_wall.at(segment_between(w[i], w[i + 1]))});
      split.back().line.push_back(w[i + 1]);
    }
  }
  return out;
}

}  // namespace gridloom
