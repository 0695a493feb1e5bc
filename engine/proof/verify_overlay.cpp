// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_overlay.h"

#include <iterator>
#include <utility>

namespace gridloom {
namespace {

using Cells = std::vector<std::vector<Ring>>;

void add_polygon(std::vector<std::vector<Point>> rings, std::vector<Ring>& out) {
  for (std::size_t r = 0; r < rings.size(); ++r) {
    if (!rings[r].empty()) rings[r].pop_back();  // the first point again
    out.push_back({std::move(rings[r]), r > 0});
  }
}

Cells atoms_of(const Arrangement& m) {
  std::vector<Label> own(m.face_count, kGap);
  for (FaceId f = 1; f < m.face_count; ++f) own[f] = static_cast<Label>(f);
  Cells out;
  for (const auto& polygons : dissolve(m, own, m.face_count).of_label) {
    out.emplace_back();
    for (const ArcPolygon& p : polygons) {
      std::vector<std::vector<Point>> rings{points_of(m, p.shell)};
      for (const ArcRing& hole : p.holes) rings.push_back(points_of(m, hole));
      add_polygon(std::move(rings), out.back());
    }
  }
  return out;
}

// Per conflict its ground, where it tells of this one's.
template <class IsOf>
Cells listed_ground(const City& city, IsOf&& is_of) {
  Cells out(city.conflicts.size());
  for (std::size_t c = 0; c < out.size(); ++c)
    if (tells_of_ground(city.conflicts[c]) && is_of(city.conflicts[c]))
      for (const auto& polygon : city.conflicts[c].ground) add_polygon(polygon, out[c]);
  return out;
}

StackLayer stack_layer(const Cells& cells) {
  StackLayer out;
  for (const std::vector<Ring>& rings : cells) out.cells.emplace_back(rings);
  return out;
}

}  // namespace

bool tells_of_ground(const Conflict& c) {
  if (c.layer < 0 && !std::holds_alternative<OfDrawn>(c.facts)) return false;
  switch (c.kind) {
    case ConflictKind::gap:
    case ConflictKind::overlap:
    case ConflictKind::sliver:
    case ConflictKind::outside_frame:
    case ConflictKind::nesting:
      return true;
    default:
      return false;
  }
}

DeliveredOverlay delivered_overlay(const City& city, unsigned threads) {
  const std::size_t layers = city.layers.size();
  const Cells atoms = atoms_of(city.arrangement);
  std::vector<Cells> listed;
  for (std::size_t l = 0; l < layers; ++l)
    listed.push_back(city.layers[l].moved ? Cells() : listed_ground(city, [l](const Conflict& c) {
      return c.layer == static_cast<std::int32_t>(l);
    }));
  std::vector<StackLayer> stack;
  for (const Layer& layer : city.layers) stack.push_back(layer.moved ? StackLayer() : stack_layer(layer.delivered));
  for (const Cells& cells : listed) stack.push_back(stack_layer(cells));
  std::vector<DrawnInOverlay> drawn(2);
  std::vector<Cells> listed_drawn;
  for (const bool gaps : {false, true}) {
    const auto is_of = [gaps](DrawnKind kind) { return (kind == DrawnKind::allowed_gap) == gaps; };
    StackLayer& ground = stack.emplace_back();
    for (std::size_t a = 0; a < city.drawn.size(); ++a)
      if (is_of(city.drawn[a].kind)) {
        drawn[gaps].areas.push_back(a);
        ground.cells.emplace_back(city.drawn[a].rings);
      }
    listed_drawn.push_back(listed_ground(city, [&](const Conflict& c) {
      const auto* of = std::get_if<OfDrawn>(&c.facts);
      return of && is_of(of->kind);
    }));
  }
  for (const Cells& cells : listed_drawn) stack.push_back(stack_layer(cells));
  stack.push_back(stack_layer(atoms));

  Subdivision over = build(city.arrangement.lattice, stack, threads);
  DeliveredOverlay out;
  out.arrangement = std::move(over.arrangement);
  const auto first = std::make_move_iterator(over.labelings.begin());
  out.delivered.assign(first, first + static_cast<std::ptrdiff_t>(layers));
  out.listed.assign(first + static_cast<std::ptrdiff_t>(layers), first + static_cast<std::ptrdiff_t>(2 * layers));
  for (std::size_t d = 0; d < drawn.size(); ++d) {
    drawn[d].delivered = std::move(over.labelings[2 * layers + d]);
    drawn[d].listed = std::move(over.labelings[2 * layers + drawn.size() + d]);
  }
  out.drawn = std::move(drawn);
  for (Label atom : over.labelings.back().of_face)
    out.atom_of_face.push_back(atom == kGap ? kOutside : static_cast<FaceId>(atom));
  for (const Int128& doubled : doubled_areas(out.arrangement)) out.area_m2.push_back(square_metres(doubled));
  const std::vector<double> length = arc_lengths(out.arrangement);
  out.perimeter_m.assign(out.arrangement.face_count, 0);
  for (ArcId a = 0; a < length.size(); ++a)
    for (FaceId f : {out.arrangement.arcs[a].left, out.arrangement.arcs[a].right}) out.perimeter_m[f] += length[a];
  return out;
}

}  // namespace gridloom
