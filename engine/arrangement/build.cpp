// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/build.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/arrangement/coverage.h"

namespace gridloom {
namespace {

using CellKey = std::uint32_t;  // layers one after the other

std::vector<DrawnSegment> draw_all(std::span<const StackLayer> stack) {
  std::size_t n = 0;
  for (const StackLayer& layer : stack)
    for (const auto& cell : layer.cells)
      for (const Ring& ring : cell) n += ring.points.size();
  std::vector<DrawnSegment> drawn;
  drawn.reserve(n);
  CellKey key = 0;
  for (const StackLayer& layer : stack)
    for (const auto& cell : layer.cells) {
      for (const Ring& ring : cell) draw(ring, key, drawn);
      ++key;
    }
  return drawn;
}

// Layer and cell of every key.
struct KeyTable {
  std::vector<std::uint32_t> layer;
  std::vector<Label> cell;

  explicit KeyTable(std::span<const StackLayer> stack) {
    for (std::uint32_t l = 0; l < stack.size(); ++l)
      for (std::size_t c = 0; c < stack[l].cells.size(); ++c) {
        layer.push_back(l);
        cell.push_back(static_cast<Label>(c));
      }
  }
};

// What covers a face becomes its labels. Keys ascend, so the lowest index of a layer leads.
class Labeler {
 public:
  Labeler(std::span<const StackLayer> stack, Subdivision& out) : keys_(stack), out_(out) {
    out_.labelings.resize(stack.size());
  }

  void label(const Arrangement& m, FaceId f, const Coverage& coverage) {
    if (f == kOutside)
      for (Labeling& l : out_.labelings) l.of_face.assign(m.face_count, kGap);
    for (const Crossing& c : coverage) {
      const std::uint32_t l = keys_.layer[c.key];
      const Label cell = keys_.cell[c.key];
      Label& leading = out_.labelings[l].of_face[f];
      if (leading == kGap)
        leading = cell;
      else
        out_.labelings[l].overlaps.push_back({f, cell});
      if (c.step != 1) out_.odd_windings.push_back({l, cell, f, c.step});
    }
  }

  void finish() {
    for (Labeling& l : out_.labelings) std::sort(l.overlaps.begin(), l.overlaps.end());
    std::sort(out_.odd_windings.begin(), out_.odd_windings.end(), [](const OddWinding& a, const OddWinding& b) {
      return std::tie(a.layer, a.cell, a.face) < std::tie(b.layer, b.cell, b.face);
    });
  }

 private:
  KeyTable keys_;
  Subdivision& out_;
};

}  // namespace

Subdivision build(const Lattice& lattice, std::span<const StackLayer> stack, unsigned threads) {
  Subdivision out;
  std::vector<DrawnSegment> drawn = draw_all(stack);
  out.raw_segments = drawn.size();
  CrossedSegments distinct = gather(std::move(drawn), threads);
  out.distinct_segments = distinct.segments.size();
  Labeler labeler(stack, out);
  out.arrangement = cover_faces(lattice, noded(std::move(distinct), threads), threads,
                                [&](const Arrangement& m, FaceId f, const Coverage& c) { labeler.label(m, f, c); });
  labeler.finish();
  return out;
}

}  // namespace gridloom
