// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_raw.h"

#include <map>
#include <optional>
#include <unordered_map>

#include "engine/arrangement/labeling.h"

namespace gridloom {
namespace {

constexpr const char* kKind = "quality";
constexpr double kChanged = 0.05;  // share of its ground that makes a cell a changed one

std::string name_of(const QualityRow& row) {
  return "quality, " + row.stage + ", " + (row.layer.empty() ? "all layers" : row.layer) + ", " + row.metric;
}

// The cells on both sides of a row's "12,13>12"; empty where an id itself holds a comma or an arrow.
class CellsOfIds {
 public:
  explicit CellsOfIds(const Layer& layer) {
    for (std::size_t c = 0; c < layer.cells.size(); ++c) cell_.emplace(layer.cells[c].id, c);
  }

  struct Sides {
    std::vector<std::size_t> before, after;
  };
  std::optional<Sides> of(const std::string& ids) const {
    const std::size_t arrow = ids.find('>');
    if (arrow == std::string::npos || ids.find('>', arrow + 1) != std::string::npos) return {};
    auto before = cells(ids.substr(0, arrow)), after = cells(ids.substr(arrow + 1));
    if (!before || !after) return {};
    return Sides{std::move(*before), std::move(*after)};
  }

 private:
  std::optional<std::vector<std::size_t>> cells(const std::string& list) const {
    std::vector<std::size_t> out;
    for (std::size_t from = 0; from < list.size();) {
      const std::size_t to = std::min(list.find(',', from), list.size());
      const auto at = cell_.find(list.substr(from, to - from));
      if (at == cell_.end()) return {};
      out.push_back(at->second);
      from = to + 1;
    }
    return out;
  }

  std::unordered_map<std::string, std::size_t> cell_;
};

class RawProof {
 public:
  RawProof(const City& city, const DeliveredOverlay& over, std::size_t limit)
      : city_(city), over_(over), faults_(limit), length_(arc_lengths(over.arrangement)) {}

  std::vector<Fault> run() {
    std::map<std::string, double> histogram;  // layer -> sum of its shares
    for (const QualityRow& row : city_.quality) {
      if (row.metric == "changed_cells" || row.metric == "lost_cells") check_changes(row);
      if (row.stage != "raw") continue;
      if (row.metric == "gap_area") check_ground(row, ConflictKind::gap);
      if (row.metric == "overlap_area") check_ground(row, ConflictKind::overlap);
      if (row.metric.starts_with("contradiction:")) check_contradiction(row);
      if (row.metric.starts_with("nesting_confidence:")) faults_.expect_between(kKind, name_of(row), row.value, 0, 1);
      if (row.metric == "suggested_accuracy") faults_.expect_between(kKind, name_of(row), row.value, 0, kLongest_m);
      if (row.metric == "faces") check_faces(row);
      if (row.metric.starts_with("reference_distance:")) {
        faults_.expect_between(kKind, name_of(row), row.value, 0, 1);
        histogram[row.layer] += row.value;
      }
    }
    for (const auto& [layer, sum] : histogram)
      if (std::abs(sum) > 0)  // a layer without a line of its own has none
        faults_.expect_same(kKind, "quality, raw, " + layer + ", reference_distance: all classes", sum, 1);
    return faults_.release();
  }

 private:
  static constexpr double kLongest_m = 1000;  // no distance between lines is told beyond

  std::optional<std::size_t> layer_named(const std::string& id) const {
    for (std::size_t l = 0; l < city_.layers.size(); ++l)
      if (city_.layers[l].id == id) return l;
    return {};
  }

  // All ground that was empty, or claimed more than once, inside the frame is a conflict, settled or not.
  void check_ground(const QualityRow& row, ConflictKind kind) {
    double listed = 0;
    for (const Conflict& c : city_.conflicts)
      if (c.kind == kind && c.layer >= 0 && city_.layers[static_cast<std::size_t>(c.layer)].id == row.layer)
        listed += c.area_m2;
    faults_.expect_same(kKind, name_of(row), row.value, listed);
  }

