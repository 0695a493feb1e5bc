// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/quality.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/fusion/displacement.h"
#include "engine/zoning/crosswalk.h"

namespace gridloom {
namespace {

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
    out.changed += std::max(lost[c], won[c]) > kCountedShare * was[c];
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
    if (r.share_of_grid >= kCountedShare) out[r.layer].splits += 1;
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

using Stage = QualityStage;
using Metric = QualityMetric;

// The rows as they are counted, one method a family.
class Rows {
 public:
  Rows(const City& city, const RawGround& ground)
      : city_(city), ground_(ground), area_(doubled_areas(ground.arrangement)) {}

  void add_faces(const FuseStatistics& statistics) {
    add(Stage::raw, Metric::faces, static_cast<double>(statistics.raw_faces));
    add(Stage::raw, Metric::thin_faces, static_cast<double>(statistics.raw_thin_faces));
    add(Stage::aligned, Metric::faces, city_.arrangement.face_count - 1.0);
    add(Stage::aligned, Metric::thin_faces, static_cast<double>(statistics.thin_atoms));
  }

  void add_covers() {
    const std::vector<Agreement> agreement = agreements(city_);
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      const Cover raw = raw_cover(ground_, l, area_), aligned = aligned_cover(city_, city_.layers[l]);
      of_layer(l, Stage::raw, Metric::gap_area, raw.gap);
      of_layer(l, Stage::raw, Metric::overlap_area, raw.overlap);
      of_layer(l, Stage::aligned, Metric::gap_area, aligned.gap);
      of_layer(l, Stage::aligned, Metric::overlap_area, aligned.overlap);
      const Changes changes = cell_changes(ground_, l, city_.layers[l].cells.size(), area_);
      of_layer(l, Stage::aligned, Metric::changed_cells, static_cast<double>(changes.changed));
      of_layer(l, Stage::aligned, Metric::lost_cells, static_cast<double>(changes.lost));
      of_layer(l, Stage::unified, Metric::purity, agreement[l].purity);
      of_layer(l, Stage::unified, Metric::inverse_purity, agreement[l].inverse_purity);
      of_layer(l, Stage::unified, Metric::mean_splits, agreement[l].splits);
    }
  }

  void add_distances(std::span<const AlignLayer> layers, unsigned threads) {
    const std::vector<Displacement> moved = displacements(city_, threads);
    const std::vector<ReferenceDistances> drawn = reference_distances(ground_, layers, threads);
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      of_layer(l, Stage::aligned, Metric::displacement_mean, moved[l].mean_m);
      of_layer(l, Stage::aligned, Metric::displacement_p95, moved[l].p95_m);
      of_layer(l, Stage::aligned, Metric::displacement_max, moved[l].max_m);
      of_layer(l, Stage::aligned, Metric::boundary_recall, moved[l].recall);
      for (std::size_t c = 0; c < drawn[l].share.size(); ++c) {
        QualityRow& row = of_layer(l, Stage::raw, Metric::reference_distance, drawn[l].share[c]);
        if (c < kDistanceClasses_m.size()) row.up_to_m = kDistanceClasses_m[c];
      }
      if (const auto m = drawn[l].suggested_accuracy_m) of_layer(l, Stage::raw, Metric::suggested_accuracy, *m);
    }
  }

  void add_nestings() {
    for (const Nesting& n : ground_.nestings) {
      const auto add_nesting = [&](Stage stage, Metric metric, double value) {
        of_layer(n.child, stage, metric, value).other_layer = static_cast<std::int32_t>(n.parent);
      };
      add_nesting(Stage::raw, Metric::nesting_confidence, n.confidence);
      add_nesting(Stage::raw, Metric::contradiction, contradiction(ground_, n, false, area_));
      add_nesting(Stage::aligned, Metric::contradiction, contradiction(ground_, n, true, area_));
    }
  }

  void add_grids() {
    double compactness = 0, cut = 0, bound = 0;
    for (const Grid& grid : city_.grids) compactness += grid.compactness;
    for (const UnitPlan& p : city_.plans) {
      cut += p.soft_cut_m;
      bound += p.lower_bound_m;
    }
    const auto grids = static_cast<double>(city_.grids.size());
    add(Stage::unified, Metric::grids, grids);
    add(Stage::unified, Metric::people_in_band, people_in_band(city_));
    add(Stage::unified, Metric::mean_compactness, compactness / grids);
    add(Stage::unified, Metric::soft_cut, cut);
    add(Stage::unified, Metric::soft_cut_bound, bound);
  }

  std::vector<QualityRow> take() { return std::move(rows_); }

 private:
  QualityRow& add(Stage stage, Metric metric, double value) {
    return rows_.emplace_back(QualityRow{stage, metric, value});
  }
  QualityRow& of_layer(std::size_t layer, Stage stage, Metric metric, double value) {
    QualityRow& row = add(stage, metric, value);
    row.layer = static_cast<std::int32_t>(layer);
    return row;
  }

  const City& city_;
  const RawGround& ground_;
  std::vector<Int128> area_;  // of the raw faces, doubled
  std::vector<QualityRow> rows_;
};

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
  Rows rows(city, g);
  rows.add_faces(statistics);
  rows.add_covers();
  rows.add_distances(layers, threads);
  rows.add_nestings();
  rows.add_grids();
  return rows.take();
}

}  // namespace gridloom
