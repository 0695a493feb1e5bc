// SPDX-License-Identifier: Apache-2.0
// An arrangement under edit, with its labelings: immutable versions that share what did not change.
//
// Batch work (build, align, dissolve, tiles) reads the flat Arrangement; a Snapshot is what is cut and merged. An edit
// touches the faces named and their neighbours, never the rest: O(k log k) for k segments around them, plus a copy of
// n / 128 pointers. Older snapshots stay what they were and may be read from any thread, so undo is keeping them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"
#include "engine/arrangement/shared_array.h"
#include "engine/base/errors.h"

namespace gridloom {

// An edit that cannot be made, and where; nothing has changed.
struct EditRefused : DataError {
  EditRefused(std::string code, std::vector<Fact> facts, Point where)
      : DataError(std::move(code), std::move(facts)), at(where) {}
  Point at;
};

class Snapshot {
 public:
  // Epoch 0. Labelings must be total over the faces. O(n log n).
  explicit Snapshot(const Arrangement&, std::span<const Labeling> = {});

  std::uint64_t epoch() const { return epoch_; }
  const Lattice& lattice() const { return lattice_; }

  // Nodes, arcs and faces keep their numbers as long as they live; numbers are not used again. `limit`s are one beyond
  // the highest ever used.
  ArcId arc_limit() const { return static_cast<ArcId>(arcs_.size()); }
  FaceId face_limit() const { return static_cast<FaceId>(faces_.size()); }
  bool has_arc(ArcId a) const { return a < arcs_.size() && arcs_[a].line != nullptr; }
  bool has_face(FaceId f) const { return f < faces_.size() && (f == kOutside || !faces_[f].loops.empty()); }

  std::span<const Point> points_of(ArcId a) const { return *arcs_[a].line; }
  FaceId left_of(HalfEdge h) const { return h.reversed() ? arcs_[h.arc()].right : arcs_[h.arc()].left; }
  HalfEdge next_in_face(HalfEdge h) const { return arcs_[h.arc()].next[h.reversed()]; }
  // Closed walks with the face on their left; a bounded face's outer boundary comes first.
  std::vector<ArcRing> boundary(FaceId) const;
  std::vector<FaceId> neighbours(FaceId) const;  // ascending
  Int128 doubled_area(FaceId) const;             // mm², exact; of a bounded face

  std::size_t labeling_count() const { return labelings_; }
  // All labels of a face in a labeling, the leading one first; empty for a gap.
  std::vector<Label> cover(std::size_t labeling, FaceId) const;

  // --- edits: each gives the next epoch ---

  // Cuts a bounded face along a line. The line is re-noded with the face's boundary by snap rounding: where it meets
  // the boundary between two vertices a vertex is set, which may bend that boundary by at most half a lattice unit.
  // What of the line lies outside the face, or does not divide it (loose ends), is left out. The largest part keeps the
  // face's number; all parts keep its labels. Refused when the line does not divide the face, or when the bend would
  // touch another boundary. The line may be closed (first point repeated), and may cross itself.
  Snapshot cut(FaceId, std::span<const Point> line) const;

  // Removes the arc, and with it all arcs between its two faces; the ground of the other face goes to `keep`, which
  // must be one of them. Arcs that then meet at a node of two become one. Refused for an arc on the outside.
  Snapshot merge(ArcId, FaceId keep) const;

  // Gives a face another cover in a labeling: labels in any order, the lowest leads; none for a gap.
  Snapshot relabel(std::size_t labeling, FaceId, std::span<const Label> cover) const;

  // --- back to flat ---

  struct Flat {
    Arrangement arrangement;
    std::vector<Labeling> labelings;
    std::vector<FaceId> face_of_snapshot;  // flat face -> face here
  };
  Flat flat() const;  // numbers in the order of those here; O(n)

 private:
  friend class Editor;

  struct ArcEntry {
    NodeId from = 0, to = 0;
    FaceId left = kOutside, right = kOutside;
    HalfEdge next[2];                                // of the forward and the backward half-edge
    std::shared_ptr<const std::vector<Point>> line;  // null: gone
  };
  struct NodeEntry {
    Point at;
    HalfEdge out;  // one of those that leave it
    bool gone = false;
  };
  struct FaceEntry {
    std::vector<HalfEdge> loops;                           // one half-edge of each, the outer first; none: gone
    std::vector<Label> leading;                            // per labeling
    std::vector<std::pair<std::uint32_t, Label>> further;  // labeling, label; sorted
  };

  NodeId start_of(HalfEdge h) const { return h.reversed() ? arcs_[h.arc()].to : arcs_[h.arc()].from; }
  NodeId end_of(HalfEdge h) const { return start_of(h.twin()); }
  ArcRing loop(HalfEdge start) const;

  std::uint64_t epoch_ = 0;
  Lattice lattice_;
  std::size_t labelings_ = 0;
  SharedArray<NodeEntry> nodes_;
  SharedArray<ArcEntry> arcs_;
  SharedArray<FaceEntry> faces_;
};

}  // namespace gridloom