  void check_faces(const QualityRow& row) {
    faults_.expect_between(kKind, name_of(row), row.value, city_.arrangement.face_count - 1.0, 1e15);
    for (const QualityRow& thin : city_.quality)
      if (thin.stage == "raw" && thin.layer.empty() && thin.metric == "thin_faces")
        faults_.expect_between(kKind, name_of(thin), thin.value, 0, row.value);
  }

  // What cells had before alignment is what they have now, and what the conflicts say they lost, less what they won.
  void check_changes(const QualityRow& row) {
    const auto l = layer_named(row.layer);
    if (!l) return faults_.differs(kKind, name_of(row), row.value, -1);
    const Layer& layer = city_.layers[*l];
    std::vector<double> now(layer.cells.size(), 0), lost = now, won = now;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f)
      for (Label c : cover_of(layer.labels, f)) now[static_cast<std::size_t>(c)] += city_.area_m2[f];
    const CellsOfIds cells(layer);
    for (const Conflict& c : city_.conflicts) {
      if (c.layer != static_cast<std::int32_t>(*l) || !tells_of_ground(c) || c.kind == ConflictKind::outside_frame)
        continue;
      const auto sides = cells.of(c.ids);
      if (!sides) return;
      const auto in = [](const std::vector<std::size_t>& list, std::size_t cell) {
        return std::find(list.begin(), list.end(), cell) != list.end();
      };
      for (std::size_t cell : sides->before)
        if (!in(sides->after, cell)) lost[cell] += c.area_m2;
      for (std::size_t cell : sides->after)
        if (!in(sides->before, cell)) won[cell] += c.area_m2;
    }
    double least = 0, most = 0, gone = 0;
    for (std::size_t c = 0; c < now.size(); ++c) {
      const double was = now[c] + lost[c] - won[c], change = std::max(lost[c], won[c]);
      if (was <= kNoGround_m2) continue;
      gone += now[c] == 0;
      least += change > kChanged * was + kNoGround_m2;
      most += change > kChanged * was - kNoGround_m2;
    }
    if (row.metric == "lost_cells")
      faults_.expect_same(kKind, name_of(row), row.value, gone);
    else
      faults_.expect_between(kKind, name_of(row), row.value, least, most);
  }

  // Share of the frame where the one cell of the child does not lie in the one of the parent that has most of it.
  void check_contradiction(const QualityRow& row) {
    const auto child = layer_named(row.layer), parent = layer_named(row.metric.substr(row.metric.find(':') + 1));
    if (!child || !parent) return faults_.differs(kKind, name_of(row), row.value, -1);
    if (city_.layers[*child].moved || city_.layers[*parent].moved) return;
    const Labeling &c = over_.delivered[*child], &p = over_.delivered[*parent];
    std::map<Label, std::map<Label, double>> common;
    double all = 0;
    for (FaceId f = 1; f < over_.arrangement.face_count; ++f) {
      if (over_.atom_of_face[f] == kOutside) continue;
      all += over_.area_m2[f];
      const std::vector<Label> of_child = cover_of(c, f), of_parent = cover_of(p, f);
      if (of_child.size() == 1 && of_parent.size() == 1)
        common[of_child.front()][of_parent.front()] += over_.area_m2[f];
    }
    const double against = ground_outside_parents(common);
    // Ground that rounding may have moved, once on either side of "most".
    const double slack = 2 * kRounding_m * (length_of(*child) + length_of(*parent)) / all;
    faults_.expect_between(kKind, name_of(row), row.value, against / all - slack, against / all + slack);
  }

  double length_of(std::size_t l) const {
    double sum = 0;
    const Labeling& labels = over_.delivered[l];
    for (ArcId a = 0; a < length_.size(); ++a) {
      const Arc& arc = over_.arrangement.arcs[a];
      if (cover_of(labels, arc.left) != cover_of(labels, arc.right)) sum += length_[a];
    }
    return sum;
  }

  static constexpr double kNoGround_m2 = 1e-6;

  const City& city_;
  const DeliveredOverlay& over_;
  FaultList faults_;
  std::vector<double> length_;  // per arc of the overlay
};

}  // namespace

std::vector<Fault> check_raw_quality(const City& city, const DeliveredOverlay& over, std::size_t limit) {
  return RawProof(city, over, limit).run();
}

}  // namespace gridloom
