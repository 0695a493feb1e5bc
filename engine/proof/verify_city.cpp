// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_city.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "engine/base/parallel.h"
#include "engine/proof/verify_conflicts.h"
#include "engine/proof/verify_drawn.h"
#include "engine/proof/verify_plans.h"
#include "engine/proof/verify_quality.h"
#include "engine/proof/verify_raw.h"

namespace gridloom {
namespace {

constexpr double kRelative = 1e-9;

bool close(double a, double b, double scale) { return std::abs(a - b) <= kRelative * std::max(std::abs(scale), 1.0); }

class CityProof {
 public:
  CityProof(const City& city, std::size_t limit, unsigned threads)
      : city_(city), limit_(limit), threads_(threads), n_(city.arrangement.face_count) {
    at_.assign(n_, Point{});
    for (const Arc& a : city.arrangement.arcs)
      if (a.first < city.arrangement.points.size() && a.left < n_ && a.right < n_)
        at_[a.left] = at_[a.right] = city.arrangement.points[a.first];
  }

  std::vector<Fault> run() {
    faults_ = verify(city_.arrangement, limit_);
    const bool planar = faults_.empty();
    if (!check_tables()) return std::move(faults_);
    check_total();
    check_support();
    if (planar) {
      check_areas();
      check_grids();
      check_crosswalk();
    }
    if (faults_.empty()) recount();
    return std::move(faults_);
  }

 private:
  // What is derived from sound tables.
  void recount() {
    std::array<std::vector<Fault>, 5> found;
    parallel_for(2, threads_, [&](std::size_t part) {
      if (part == 0) {
        const DeliveredOverlay over = delivered_overlay(city_, 1);
        found[2] = check_conflicts(city_, over, limit_);
        found[3] = check_raw_quality(city_, over, limit_);
        found[4] = check_drawn(city_, over, limit_);
      } else {
        found[0] = check_quality(city_, limit_);
        found[1] = check_plans(city_, limit_);
      }
    });
    FaultList all(limit_);
    for (std::vector<Fault>& faults : found) all.take(std::move(faults));
    faults_ = all.release();
  }

  void add(const char* kind, Point at, Reason what) {
    if (faults_.size() < limit_) faults_.push_back({kind, at, std::move(what)});
  }

  bool labels_fit(std::span<const Label> labels, std::size_t count, const std::string& name) {
    bool good = labels.size() == n_ && labels[kOutside] == kGap;
    for (Label l : labels) good = good && l >= kGap && l < static_cast<Label>(count);
    if (!good) add("bad index", {}, {"labels_refer_to_nothing", {}, {name}});
    return good;
  }

  bool check_tables() {
    bool good = city_.area_m2.size() == n_ && city_.population.size() == n_ && city_.households.size() == n_ &&
                city_.support.size() == city_.arrangement.arcs.size() && !city_.admin.empty() &&
                (city_.linework.empty() || city_.linework.size() == city_.arrangement.arcs.size());
    if (!good) add("bad index", {}, {"tables_incomplete"});
    for (const AdminLevel& level : city_.admin) good = labels_fit(level.of_face, level.units.size(), level.id) && good;
    for (const Layer& layer : city_.layers) {
      good = labels_fit(layer.labels.of_face, layer.cells.size(), layer.id) && good;
      for (const OverlapLabel& o : layer.labels.overlaps)
        if (o.face >= n_ || o.label < 0 || o.label >= static_cast<Label>(layer.cells.size())) {
          add("bad index", {}, {"overlap_refers_to_nothing", {}, {layer.id}});
          good = false;
        }
    }
    good = labels_fit(city_.grid_of_face, city_.grids.size(), "grids") && good;
    return check_references() && good;
  }

  bool is_layer(std::int64_t l) const { return l >= 0 && l < static_cast<std::int64_t>(city_.layers.size()); }
  bool is_grid(std::int64_t g) const { return g >= 0 && g < static_cast<std::int64_t>(city_.grids.size()); }
  bool is_cell(std::int64_t layer, Label c) const {
    return is_layer(layer) && c >= 0 && c < static_cast<Label>(city_.layers[layer].cells.size());
  }

