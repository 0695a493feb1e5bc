// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/quality.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "engine/fusion/displacement.h"

namespace gridloom {
namespace {

constexpr double kSplitShare = 0.05;
constexpr double kChanged = 0.05;

std::size_t thin_faces(const Arrangement& m, double min_width_m, const auto& counted) {
  const std::vector<Int128> area = doubled_areas(m);
  const std::vector<double> length = arc_lengths(m);
  std::vector<double> perimeter(m.face_count, 0);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    perimeter[m.arcs[a].left] += length[a];
    perimeter[m.arcs[a].right] += length[a];
  }
  std::size_t thin = 0;
  for (FaceId f = 1; f < m.face_count; ++f)
    thin += counted(f) && 2 * square_metres(area[f]) / perimeter[f] < min_width_m;
  return thin;
}

struct Cover {
  double gap = 0, overlap = 0;
};

Cover raw_cover(const RawGround& g, std::size_t l, const std::vector<Int128>& area) {
  Cover c;
  for (FaceId f = 1; f < g.arrangement.face_count; ++f) {
    if (!g.frame.inside(f)) continue;
    const std::size_t n = g.covers[l].states[g.covers[l].of_face[f]].size();
    if (n == 0) c.gap += square_metres(area[f]);
    if (n > 1) c.overlap += square_metres(area[f]);
  }
  return c;
}

Cover aligned_cover(const City& city, const Layer& layer) {
  Cover c;
  for (FaceId f = 1; f < city.arrangement.face_count; ++f) {
    if (layer.labels.of_face[f] == kGap) c.gap += city.area_m2[f];
    if (!layer.labels.further(f).empty()) c.overlap += city.area_m2[f];
  }
  return c;
}

// Cells of which more than a twentieth changed hands, by the larger of what they lost and what they won, and cells with
// ground before and none after.
struct Changes {
  std::size_t changed = 0, lost = 0;
};

Changes cell_changes(const RawGround& g, std::size_t l, std::size_t cells, const std::vector<Int128>& area) {
  std::vector<double> was(cells, 0), lost = was, won = was;
  for (FaceId f = 1; f < g.arrangement.face_count; ++f) {
    if (!g.frame.inside(f)) continue;
    const CoverState& before = g.covers[l].states[g.covers[l].of_face[f]];
    const CoverState& after = g.covers[l].states[g.aligned.state_of_group[l][g.aligned.group_of_face[f]]];
    const double m2 = square_metres(area[f]);
    const auto in = [](const CoverState& s, Label c) { return std::find(s.begin(), s.end(), c) != s.end(); };
    for (Label c : before) {
      was[static_cast<std::size_t>(c)] += m2;
      if (!in(after, c)) lost[static_cast<std::size_t>(c)] += m2;
    }
    for (Label c : after)
      if (!in(before, c)) won[static_cast<std::size_t>(c)] += m2;
  }
  Changes out;
  for (std::size_t c = 0; c < cells; ++c) {
    if (was[c] <= 0) continue;
    out.changed += std::max(lost[c], won[c]) > kChanged * was[c];
    out.lost += lost[c] >= was[c] && won[c] <= 0;
  }
  return out;
}

// Share of the frame where the single cell of the child layer is not in the single cell of the parent layer that holds
// most of it, as delivered or aligned.
double contradiction(const RawGround& g, const Nesting& n, bool aligned, const std::vector<Int128>& area) {
  const auto state = [&](std::size_t l, FaceId f) -> const CoverState& {
    return g.covers[l]
        .states[aligned ? g.aligned.state_of_group[l][g.aligned.group_of_face[f]] : g.covers[l].of_face[f]];
  };
  std::map<std::pair<Label, Label>, double> common;  // child cell, parent cell
  double all = 0;
  for (FaceId f = 1; f < g.arrangement.face_count; ++f) {
    if (!g.frame.inside(f)) continue;
    all += square_metres(area[f]);
    const CoverState &child = state(n.child, f), &parent = state(n.parent, f);
    if (child.size() == 1 && parent.size() == 1) common[{child.front(), parent.front()}] += square_metres(area[f]);
  }
  double against = 0;
  for (auto first = common.begin(); first != common.end();) {
    double sum = 0, most = 0;
    const Label child = first->first.first;
    for (; first != common.end() && first->first.first == child; ++first) {
      sum += first->second;
      most = std::max(most, first->second);
    }
    against += sum - most;
  }
  return all > 0 ? against / all : 0;
}

// "<= 0.25", "> 256", in metres.
std::string distance_class(std::size_t c) {
  char text[32];
  const bool last = c == kDistanceClasses_m.size();
  std::snprintf(text, sizeof text, "%s %g",
                last ? ">" : "<=", last ? kDistanceClasses_m.back() : kDistanceClasses_m[c]);
  return text;
}

// Special and locked grids are as they were drawn, and nobody counts households where hardly anybody lives.
bool band_speaks_of(const Grid& g) { return g.kind == GridKind::general && !g.locked; }

struct Agreement {
  double purity = 0, inverse_purity = 0, splits = 0;
};

// By people. An overlap counts for each of its cells.
std::vector<Agreement> agreements(const City& city) {
  std::vector<Agreement> out(city.layers.size());
  std::vector<std::vector<double>> best_of_grid(city.layers.size(), std::vector<double>(city.grids.size(), 0));
  std::vector<std::vector<double>> best_of_cell;
  std::vector<double> total(city.layers.size(), 0);
  for (const Layer& l : city.layers) best_of_cell.emplace_back(l.cells.size(), 0);
  for (const CrosswalkRow& r : city.crosswalk) {
    total[r.layer] += r.population;
    best_of_grid[r.layer][r.grid] = std::max(best_of_grid[r.layer][r.grid], r.population);
    best_of_cell[r.layer][r.cell] = std::max(best_of_cell[r.layer][r.cell], r.population);
    if (r.share_of_grid >= kSplitShare) out[r.layer].splits += 1;
  }
  for (std::size_t l = 0; l < out.size(); ++l) {
    for (double p : best_of_grid[l]) out[l].purity += p;
    for (double p : best_of_cell[l]) out[l].inverse_purity += p;
    if (total[l] > 0) out[l].purity /= total[l];
    if (total[l] > 0) out[l].inverse_purity /= total[l];
    out[l].splits /= static_cast<double>(city.grids.size());
  }
  return out;
}

}  // namespace

