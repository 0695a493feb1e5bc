// SPDX-License-Identifier: Apache-2.0
// Makes the next snapshot out of one. Private to engine/arrangement.
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "engine/arrangement/snapshot.h"

namespace gridloom {

class Editor {
 public:
  explicit Editor(const Snapshot& before) : s_(before) {}

  void cut(FaceId, std::span<const Point> line);
  void merge(ArcId, FaceId keep);
  void relabel(std::size_t labeling, FaceId, std::span<const Label> cover);

  // The next epoch: stars of touched nodes linked, loops of touched faces found.
  Snapshot done();

 private:
  using Line = std::vector<Point>;

  void touch_face(FaceId);  // before the first change to its boundary
  void touch_node(NodeId);
  NodeId node_at(Point);
  void add_arc(Line, FaceId left, FaceId right);
  void remove_arc(ArcId);
  void set_left(HalfEdge, FaceId);
  FaceId add_face_like(FaceId);
  void join_arcs_at(NodeId);
  void link_star(NodeId, const std::vector<HalfEdge>& star);
  void find_loops();

  Snapshot s_;
  std::map<NodeId, std::vector<HalfEdge>> stars_;  // of touched nodes: half-edges that leave them
  std::map<Point, NodeId> node_of_point_;          // of touched nodes
  std::set<FaceId> touched_faces_;
  std::set<HalfEdge> edges_;  // half-edges of touched faces
};

}  // namespace gridloom