  // Rows of the derived tables refer to layers, cells, grids, units and faces that exist.
  bool check_references() {
    bool good = true;
    const auto check = [&](bool fits, const char* table) {
      if (!fits) add("bad index", {}, {"rows_refer_to_nothing", {}, {table}});
      good = good && fits;
    };
    for (std::size_t k = 0; k < city_.admin.size(); ++k) {
      const auto above = k > 0 ? static_cast<std::int32_t>(city_.admin[k - 1].units.size()) : 0;
      for (const AdminUnit& u : city_.admin[k].units) check(u.parent >= -1 && u.parent < above, "units");
    }
    const std::size_t units = city_.admin.empty() ? 0 : city_.admin.back().units.size();
    for (const Grid& g : city_.grids) check(g.parent >= 0 && g.parent < static_cast<std::int32_t>(units), "grids");
    for (const CrosswalkRow& r : city_.crosswalk) check(is_cell(r.layer, r.cell) && is_grid(r.grid), "crosswalk");
    check(city_.responsibilities.size() == city_.grids.size() * city_.layers.size(), "responsibilities");
    for (const Responsibility& d : city_.responsibilities)
      check(is_grid(d.grid) && is_layer(d.layer) && (d.cell == kGap || is_cell(d.layer, d.cell)), "responsibilities");
    for (const Zone& z : city_.zones) check(is_cell(z.layer, z.cell), "zones");
    for (const Conflict& c : city_.conflicts) {
      const bool of_grid = c.kind == ConflictKind::split_duty || c.kind == ConflictKind::unmet_target;
      check((c.layer == -1 || is_layer(c.layer)) && (of_grid ? is_grid(c.grid) : c.grid == -1), "conflicts");
    }
    for (const QualityRow& r : city_.quality) {
      const bool of_two = r.metric == QualityMetric::nesting_confidence || r.metric == QualityMetric::contradiction;
      check((r.layer == -1 || is_layer(r.layer)) && (of_two ? is_layer(r.other_layer) : r.other_layer == -1),
            "quality");
    }
    check(city_.face_of_event.size() == city_.events.size(), "incidents");
    for (FaceId f : city_.face_of_event) check(f < n_, "incidents");
    return good;
  }

  void check_total() {
    for (FaceId f = 1; f < n_; ++f) {
      if (city_.grid_of_face[f] == kGap) add("not total", at_[f], {"atom_without_grid", {{"atom", f}}});
      for (std::size_t k = 0; k < city_.admin.size(); ++k) {
        const AdminLevel& level = city_.admin[k];
        const Label u = level.of_face[f];
        if (u == kGap)
          add("not total", at_[f], {"atom_without_unit", {{"atom", f}, {"level", level.id}}});
        else if (k > 0 && level.units[u].parent != city_.admin[k - 1].of_face[f])
          add("not nested", at_[f], {"unit_outside_its_parent", {{"atom", f}, {"unit", level.units[u].code}}});
      }
    }
    for (const Layer& layer : city_.layers)
      for (const OverlapLabel& o : layer.labels.overlaps)
        if (layer.labels.of_face[o.face] == kGap || o.label <= layer.labels.of_face[o.face])
          add("swapped label", at_[o.face], {"overlap_without_leading_cell", {}, {layer.id}});
  }

  void check_support() {
    std::vector<const Labeling*> labelings;
    for (const Layer& l : city_.layers) labelings.push_back(&l.labels);
    const std::vector<std::uint64_t> seen = arc_support(city_.arrangement, labelings);
    for (ArcId a = 0; a < seen.size(); ++a) {
      if (seen[a] == city_.support[a]) continue;
      const auto layer = static_cast<std::size_t>(std::countr_zero(seen[a] ^ city_.support[a]));
      const std::string id = layer < city_.layers.size() ? city_.layers[layer].id : "?";
      const Point at = city_.arrangement.points[city_.arrangement.arcs[a].first];
      if (seen[a] >> layer & 1)
        add("swapped label", at, {"arc_separates_cells", {{"arc", a}, {"layer", id}}});
      else
        add("swapped label", at, {"arc_separates_none", {{"arc", a}, {"layer", id}}});
    }
  }

