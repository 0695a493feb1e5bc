// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/conflicts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "engine/arrangement/adjacency.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

using Ground = std::vector<std::vector<std::vector<Point>>>;

// The dissolved ground of each set of faces; sets may share faces.
std::vector<Ground> grounds_of(const Arrangement& m, const std::vector<std::vector<FaceId>>& sets) {
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
  std::vector<Ground> out;
  for (const auto& polygons : dissolved.of_label) {
    Ground& ground = out.emplace_back();
    for (const ArcPolygon& p : polygons) {
      auto& rings = ground.emplace_back();
      rings.push_back(points_of(m, p.shell));
      for (const ArcRing& hole : p.holes) rings.push_back(points_of(m, hole));
    }
  }
  return out;
}

std::string ids_of(const Layer& layer, const CoverState& state) {
  std::set<std::string> sorted;  // whatever order the cells were delivered in
  for (Label c : state) sorted.insert(layer.cells[c].id);
  std::string ids;
  for (const std::string& id : sorted) ids += (ids.empty() ? "" : ",") + id;
  return ids;
}

ConflictKind kind_of(const CoverState& before, bool inside, bool nested) {
  if (!inside) return ConflictKind::outside_frame;
  if (before.empty()) return ConflictKind::gap;
  if (before.size() > 1) return ConflictKind::overlap;
  return nested ? ConflictKind::nesting : ConflictKind::sliver;
}

std::string note_of(ConflictKind kind, bool settled) {
  switch (kind) {
    case ConflictKind::outside_frame:
      return "outside the city's frame / 在城市边界之外";
    case ConflictKind::gap:
      return settled ? "gap filled / 空白已补" : "no unit delivered here / 此处无人认领";
    case ConflictKind::overlap:
      return settled ? "overlap settled / 重叠已裁定" : "claimed more than once / 多头认领";
    case ConflictKind::nesting:
      return "levels contradict each other here / 各级行政界线在此不一致";
    default:
      return "sliver resolved / 细碎面已归并";
  }
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

  struct Reach {
    double metres = 0;
    bool beside = false;  // to the line along the faces; else there is none, and it is to the nearest anywhere
  };
  // How far the rim of the faces lies from the layer's line; empty where it drew none at all.
  std::optional<Reach> reach(std::span<const FaceId> faces, const FaceEdges& edges) {
    std::vector<Segment> line;
    std::vector<Point> rim;
    for (FaceId f : faces)
      for (HalfEdge e : edges.of(f)) {
        const ArcId a = e.arc();
        const auto p = g_.arrangement.points_of(a);
        rim.insert(rim.end(), p.begin(), p.end());
        if (drawn(a)) add(a, line);
      }
    if (!line.empty()) return Reach{farthest(rim, NearestSegment(std::move(line))), true};
    if (!all_) {
      for (ArcId a = 0; a < g_.arrangement.arcs.size(); ++a)
        if (drawn(a)) add(a, line);
      if (line.empty()) return {};
      all_.emplace(std::move(line));
    }
    return Reach{farthest(rim, *all_), false};
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

Text moved_note(const std::optional<LayerLines::Reach>& reach) {
  if (!reach) return {"moved to its parent's cell", "已归入上级网格"};
  const std::string m = std::to_string(std::llround(reach->metres));
  if (!reach->beside)
    return {"moved to its parent's cell, up to " + m + " m from its own line",
            "已归入上级网格，距原界线最远" + m + "米"};
  return {"moved to its parent's line, up to " + m + " m", "已调至上级界线，最远" + m + "米"};
}

Text filled_note(const std::optional<LayerLines::Reach>& reach) {
  if (!reach) return {"gap filled from its parent", "空白已按上级补齐"};
  const std::string m = std::to_string(std::llround(reach->metres));
  return {"gap filled from its parent, up to " + m + " m from its own line",
          "空白已按上级补齐，距原界线最远" + m + "米"};
}

// Ground that moved because of a declared parent which the overlaps speak against: the child's, or the parent's that
// made way for it.
void add_doubt(const City& city, std::size_t l, const CoverState& before, const CoverState& after,
               std::span<const Nesting> nestings, Text& note) {
  if (before.size() != 1) return;
  for (const Nesting& n : nestings)
    for (const DoubtfulParent& d : n.doubtful) {
      const bool child = n.child == l && before.front() == d.cell;
      const bool parent = n.parent == l && before.front() == d.most && after == CoverState{d.said};
      if (!n.enforced() || (!child && !parent)) continue;
      const Layer &below = city.layers[n.child], &above = city.layers[n.parent];
      const std::string cell = below.id + " " + below.cells[static_cast<std::size_t>(d.cell)].id;
      const std::string said = above.id + " " + above.cells[static_cast<std::size_t>(d.said)].id;
      const std::string percent = std::to_string(std::llround(100 * d.said_share));
      note.en += "; " + said + ", the declared parent of " + cell + ", holds " + percent + " % of it: check its key";
      note.zh += "；" + cell + " 所填上级 " + said + " 仅占其" + percent + "%，请核对编码";
      return;
    }
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
    d.conflict.ids = ids_of(layer, before) + ">" + ids_of(layer, after);
    const bool filled = d.conflict.kind == ConflictKind::gap && std::get<3>(story) && !after.empty();
    if (d.conflict.kind == ConflictKind::nesting || filled) {
      Text note = filled ? filled_note(lines.reach(faces, edges)) : moved_note(lines.reach(faces, edges));
      add_doubt(city, l, before, after, g.nestings, note);
      d.conflict.note = note.en + " / " + note.zh;
    } else {
      d.conflict.note = note_of(d.conflict.kind, before != after);
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
    d.conflict.ids = layer.cells[c].id + ">" + (present[c] ? layer.cells[c].id : "");
    d.conflict.note = present[c]     ? "duplicate of or covered by other cells of its layer; kept in overlaps / "
                                       "与同层网格重复或被覆盖，保留于重叠表"
                      : inside[c]    ? "duplicate of or covered by other cells of its layer, and thin: dissolved / "
                                       "与同层网格重复或被覆盖且细窄，已归并"
                      : delivered[c] ? "lies wholly outside the frame / 全部位于城市边界之外"
                                     : "delivered without ground / 无有效范围";
    drafts.push_back(std::move(d));
  }
}

}  // namespace

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
  for (std::size_t i = 0; i < g.frame.conflicts.size(); ++i) {
    admin.push_back({g.frame.conflicts[i], g.frame.conflict_faces[i]});
    admin.back().conflict.note = note_of(admin.back().conflict.kind, true);
  }
  finish(std::move(admin));
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    std::vector<Draft> drafts = layer_drafts(city, l, g, edges);
    add_hidden_cells(city, g, l, drafts);
    finish(std::move(drafts));
  }
  std::stable_sort(out.begin(), out.end(), [](const Conflict& a, const Conflict& b) {
    return std::tie(a.kind, a.admin_level, a.layer, a.ids) < std::tie(b.kind, b.admin_level, b.layer, b.ids);
  });
  return out;
}

