// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/conflicts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "engine/arrangement/adjacency.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

using Ground = std::vector<PolygonRings>;

std::vector<std::string> ids_of(const Layer& layer, const CoverState& state) {
  std::vector<std::string> ids;
  for (Label c : state) ids.push_back(layer.cells[c].id);
  std::sort(ids.begin(), ids.end());  // whatever order the cells were delivered in
  return ids;
}

ConflictKind kind_of(const CoverState& before, bool inside, bool nested) {
  if (!inside) return ConflictKind::outside_frame;
  if (before.empty()) return ConflictKind::gap;
  if (before.size() > 1) return ConflictKind::overlap;
  return nested ? ConflictKind::nesting : ConflictKind::sliver;
}

// Stories of one layer: (delivered state, aligned state, inside the frame, moved by a nesting) -> faces. Undisturbed
// ground is no story.
using Story = std::tuple<std::uint32_t, std::uint32_t, bool, bool>;
std::map<Story, std::vector<FaceId>> stories_of(std::size_t l, const RawGround& g) {
  std::map<Story, std::vector<FaceId>> stories;
  for (FaceId f = 1; f < g.arrangement.face_count; ++f) {
    const std::uint32_t before = g.covers[l].of_face[f];
    const bool inside = g.aligned.group_of_face[f] != 0;
    const std::uint32_t after = inside ? g.aligned.state_of_group[l][g.aligned.group_of_face[f]] : 0;
    if (!inside && before == 0) continue;
    if (before == after && g.covers[l].states[before].size() == 1) continue;
    stories[{before, after, inside, g.aligned.nested[l][f] != before}].push_back(f);
  }
  return stories;
}

// The delivered lines of a layer, all of them made ready once one is asked for.
class LayerLines {
 public:
  LayerLines(std::size_t l, const RawGround& g) : l_(l), g_(g) {}

  // How far the rim of the faces lies from the layer's line.
  PassedToParent passed(std::span<const FaceId> faces, const FaceEdges& edges) {
    std::vector<Segment> line;
    std::vector<Point> rim;
    for (FaceId f : faces)
      for (HalfEdge e : edges.of(f)) {
        const ArcId a = e.arc();
        const auto p = g_.arrangement.points_of(a);
        rim.insert(rim.end(), p.begin(), p.end());
        if (drawn(a)) add(a, line);
      }
    if (!line.empty()) return {farthest(rim, NearestSegment(std::move(line))), true, {}};
    if (!all_) {
      for (ArcId a = 0; a < g_.arrangement.arcs.size(); ++a)
        if (drawn(a)) add(a, line);
      if (line.empty()) return {};
      all_.emplace(std::move(line));
    }
    return {farthest(rim, *all_), false, {}};
  }

 private:
  bool drawn(ArcId a) const {
    const Arc& arc = g_.arrangement.arcs[a];
    return g_.covers[l_].of_face[arc.left] != g_.covers[l_].of_face[arc.right];
  }
  void add(ArcId a, std::vector<Segment>& out) const {
    const auto p = g_.arrangement.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) out.push_back(segment_between(p[i], p[i + 1]));
  }
  static double farthest(std::span<const Point> rim, const NearestSegment& line) {
    double out = 0;
    for (Point p : rim)
      if (const auto found = line.nearest(p, 1e9, [](std::uint32_t) { return true; }))
        out = std::max(out, found->distance);
    return out / Lattice::kPerMetre;
  }

  std::size_t l_;
  const RawGround& g_;
  std::optional<NearestSegment> all_;
};

// The declared parent that the overlaps speak against and because of which ground moved: the child's, or the parent's
// that made way for it.
std::optional<NamedParent> doubted(const City& city, std::size_t l, const CoverState& before, const CoverState& after,
                                   std::span<const Nesting> nestings) {
  if (before.size() != 1) return {};
  for (const Nesting& n : nestings)
    for (const DoubtfulParent& d : n.doubtful) {
      const bool child = n.child == l && before.front() == d.cell;
      const bool parent = n.parent == l && before.front() == d.most && after == CoverState{d.said};
      if (!n.enforced() || (!child && !parent)) continue;
      return NamedParent{static_cast<std::int32_t>(n.child), static_cast<std::int32_t>(n.parent),
                         city.layers[n.child].cells[static_cast<std::size_t>(d.cell)].id,
                         city.layers[n.parent].cells[static_cast<std::size_t>(d.said)].id, d.said_share};
    }
  return {};
}

struct Draft {
  Conflict conflict;
  std::vector<FaceId> faces;
};

void measure(Draft& d, const RawGround& g, const std::vector<Int128>& area) {
  Int128 sum = 0;
  for (FaceId f : d.faces) {
    sum += area[f];
    d.conflict.population += g.people[f];
  }
  d.conflict.area_m2 = square_metres(sum);
}

std::vector<Draft> layer_drafts(const City& city, std::size_t l, const RawGround& g, const FaceEdges& edges) {
  std::vector<Draft> drafts;
  const Layer& layer = city.layers[l];
  LayerLines lines(l, g);
  for (auto& [story, faces] : stories_of(l, g)) {
    const CoverState& before = g.covers[l].states[std::get<0>(story)];
    const CoverState& after = g.covers[l].states[std::get<1>(story)];
    Draft d;
    d.conflict.kind = kind_of(before, std::get<2>(story), std::get<3>(story));
    d.conflict.layer = static_cast<std::int32_t>(l);
    d.conflict.before = ids_of(layer, before);
    d.conflict.after = ids_of(layer, after);
    const bool filled = d.conflict.kind == ConflictKind::gap && std::get<3>(story) && !after.empty();
    if (d.conflict.kind == ConflictKind::nesting || filled) {
      PassedToParent passed = lines.passed(faces, edges);
      passed.doubted = doubted(city, l, before, after, g.nestings);
      d.conflict.facts = std::move(passed);
    }
    d.faces = std::move(faces);
    drafts.push_back(std::move(d));
  }
  return drafts;
}