  void check_areas() {
    const std::vector<Int128> area = doubled_areas(city_.arrangement);
    for (FaceId f = 1; f < n_; ++f)
      if (city_.area_m2[f] != square_metres(area[f]))
        add("moved vertex", at_[f],
            {"recorded_differs",
             {{"recorded", city_.area_m2[f]}, {"counted", square_metres(area[f])}},
             {"atoms, " + std::to_string(f) + ", area_m2"}});
  }

  void check_grids() {
    std::vector<FaceId> root(n_);
    std::iota(root.begin(), root.end(), 0u);
    const auto find = [&](FaceId f) {
      while (root[f] != f) f = root[f] = root[root[f]];
      return f;
    };
    for (const Arc& a : city_.arrangement.arcs)
      if (a.left != kOutside && a.right != kOutside && city_.grid_of_face[a.left] == city_.grid_of_face[a.right])
        root[find(a.left)] = find(a.right);
    std::vector<FaceId> piece(city_.grids.size(), kOutside);
    std::vector<double> area(city_.grids.size(), 0), people = area, households = area;
    for (FaceId f = 1; f < n_; ++f) {
      const Label g = city_.grid_of_face[f];
      if (g == kGap) continue;
      area[g] += city_.area_m2[f];
      people[g] += city_.population[f];
      households[g] += city_.households[f];
      if (piece[g] == kOutside) piece[g] = find(f);
      if (piece[g] != find(f)) add("not contiguous", at_[f], {"grid_in_pieces", {{"grid", city_.grids[g].code}}});
      if (city_.admin.back().of_face[f] != city_.grids[g].parent)
        add("not nested", at_[f], {"grid_leaves_its_unit", {{"grid", city_.grids[g].code}}});
    }
    for (std::size_t g = 0; g < city_.grids.size(); ++g) {
      const Grid& grid = city_.grids[g];
      const auto check = [&](const char* column, double recorded, double counted) {
        if (!close(counted, recorded, counted))
          add("area", {},
              {"recorded_differs",
               {{"recorded", recorded}, {"counted", counted}},
               {"grids, " + grid.code + ", " + column}});
      };
      check("area_m2", grid.area_m2, area[g]);
      check("population", grid.population, people[g]);
      check("households", grid.households, households[g]);
    }
  }

  void check_crosswalk() {
    std::vector<std::vector<double>> area, people;
    for (const Layer& l : city_.layers) {
      area.emplace_back(l.cells.size(), 0);
      people.emplace_back(l.cells.size(), 0);
      const auto count = [&](Label c, FaceId f) {
        area.back()[c] += city_.area_m2[f];
        people.back()[c] += city_.population[f];
      };
      for (FaceId f = 1; f < n_; ++f)
        if (l.labels.of_face[f] != kGap) count(l.labels.of_face[f], f);
      for (const OverlapLabel& o : l.labels.overlaps) count(o.label, o.face);
    }
    const auto whole_area = area, whole_people = people;
    for (const CrosswalkRow& r : city_.crosswalk) {
      area[r.layer][r.cell] -= r.area_m2;
      people[r.layer][r.cell] -= r.population;
    }
    for (std::size_t l = 0; l < area.size(); ++l)
      for (std::size_t c = 0; c < area[l].size(); ++c)
        if (!close(area[l][c], 0, whole_area[l][c]) || !close(people[l][c], 0, whole_people[l][c]))
          add("crosswalk", {},
              {"crosswalk_incomplete", {}, {"crosswalk, " + city_.layers[l].id + ", " + city_.layers[l].cells[c].id}});
  }

  const City& city_;
  std::size_t limit_;
  unsigned threads_;
  FaceId n_;
  std::vector<Point> at_;  // some point of each face
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<Fault> verify(const City& city, std::size_t limit, unsigned threads) {
  return CityProof(city, limit, threads).run();
}

}  // namespace gridloom
