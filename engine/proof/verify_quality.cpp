// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_quality.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/proof/verify_displacement.h"
#include "engine/proof/verify_faults.h"

namespace gridloom {
namespace {

constexpr double kSole = 0.95, kCounts = 0.05;

// People and ground that a cell and a grid share.
struct Shared {
  double people = 0, ground = 0;
  void add(const City& city, FaceId f) {
    people += city.population[f];
    ground += city.area_m2[f];
  }
};

class Recount {
 public:
  Recount(const City& city, std::size_t limit) : city_(city), faults_(limit), moved_(displacements_again(city)) {
    for (const Layer& layer : city.layers) shared_.push_back(shared_with_grids(layer));
  }

  std::vector<Fault> run() {
    check_grids();
    check_crosswalk();
    check_duties();
    check_zones();
    for (const QualityRow& row : city_.quality)
      if (const std::optional<double> value = recounted(row); value && !same_number(*value, row.value))
        add("quality, " + row_text(city_, row), row.value, *value);
    return faults_.release();
  }

 private:
  using Table = std::map<std::pair<Label, Label>, Shared>;  // cell, grid

  void add(const std::string& row, double said, double counted) { faults_.differs("quality", row, said, counted); }

  Table shared_with_grids(const Layer& layer) const {
    Table out;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f)
      if (const Label c = layer.labels.of_face[f]; c != kGap) out[{c, city_.grid_of_face[f]}].add(city_, f);
    for (const OverlapLabel& o : layer.labels.overlaps) out[{o.label, city_.grid_of_face[o.face]}].add(city_, o.face);
    return out;
  }

  // Share of a grid: of its people, or of its ground where nobody lives.
  double share_of_grid(Label grid, const Shared& s) const {
    const Grid& g = city_.grids[static_cast<std::size_t>(grid)];
    return g.population > 0 ? s.people / g.population : s.ground / g.area_m2;
  }

  void check_grids() {
    const Arrangement& m = city_.arrangement;
    std::vector<double> rim(city_.grids.size(), 0);
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      const Label left = city_.grid_of_face[m.arcs[a].left], right = city_.grid_of_face[m.arcs[a].right];
      if (left == right) continue;
      const auto p = m.points_of(a);
      double length = 0;
      for (std::size_t i = 1; i < p.size(); ++i)
        length += std::hypot(static_cast<double>(p[i].x) - p[i - 1].x, static_cast<double>(p[i].y) - p[i - 1].y);
      for (Label g : {left, right})
        if (g != kGap) rim[static_cast<std::size_t>(g)] += length / Lattice::kPerMetre;
    }
    for (std::size_t g = 0; g < rim.size(); ++g) {
      const Grid& grid = city_.grids[g];
      const double compactness = 4 * std::numbers::pi * grid.area_m2 / (rim[g] * rim[g]);
      if (!same_number(rim[g], grid.perimeter_m))
        add("grids, " + grid.code + ", perimeter_m", grid.perimeter_m, rim[g]);
      if (!same_number(compactness, grid.compactness))
        add("grids, " + grid.code + ", compactness", grid.compactness, compactness);
    }
  }

  // One row for every cell and grid that share ground.
  void check_crosswalk() {
    std::vector<Table> rows = shared_;
    std::vector<std::map<Label, Shared>> whole(rows.size());
    for (std::size_t l = 0; l < rows.size(); ++l)
      for (const auto& [pair, s] : rows[l]) {
        whole[l][pair.first].people += s.people;
        whole[l][pair.first].ground += s.ground;
      }
    for (const CrosswalkRow& row : city_.crosswalk) {
      const Layer& layer = city_.layers[row.layer];
      const std::string what = "crosswalk, " + layer.id + ", " + layer.cells[static_cast<std::size_t>(row.cell)].id +
                               ", " + city_.grids[row.grid].code;
      const auto at = rows[row.layer].find({row.cell, static_cast<Label>(row.grid)});
      if (at == rows[row.layer].end()) {
        faults_.add("crosswalk", {"crosswalk_row_without_ground", {}, {what}});
        continue;
      }
      const Shared s = at->second, &cell = whole[row.layer][row.cell];
      rows[row.layer].erase(at);
      faults_.expect_same("crosswalk", what + ", area_m2", row.area_m2, s.ground);
      faults_.expect_same("crosswalk", what + ", population", row.population, s.people);
      faults_.expect_same("crosswalk", what + ", share_of_feature", row.share_of_feature,
                          cell.people > 0 ? s.people / cell.people : s.ground / cell.ground);
      faults_.expect_same("crosswalk", what + ", share_of_grid", row.share_of_grid,
                          share_of_grid(static_cast<Label>(row.grid), s));
    }
    for (std::size_t l = 0; l < rows.size(); ++l)
      if (!rows[l].empty())
        faults_.add("crosswalk",
                    {"crosswalk_rows_missing", {{"rows", rows[l].size()}}, {"crosswalk, " + city_.layers[l].id}});
  }