namespace {

struct Reasons {
  const City& city;
  const Regions& regions;
  std::span<const DrawnGrid> fixed;
  HouseholdBand band;

  static std::string number(double n) { return std::to_string(std::llround(n)); }
  std::string in_band() const { return number(band.min) + "-" + number(band.max); }
  std::string fixed_names(const Region& r, std::string Text::*language, const char* comma) const {
    std::string names;
    for (Label grid : r.enclosed_by)
      names += (names.empty() ? "" : comma) + fixed[static_cast<std::size_t>(grid)].name.*language;
    return names;
  }

  // "1 household", "no household", "170 households".
  static std::string households_en(double n) {
    const std::string count = number(n);
    return (count == "0" ? "no" : count) + (count == "0" || count == "1" ? " household" : " households");
  }

  // How many grids the piece would need at least and could hold at most.
  std::string range(double households) const {
    const double least = std::ceil(households / band.max), most = std::floor(households / band.min);
    return households_en(households) + ": " + number(most) + " grids would be above the band, " + number(least) +
           " below it / " + number(households) + "户：" + number(most) + "个网格则超上限，" + number(least) +
           "个网格则不足下限";
  }

  std::string text(const Region& r, double households) const {
    const std::string n = number(households), n_en = households_en(households), band_en = " (band " + in_band() + ")";
    const std::string only_en = households < 0.5 ? n_en : "only " + n_en;
    const UnitPlan& plan = regions.plans[r.unit];
    switch (r.verdict) {
      case BandVerdict::isolated:
        if (plan.grids == 1) return "its whole unit has " + only_en + band_en + " / 所属单元全部仅" + n + "户";
        return "a separate piece of its unit with " + only_en + band_en + " / 所属单元内的独立地块，仅" + n + "户";
      case BandVerdict::enclosed:
        return "cut off by " + std::string(r.enclosed_by.size() > 1 ? "grids " : "grid ") +
               fixed_names(r, &Text::en, ", ") + ", which may not change, with " + only_en + band_en +
               " / 被固定网格“" + fixed_names(r, &Text::zh, "”“") + "”隔开，仅" + n + "户";
      case BandVerdict::indivisible:
        return "one atom has more than the band holds, " + n_en + " in all" + band_en +
               "; no department draws a line through it / 含单个超限的基础面，共" + n + "户，无部门界线可分";
      case BandVerdict::numbers:
        return "no number of grids fits the piece's " + range(r.piece_households);
      case BandVerdict::impossible:
        return n_en + "; proven: no plan of the unit is within the band " + in_band() +
               (plan.relaxed_proven ? ", and none misses it by less than " + number(plan.relaxed_by) : std::string()) +
               " / " + n + "户；已证明该单元不存在达标方案" +
               (plan.relaxed_proven ? "，偏差不可能小于" + number(plan.relaxed_by) + "户" : std::string());
      default:
        return n_en + "; the neighbouring grids have no room or cannot spare ground" + band_en + " / " + n +
               "户，相邻网格无法调剂";
    }
  }
};

}  // namespace

void add_plan_conflicts(City& city, const Regions& regions, std::span<const std::uint32_t> region_of_grid,
                        std::span<const DrawnGrid> fixed, HouseholdBand band) {
  const Reasons reasons{city, regions, fixed, band};
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Region& region = regions.regions[region_of_grid[g]];
    if (region.verdict == BandVerdict::in_band || region.verdict == BandVerdict::fixed ||
        region.verdict == BandVerdict::uninhabited)
      continue;
    const Grid& grid = city.grids[g];
    city.conflicts.push_back({ConflictKind::unmet_target,
                              -1,
                              "",
                              grid.code,
                              grid.area_m2,
                              grid.population,
                              reasons.text(region, grid.households),
                              {}});
  }
  for (const Responsibility& duty : city.responsibilities) {
    if (duty.status != DutyStatus::split) continue;
    const Grid& grid = city.grids[duty.grid];
    const double rest = 1 - duty.share;
    city.conflicts.push_back({ConflictKind::split_duty,
                              static_cast<std::int32_t>(duty.layer),
                              "",
                              grid.code + ">" + city.layers[duty.layer].cells[duty.cell].id,
                              grid.area_m2,
                              grid.population * rest,
                              "people outside the main unit's cell / 主责单元之外的人口",
                              {}});
  }
}

}  // namespace gridloom