// Cells that lead nowhere: duplicates of, or covered by, another cell of their layer, or without ground at all.
void add_hidden_cells(const City& city, const RawGround& g, std::size_t l, std::vector<Draft>& drafts) {
  const Layer& layer = city.layers[l];
  std::vector<char> delivered(layer.cells.size(), 0), inside = delivered, leads = delivered, present = delivered;
  for (FaceId f = 1; f < g.arrangement.face_count; ++f)
    for (Label c : g.covers[l].states[g.covers[l].of_face[f]]) {
      delivered[c] = 1;
      if (g.frame.inside(f)) inside[c] = 1;
    }
  for (Label c : layer.labels.of_face)
    if (c != kGap) leads[c] = present[c] = 1;
  for (const OverlapLabel& o : layer.labels.overlaps) present[o.label] = 1;
  for (std::size_t c = 0; c < layer.cells.size(); ++c) {
    if (leads[c]) continue;
    Draft d;
    d.conflict.kind = inside[c] ? ConflictKind::covered_cell : ConflictKind::lost_cell;
    d.conflict.layer = static_cast<std::int32_t>(l);
    d.conflict.before = {layer.cells[c].id};
    if (present[c]) d.conflict.after = d.conflict.before;
    if (!inside[c]) d.conflict.facts = LostGround{delivered[c] != 0};
    drafts.push_back(std::move(d));
  }
}

}  // namespace

std::vector<std::vector<PolygonRings>> grounds_of(const Arrangement& m, const std::vector<std::vector<FaceId>>& sets) {
  Labeling labeling;
  labeling.of_face.assign(m.face_count, kGap);
  for (std::size_t s = 0; s < sets.size(); ++s)
    for (FaceId f : sets[s]) {
      if (labeling.of_face[f] == kGap)
        labeling.of_face[f] = static_cast<Label>(s);
      else
        labeling.overlaps.push_back({f, static_cast<Label>(s)});
    }
  std::sort(labeling.overlaps.begin(), labeling.overlaps.end());
  const Dissolved dissolved = dissolve(m, labeling, sets.size());
  std::vector<std::vector<PolygonRings>> out;
  for (const auto& polygons : dissolved.of_label) {
    std::vector<PolygonRings>& ground = out.emplace_back();
    for (const ArcPolygon& p : polygons) {
      auto& rings = ground.emplace_back();
      rings.push_back(points_of(m, p.shell));
      for (const ArcRing& hole : p.holes) rings.push_back(points_of(m, hole));
    }
  }
  return out;
}

std::vector<Conflict> delivery_conflicts(const City& city, const RawGround& g) {
  const std::vector<Int128> area = doubled_areas(g.arrangement);
  std::vector<Conflict> out;
  const auto finish = [&](std::vector<Draft> drafts) {
    std::vector<std::vector<FaceId>> sets;
    for (const Draft& d : drafts) sets.push_back(d.faces);
    std::vector<Ground> grounds = grounds_of(g.arrangement, sets);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      measure(drafts[i], g, area);
      drafts[i].conflict.ground = std::move(grounds[i]);
      out.push_back(std::move(drafts[i].conflict));
    }
  };
  const FaceEdges edges(g.arrangement);
  std::vector<Draft> admin;
  for (std::size_t i = 0; i < g.frame.conflicts.size(); ++i)
    admin.push_back({g.frame.conflicts[i], g.frame.conflict_faces[i]});
  finish(std::move(admin));
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    std::vector<Draft> drafts = layer_drafts(city, l, g, edges);
    add_hidden_cells(city, g, l, drafts);
    finish(std::move(drafts));
  }
  std::stable_sort(out.begin(), out.end(), [](const Conflict& a, const Conflict& b) {
    return std::tie(a.kind, a.admin_level, a.layer, a.before, a.after) <
           std::tie(b.kind, b.admin_level, b.layer, b.before, b.after);
  });
  return out;
}

void add_plan_conflicts(City& city, const Regions& regions, std::span<const std::uint32_t> region_of_grid,
                        std::span<const DrawnGrid> fixed) {
  const auto of_grid = [&](ConflictKind kind, std::uint32_t g, double people) {
    Conflict& c = city.conflicts.emplace_back();
    c.kind = kind;
    c.grid = static_cast<std::int32_t>(g);
    c.area_m2 = city.grids[g].area_m2;
    c.population = people;
    return &c;
  };
  for (std::uint32_t g = 0; g < city.grids.size(); ++g) {
    const Region& region = regions.regions[region_of_grid[g]];
    if (region.verdict == BandVerdict::in_band || region.verdict == BandVerdict::fixed ||
        region.verdict == BandVerdict::uninhabited)
      continue;
    GridPiece piece{region.piece_households, {}};
    for (Label grid : region.enclosed_by) piece.enclosed_by.push_back(fixed[static_cast<std::size_t>(grid)].name);
    of_grid(ConflictKind::unmet_target, g, city.grids[g].population)->facts = std::move(piece);
  }
  for (const Responsibility& duty : city.responsibilities) {
    if (duty.status != DutyStatus::split) continue;
    Conflict* c = of_grid(ConflictKind::split_duty, duty.grid, city.grids[duty.grid].population * (1 - duty.share));
    c->layer = static_cast<std::int32_t>(duty.layer);
    c->after = {city.layers[duty.layer].cells[duty.cell].id};
  }
}

}  // namespace gridloom
