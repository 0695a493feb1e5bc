// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/editor.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "engine/arrangement/cut_line.h"
#include "engine/geometry/predicates.h"
#include "engine/geometry/ring.h"

namespace gridloom {

// --- what both edits are made of ---

void Editor::touch_face(FaceId f) {
  if (!touched_faces_.insert(f).second) return;
  for (const ArcRing& ring : s_.boundary(f)) edges_.insert(ring.begin(), ring.end());
}

void Editor::touch_node(NodeId n) {
  const auto [at, fresh] = stars_.try_emplace(n);
  if (!fresh) return;
  node_of_point_[s_.nodes_[n].at] = n;
  HalfEdge h = s_.nodes_[n].out;
  do {
    at->second.push_back(h);
    h = s_.next_in_face(h.twin());
  } while (h != s_.nodes_[n].out);
}

NodeId Editor::node_at(Point p) {
  const auto [at, fresh] = node_of_point_.try_emplace(p, static_cast<NodeId>(s_.nodes_.size()));
  if (fresh) {
    s_.nodes_.push_back({p, {}, false});
    stars_.try_emplace(at->second);
  }
  return at->second;
}

void Editor::add_arc(Line line, FaceId left, FaceId right) {
  const auto a = static_cast<ArcId>(s_.arcs_.size());
  const NodeId from = node_at(line.front()), to = node_at(line.back());
  s_.arcs_.push_back({from, to, left, right, {}, std::make_shared<const Line>(std::move(line))});
  stars_[from].push_back(HalfEdge::forward(a));
  stars_[to].push_back(HalfEdge::backward(a));
  edges_.insert({HalfEdge::forward(a), HalfEdge::backward(a)});
}

void Editor::remove_arc(ArcId a) {
  touch_node(s_.arcs_[a].from);
  touch_node(s_.arcs_[a].to);
  std::erase(stars_[s_.arcs_[a].from], HalfEdge::forward(a));
  std::erase(stars_[s_.arcs_[a].to], HalfEdge::backward(a));
  edges_.erase(HalfEdge::forward(a));
  edges_.erase(HalfEdge::backward(a));
  s_.arcs_.own(a).line.reset();
}

void Editor::set_left(HalfEdge h, FaceId f) {
  auto& arc = s_.arcs_.own(h.arc());
  (h.reversed() ? arc.right : arc.left) = f;
}

FaceId Editor::add_face_like(FaceId f) {
  auto copy = s_.faces_[f];
  copy.loops.clear();
  s_.faces_.push_back(std::move(copy));
  return static_cast<FaceId>(s_.faces_.size() - 1);
}

void Editor::link_star(NodeId n, const std::vector<HalfEdge>& star) {
  const auto second = [this](HalfEdge h) {
    const auto p = s_.points_of(h.arc());
    return h.reversed() ? p[p.size() - 2] : p[1];
  };
  std::vector<HalfEdge> out = star;
  std::sort(out.begin(), out.end(),
            [&](HalfEdge g, HalfEdge h) { return angle_less(s_.nodes_[n].at, second(g), second(h)); });
  for (std::size_t i = 0; i < out.size(); ++i) {
    const HalfEdge in = out[i].twin();
    s_.arcs_.own(in.arc()).next[in.reversed()] = out[(i + out.size() - 1) % out.size()];
  }
  s_.nodes_.own(n).out = out.front();
}

void Editor::find_loops() {
  for (FaceId f : touched_faces_) s_.faces_.own(f).loops.clear();
  std::set<HalfEdge> seen;
  for (HalfEdge start : edges_) {
    const FaceId f = s_.left_of(start);
    if (!touched_faces_.contains(f) || seen.contains(start)) continue;
    Int128 area = 0;
    for (HalfEdge h : s_.loop(start)) {
      seen.insert(h);
      area += doubled_sweep(s_.points_of(h.arc())) * (h.reversed() ? -1 : 1);
    }
    auto& loops = s_.faces_.own(f).loops;
    loops.insert(area > 0 ? loops.begin() : loops.end(), start);
  }
}

Snapshot Editor::done() {
  for (const auto& [n, star] : stars_) {
    if (star.empty())
      s_.nodes_.own(n).gone = true;
    else
      link_star(n, star);
  }
  find_loops();
  ++s_.epoch_;
  return std::move(s_);
}

// --- merge ---

void Editor::join_arcs_at(NodeId n) {
  const std::vector<HalfEdge> star = stars_[n];
  if (star.size() != 2 || star[0].arc() == star[1].arc()) return;
  const HalfEdge in = star[0].twin(), out = star[1];
  touch_face(s_.left_of(in));
  touch_face(s_.left_of(in.twin()));
  Line line;
  const auto append = [&](HalfEdge h) {
    const auto p = s_.points_of(h.arc());
    line.insert(line.end(), p.begin(), p.end());
    if (h.reversed()) std::reverse(line.end() - static_cast<std::ptrdiff_t>(p.size()), line.end());
  };
  append(in);
  line.pop_back();
  append(out);
  const FaceId left = s_.left_of(in), right = s_.left_of(in.twin());
  remove_arc(in.arc());
  remove_arc(out.arc());
  add_arc(std::move(line), left, right);
}

void Editor::merge(ArcId a, FaceId keep) {
  const FaceId left = s_.left_of(HalfEdge::forward(a)), right = s_.left_of(HalfEdge::backward(a));
  const Point at = s_.points_of(a).front();
  if (left == kOutside || right == kOutside) throw EditRefused("merge_across_the_frame", {{"arc", a}}, at);
  if (keep != left && keep != right) throw EditRefused("merge_into_no_neighbour", {{"face", keep}, {"arc", a}}, at);
  const FaceId gone = keep == left ? right : left;
  touch_face(left);
  touch_face(right);
  std::set<NodeId> ends;
  for (const ArcRing& ring : s_.boundary(gone))
    for (HalfEdge h : ring) {
      if (s_.left_of(h.twin()) != keep) {
        set_left(h, keep);
        continue;
      }
      ends.insert({s_.start_of(h), s_.end_of(h)});
      remove_arc(h.arc());
    }
  for (NodeId n : ends) join_arcs_at(n);
  auto& face = s_.faces_.own(gone);
  face.leading.clear();
  face.further.clear();
}

// --- cut ---

void Editor::cut(FaceId f, std::span<const Point> line) {
  if (f == kOutside || !s_.has_face(f))
    throw EditRefused("no_face_to_cut", {{"face", f}}, line.empty() ? Point{} : line.front());
  // Every half-edge of the face, its line walked with the face on its left.
  std::vector<HalfEdge> rim;
  std::vector<Line> walls, neighbours;
  for (const ArcRing& ring : s_.boundary(f))
    for (HalfEdge h : ring) {
      rim.push_back(h);
      const auto p = s_.points_of(h.arc());
      walls.emplace_back(p.begin(), p.end());
      if (h.reversed()) std::reverse(walls.back().begin(), walls.back().end());
    }
  const auto beyond = [&](std::size_t wall) {
    std::vector<Line> lines;
    for (const ArcRing& ring : s_.boundary(s_.left_of(rim[wall].twin())))
      for (HalfEdge h : ring) {
        const auto p = s_.points_of(h.arc());
        lines.emplace_back(p.begin(), p.end());
      }
    return lines;
  };
  const CutFace cut = cut_face(s_.lattice(), walls, line, beyond);

  std::vector<FaceId> part(cut.parts, f);  // part 0 keeps the number
  touch_face(f);
  for (std::size_t i = 1; i < cut.parts; ++i) {
    part[i] = add_face_like(f);
    touched_faces_.insert(part[i]);
  }
  for (HalfEdge h : rim) {
    touch_node(s_.start_of(h));
    touch_node(s_.end_of(h));
  }
  for (std::size_t i = 0; i < rim.size(); ++i) {
    const auto& pieces = cut.walls[i];
    if (pieces.size() == 1 && pieces.front().line == walls[i]) {
      set_left(rim[i], part[pieces.front().left]);
      continue;
    }
    const FaceId other = s_.left_of(rim[i].twin());
    touch_face(other);
    remove_arc(rim[i].arc());
    for (const CutFace::Wall& w : pieces) add_arc(w.line, part[w.left], other);
  }
  for (const CutFace::Cut& c : cut.cuts) add_arc(c.line, part[c.left], part[c.right]);
}

void Editor::relabel(std::size_t labeling, FaceId f, std::span<const Label> cover) {
  if (f == kOutside || !s_.has_face(f)) throw EditRefused("no_face_to_label", {{"face", f}}, {});
  auto& face = s_.faces_.own(f);
  const std::set<Label> labels(cover.begin(), cover.end());
  face.leading[labeling] = labels.empty() ? kGap : *labels.begin();
  std::erase_if(face.further, [&](const auto& e) { return e.first == labeling; });
  for (Label l : labels)
    if (l != *labels.begin()) face.further.emplace_back(labeling, l);
  std::sort(face.further.begin(), face.further.end());
}

}  // namespace gridloom