  void check_duties() {
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      std::vector<double> best(city_.grids.size(), 0);
      for (const auto& [pair, s] : shared_[l]) {
        double& b = best[static_cast<std::size_t>(pair.second)];
        b = std::max(b, share_of_grid(pair.second, s));
      }
      for (std::size_t g = 0; g < best.size(); ++g) {
        const Responsibility& duty = city_.responsibility(g, l);
        const std::string what = "responsibilities, " + city_.grids[g].code + ", " + city_.layers[l].id;
        if (!same_number(best[g], duty.share)) add(what + ", share", duty.share, best[g]);
        if (duty.cell != kGap) {
          const auto at = shared_[l].find({duty.cell, static_cast<Label>(g)});
          const double own = at == shared_[l].end() ? 0 : share_of_grid(static_cast<Label>(g), at->second);
          if (!same_number(own, best[g])) add(what + ", cell", best[g], own);
        }
        // A share at the very edge may be either.
        const DutyStatus status = best[g] <= 0       ? DutyStatus::vacant
                                  : best[g] >= kSole ? DutyStatus::sole
                                                     : DutyStatus::split;
        if (status != duty.status && !same_number(best[g], kSole))
          faults_.differs("quality", what + ", status", word_of(duty.status), word_of(status));
      }
    }
  }

  void check_zones() {
    std::vector<std::size_t> events(city_.grids.size(), 0);
    for (FaceId f : city_.face_of_event)
      if (f != kOutside) ++events[static_cast<std::size_t>(city_.grid_of_face[f])];
    for (const Zone& z : city_.zones) {
      double grids = 0, people = 0, incidents = 0;
      for (std::size_t g = 0; g < city_.grids.size(); ++g) {
        if (city_.responsibility(g, z.layer).cell != z.cell) continue;
        grids += 1;
        people += city_.grids[g].population;
        incidents += static_cast<double>(events[g]);
      }
      const std::string what = "zones, " + city_.layers[z.layer].id + ", " +
                               city_.layers[z.layer].cells[static_cast<std::size_t>(z.cell)].id;
      if (grids != z.grids) add(what + ", grids", z.grids, grids);
      if (!same_number(people, z.population)) add(what + ", population", z.population, people);
      if (incidents != static_cast<double>(z.incidents))
        add(what + ", incidents", static_cast<double>(z.incidents), incidents);
    }
  }

  std::optional<double> recounted(const QualityRow& row) const {
    if (row.stage == QualityStage::raw) return {};
    if (row.layer < 0) return of_all(row);
    const auto l = static_cast<std::size_t>(row.layer);
    return row.stage == QualityStage::aligned ? of_aligned(row, l) : of_unified(row, l);
  }

  std::optional<double> of_all(const QualityRow& row) const {
    const auto sum_of = [](const auto& rows, auto part) {
      double sum = 0;
      for (const auto& r : rows) sum += r.*part;
      return sum;
    };
    const auto grids = static_cast<double>(city_.grids.size());
    switch (row.metric) {
      case QualityMetric::faces:
        return city_.arrangement.face_count - 1.0;
      case QualityMetric::thin_faces:
        return thin_faces();
      case QualityMetric::grids:
        return grids;
      case QualityMetric::people_in_band:
        return people_in_band();
      case QualityMetric::mean_compactness:
        return sum_of(city_.grids, &Grid::compactness) / grids;
      case QualityMetric::soft_cut:
        return sum_of(city_.plans, &UnitPlan::soft_cut_m);
      case QualityMetric::soft_cut_bound:
        return sum_of(city_.plans, &UnitPlan::lower_bound_m);
      default:
        return {};
    }
  }

  // Of the grids the band spoke of when the city was fused: neither given nor uninhabited. A lock of today does not
  // tell: planners lock and unlock grids in the file.
  double people_in_band() const {
    double in = 0, all = 0;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f) {
      const Grid& g = city_.grids[static_cast<std::size_t>(city_.grid_of_face[f])];
      if (g.kind != GridKind::general || g.verdict == BandVerdict::fixed) continue;
      all += city_.population[f];
      if (g.households >= city_.households_min && g.households <= city_.households_max) in += city_.population[f];
    }
    return all > 0 ? in / all : 1;
  }

  double thin_faces() const {
    const std::vector<double> length = arc_lengths(city_.arrangement);
    std::vector<double> rim(city_.arrangement.face_count, 0);
    for (ArcId a = 0; a < length.size(); ++a)
      for (FaceId f : {city_.arrangement.arcs[a].left, city_.arrangement.arcs[a].right}) rim[f] += length[a];
    double thin = 0;
    for (FaceId f = 1; f < rim.size(); ++f) thin += 2 * city_.area_m2[f] < city_.min_width_m * rim[f];
    return thin;
  }

  std::optional<double> of_aligned(const QualityRow& row, std::size_t l) const {
    switch (row.metric) {
      case QualityMetric::gap_area:
        return gap_area(city_.layers[l].labels);
      case QualityMetric::overlap_area:
        return overlap_area(city_.layers[l].labels);
      case QualityMetric::displacement_mean:
        return moved_[l].mean_m;
      case QualityMetric::displacement_p95:
        return moved_[l].p95_m;
      case QualityMetric::displacement_max:
        return moved_[l].max_m;
      case QualityMetric::boundary_recall:
        return moved_[l].recall;
      case QualityMetric::contradiction:
        return contradiction(l, static_cast<std::size_t>(row.other_layer));
      default:
        return {};
    }
  }

  double gap_area(const Labeling& labels) const {
    double ground = 0;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f)
      if (labels.of_face[f] == kGap) ground += city_.area_m2[f];
    return ground;
  }

  double overlap_area(const Labeling& labels) const {
    double ground = 0;
    FaceId last = kOutside;
    for (const OverlapLabel& o : labels.overlaps)
      if (std::exchange(last, o.face) != o.face) ground += city_.area_m2[o.face];
    return ground;
  }

  // Share of the ground where the one cell of `child` does not lie in the one cell of `parent` that has most of it.
  double contradiction(std::size_t child, std::size_t parent) const {
    const Labeling &c = city_.layers[child].labels, &p = city_.layers[parent].labels;
    std::map<Label, std::map<Label, double>> common;
    double all = 0;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f) {
      all += city_.area_m2[f];
      if (c.of_face[f] != kGap && p.of_face[f] != kGap && c.further(f).empty() && p.further(f).empty())
        common[c.of_face[f]][p.of_face[f]] += city_.area_m2[f];
    }
    return ground_outside_parents(common) / all;
  }

  std::optional<double> of_unified(const QualityRow& row, std::size_t l) const {
    std::map<Label, double> of_grid, of_cell;
    double all = 0, splits = 0;
    for (const auto& [pair, s] : shared_[l]) {
      all += s.people;
      of_cell[pair.first] = std::max(of_cell[pair.first], s.people);
      of_grid[pair.second] = std::max(of_grid[pair.second], s.people);
      splits += share_of_grid(pair.second, s) >= kCounts;
    }
    const auto share = [&](const std::map<Label, double>& best) {
      const double sum = std::accumulate(best.begin(), best.end(), 0.0,
                                         [](double total, const auto& entry) { return total + entry.second; });
      return all > 0 ? sum / all : 0;
    };
    if (row.metric == QualityMetric::purity) return share(of_grid);
    if (row.metric == QualityMetric::inverse_purity) return share(of_cell);
    if (row.metric == QualityMetric::mean_splits) return splits / static_cast<double>(city_.grids.size());
    return {};
  }

  const City& city_;
  FaultList faults_;
  std::vector<Table> shared_;        // [layer]
  std::vector<Displacement> moved_;  // [layer]
};

}  // namespace

std::vector<Fault> check_quality(const City& city, std::size_t limit) { return Recount(city, limit).run(); }

}  // namespace gridloom