double people_in_band(const City& city) {
  double in = 0, all = 0;
  for (const Grid& g : city.grids) {
    if (!band_speaks_of(g)) continue;
    all += g.population;
    if (g.households >= city.households_min && g.households <= city.households_max) in += g.population;
  }
  return all > 0 ? in / all : 1;
}

std::vector<QualityRow> quality(const City& city, const RawGround& g, std::span<const AlignLayer> layers,
                                unsigned threads, FuseStatistics& statistics) {
  const auto inside = [&](FaceId f) { return g.frame.inside(f); };
  for (FaceId f = 1; f < g.arrangement.face_count; ++f) statistics.raw_faces += inside(f);
  statistics.raw_thin_faces = thin_faces(g.arrangement, city.min_width_m, inside);
  statistics.thin_atoms = thin_faces(city.arrangement, city.min_width_m, [](FaceId) { return true; });

  std::vector<QualityRow> rows;
  const auto add = [&](const char* stage, const std::string& layer, const char* metric, double value,
                       const char* unit) {
    rows.push_back({stage, layer, metric, value, unit});
  };
  add("raw", "", "faces", static_cast<double>(statistics.raw_faces), "1");
  add("raw", "", "thin_faces", static_cast<double>(statistics.raw_thin_faces), "1");
  add("aligned", "", "faces", city.arrangement.face_count - 1.0, "1");
  add("aligned", "", "thin_faces", static_cast<double>(statistics.thin_atoms), "1");
  const std::vector<Int128> area = doubled_areas(g.arrangement);
  const std::vector<Agreement> agreement = agreements(city);
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    const std::string& id = city.layers[l].id;
    const Cover raw = raw_cover(g, l, area), aligned = aligned_cover(city, city.layers[l]);
    add("raw", id, "gap_area", raw.gap, "m2");
    add("raw", id, "overlap_area", raw.overlap, "m2");
    add("aligned", id, "gap_area", aligned.gap, "m2");
    add("aligned", id, "overlap_area", aligned.overlap, "m2");
    const Changes changes = cell_changes(g, l, city.layers[l].cells.size(), area);
    add("aligned", id, "changed_cells", static_cast<double>(changes.changed), "1");
    add("aligned", id, "lost_cells", static_cast<double>(changes.lost), "1");
    add("unified", id, "purity", agreement[l].purity, "1");
    add("unified", id, "inverse_purity", agreement[l].inverse_purity, "1");
    add("unified", id, "mean_splits", agreement[l].splits, "1");
  }
  const std::vector<Displacement> moved = displacements(city, threads);
  const std::vector<ReferenceDistances> drawn = reference_distances(g, layers, threads);
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    const std::string& id = city.layers[l].id;
    add("aligned", id, "displacement_mean", moved[l].mean_m, "m");
    add("aligned", id, "displacement_p95", moved[l].p95_m, "m");
    add("aligned", id, "displacement_max", moved[l].max_m, "m");
    add("aligned", id, "boundary_recall", moved[l].recall, "1");
    for (std::size_t c = 0; c < drawn[l].share.size(); ++c)
      add("raw", id, ("reference_distance:" + distance_class(c)).c_str(), drawn[l].share[c], "1");
    if (drawn[l].suggested_accuracy_m) add("raw", id, "suggested_accuracy", *drawn[l].suggested_accuracy_m, "m");
  }
  for (const Nesting& n : g.nestings) {
    const std::string& child = city.layers[n.child].id;
    const std::string in = ":" + city.layers[n.parent].id;
    add("raw", child, ("nesting_confidence" + in).c_str(), n.confidence, "1");
    add("raw", child, ("contradiction" + in).c_str(), contradiction(g, n, false, area), "1");
    add("aligned", child, ("contradiction" + in).c_str(), contradiction(g, n, true, area), "1");
  }
  double compactness = 0;
  for (const Grid& grid : city.grids) compactness += grid.compactness;
  add("unified", "", "grids", static_cast<double>(city.grids.size()), "1");
  add("unified", "", "people_in_band", people_in_band(city), "1");
  add("unified", "", "mean_compactness", compactness / static_cast<double>(city.grids.size()), "1");
  double cut = 0, bound = 0;
  for (const UnitPlan& p : city.plans) {
    cut += p.soft_cut_m;
    bound += p.lower_bound_m;
  }
  add("unified", "", "soft_cut", cut, "m");
  add("unified", "", "soft_cut_bound", bound, "m");
  return rows;
}

}  // namespace gridloom
