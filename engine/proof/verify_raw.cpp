// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_raw.h"

#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "engine/arrangement/labeling.h"

namespace gridloom {
namespace {

constexpr const char* kKind = "quality";
constexpr double kChanged = 0.05;  // share of its ground that makes a cell a changed one

// The cells on both sides of a row; empty where one is not of the layer.
class CellsOfIds {
 public:
  explicit CellsOfIds(const Layer& layer) {
    for (std::size_t c = 0; c < layer.cells.size(); ++c) cell_.emplace(layer.cells[c].id, c);
  }

  std::optional<std::vector<std::size_t>> of(const std::vector<std::string>& ids) const {
    std::vector<std::size_t> out;
    for (const std::string& id : ids) {
      const auto at = cell_.find(id);
      if (at == cell_.end()) return {};
      out.push_back(at->second);
    }
    return out;
  }

 private:
  std::unordered_map<std::string_view, std::size_t> cell_;
};

class RawProof {
 public:
  RawProof(const City& city, const DeliveredOverlay& over, std::size_t limit)
      : city_(city), over_(over), faults_(limit), length_(arc_lengths(over.arrangement)) {}

  std::vector<Fault> run() {
    std::map<std::int32_t, double> histogram;  // layer -> sum of its shares
    for (const QualityRow& row : city_.quality) {
      check_row(row);
      if (row.metric == QualityMetric::reference_distance) histogram[row.layer] += row.value;
    }
    for (const auto& [layer, sum] : histogram)
      if (std::abs(sum) > 0)  // a layer without a line of its own has none
        faults_.expect_same(kKind, "quality, raw, " + layer_text(city_, layer) + ", reference_distance, *", sum, 1);
    return faults_.release();
  }

 private:
  static constexpr double kLongest_m = 1000;  // no distance between lines is told beyond

  std::string name(const QualityRow& row) const { return "quality, " + row_text(city_, row); }

  void check_row(const QualityRow& row) {
    const bool raw = row.stage == QualityStage::raw;
    switch (row.metric) {
      case QualityMetric::changed_cells:
      case QualityMetric::lost_cells:
        return check_changes(row);
      case QualityMetric::gap_area:
        return raw ? check_ground(row, ConflictKind::gap) : void();
      case QualityMetric::overlap_area:
        return raw ? check_ground(row, ConflictKind::overlap) : void();
      case QualityMetric::contradiction:
        return raw ? check_contradiction(row) : void();
      case QualityMetric::faces:
        return raw ? check_faces(row) : void();
      case QualityMetric::nesting_confidence:
      case QualityMetric::reference_distance:
        return faults_.expect_between(kKind, name(row), row.value, 0, 1);
      case QualityMetric::suggested_accuracy:
        return faults_.expect_between(kKind, name(row), row.value, 0, kLongest_m);
      default:
        return;
    }
  }

  // All ground that was empty, or claimed more than once, inside the frame is a conflict, settled or not.
  void check_ground(const QualityRow& row, ConflictKind kind) {
    double listed = 0;
    for (const Conflict& c : city_.conflicts)
      if (c.kind == kind && c.layer >= 0 && c.layer == row.layer) listed += c.area_m2;
    faults_.expect_same(kKind, name(row), row.value, listed);
  }

  void check_faces(const QualityRow& row) {
    faults_.expect_between(kKind, name(row), row.value, city_.arrangement.face_count - 1.0, 1e15);
    for (const QualityRow& thin : city_.quality)
      if (thin.stage == QualityStage::raw && thin.metric == QualityMetric::thin_faces)
        faults_.expect_between(kKind, name(thin), thin.value, 0, row.value);
  }

  // What cells had before alignment is what they have now, and what the conflicts say they lost, less what they won.
  void check_changes(const QualityRow& row) {
    if (row.layer < 0) return faults_.differs(kKind, name(row), row.value, -1.0);
    const Layer& layer = city_.layers[static_cast<std::size_t>(row.layer)];
    std::vector<double> now(layer.cells.size(), 0), lost = now, won = now;
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f)
      for (Label c : cover_of(layer.labels, f)) now[static_cast<std::size_t>(c)] += city_.area_m2[f];
    const CellsOfIds cells(layer);
    for (const Conflict& c : city_.conflicts) {
      if (c.layer != row.layer || !tells_of_ground(c) || c.kind == ConflictKind::outside_frame) continue;
      const auto before = cells.of(c.before), after = cells.of(c.after);
      if (!before || !after) return faults_.differs(kKind, name(row), row.value, -1.0);
      const auto in = [](const std::vector<std::size_t>& list, std::size_t cell) {
        return std::find(list.begin(), list.end(), cell) != list.end();
      };
      for (std::size_t cell : *before)
        if (!in(*after, cell)) lost[cell] += c.area_m2;
      for (std::size_t cell : *after)
        if (!in(*before, cell)) won[cell] += c.area_m2;
    }
    double least = 0, most = 0, gone = 0;
    for (std::size_t c = 0; c < now.size(); ++c) {
      const double was = now[c] + lost[c] - won[c], change = std::max(lost[c], won[c]);
      if (was <= kNoGround_m2) continue;
      gone += now[c] == 0;
      least += change > kChanged * was + kNoGround_m2;
      most += change > kChanged * was - kNoGround_m2;
    }
    if (row.metric == QualityMetric::lost_cells)
      faults_.expect_same(kKind, name(row), row.value, gone);
    else
      faults_.expect_between(kKind, name(row), row.value, least, most);
  }

  // Share of the frame where the one cell of the child does not lie in the one of the parent that has most of it.
  void check_contradiction(const QualityRow& row) {
    if (row.layer < 0) return faults_.differs(kKind, name(row), row.value, -1.0);
    const auto child = static_cast<std::size_t>(row.layer), parent = static_cast<std::size_t>(row.other_layer);
    if (city_.layers[child].moved || city_.layers[parent].moved) return;
    const Labeling &c = over_.delivered[child], &p = over_.delivered[parent];
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
    const double slack = 2 * kRounding_m * (length_of(child) + length_of(parent)) / all;
    faults_.expect_between(kKind, name(row), row.value, against / all - slack, against / all + slack);
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
