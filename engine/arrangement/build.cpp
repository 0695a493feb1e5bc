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

void label(const std::vector<Coverage>& coverage, const KeyTable& keys, Subdivision& out) {
  for (Labeling& l : out.labelings) l.of_face.assign(coverage.size(), kGap);
  for (FaceId f = 1; f < coverage.size(); ++f)
    for (const Crossing& c : coverage[f]) {
      const std::uint32_t l = keys.layer[c.key];
      const Label cell = keys.cell[c.key];
      Label& leading = out.labelings[l].of_face[f];
      if (leading == kGap)
        leading = cell;  // ascending keys: the lowest index leads
      else
        out.labelings[l].overlaps.push_back({f, cell});
      if (c.step != 1) out.odd_windings.push_back({l, cell, f, c.step});
    }
  std::sort(out.odd_windings.begin(), out.odd_windings.end(), [](const OddWinding& a, const OddWinding& b) {
    return std::tie(a.layer, a.cell, a.face) < std::tie(b.layer, b.cell, b.face);
  });
}

}  // namespace

Subdivision build(const Lattice& lattice, std::span<const StackLayer> stack, unsigned threads) {
  Subdivision out;
  std::vector<DrawnSegment> drawn = draw_all(stack);
  out.raw_segments = drawn.size();
  const CrossedSegments distinct = gather(std::move(drawn));
  out.distinct_segments = distinct.segments.size();
  CoveredFaces faces = cover_faces(lattice, noded(distinct, threads));
  out.labelings.resize(stack.size());
  label(faces.coverage, KeyTable(stack), out);
  out.arrangement = std::move(faces.arrangement);
  return out;
}

}  // namespace gridloom
