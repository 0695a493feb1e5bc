// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/align.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <queue>
#include <set>
#include <string>

#include "engine/geometry/box_index.h"
#include "engine/geometry/distance.h"

namespace gridloom {
namespace {

// Costs per unit of area, in units of a layer's rank weight.
constexpr double kFillGap = 0.1;        // ground nobody claimed
constexpr double kSettleOverlap = 0.2;  // ground two cells of one layer claim goes to one of them
constexpr double kMove = 1.0;
constexpr double kKeep = 0.9;  // share of its delivered ground that every cell keeps,
constexpr double kNoise_m2 = 1.0;
constexpr double kSameLine_m = 0.01;
constexpr double kEnds = 1.5;          // lines that end a thin face are no longer than so many times its width
constexpr double kKeepOfNested = 0.5;  // and of a layer that makes way for the level above

// A layer's lines as delivered, to measure how far its boundary has gone.
class DeliveredLines {
 public:
  DeliveredLines(const Arrangement& m, std::span<const std::uint32_t> state_of_face,
                 std::span<const std::uint32_t> start)
      : m_(m), state_of_face_(state_of_face), start_(start) {
    std::vector<Box> boxes;
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      if (!drawn(a)) continue;
      const auto p = m.points_of(a);
      for (std::size_t i = 0; i + 1 < p.size(); ++i) {
        segments_.push_back({std::min(p[i], p[i + 1]), std::max(p[i], p[i + 1])});
        boxes.push_back(box_of(segments_.back()));
      }
    }
    index_ = BoxIndex(boxes);
  }

  // Does every point of the arc lie within `limit` (mm) of a line? Points are tested at vertices and four times every
  // `limit` between, so that none between them is off by more than an eighth of it.
  bool near(ArcId a, double limit) const {
    if (drawn(a)) return true;
    const auto p = m_.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i)
      if (!near(p[i], p[i + 1], limit)) return false;
    return true;
  }

  // Was the arc a line of the layer, as delivered or once the nestings held?
  bool drawn(ArcId a) const {
    const auto [f, g] = std::pair{m_.arcs[a].left, m_.arcs[a].right};
    return state_of_face_[f] != state_of_face_[g] || start_[f] != start_[g];
  }

 private:
  bool near(Point from, Point to, double limit) const {
    const auto reach = static_cast<std::int32_t>(std::min(std::ceil(limit), 1e6));  // 1 km is no accuracy
    Box box = box_of(std::array{from, to});
    box = {{box.min.x - reach, box.min.y - reach}, {box.max.x + reach, box.max.y + reach}};
    std::vector<Segment> close;
    index_.query(box, [&](std::uint32_t s) { close.push_back(segments_[s]); });
    const double dx = static_cast<double>(to.x) - from.x, dy = static_cast<double>(to.y) - from.y;
    const int steps = 1 + static_cast<int>(4 * std::hypot(dx, dy) / std::max(limit, 1.0));
    for (int k = 0; k <= steps; ++k) {
      const double t = static_cast<double>(k) / steps;
      const Point at{from.x + static_cast<std::int32_t>(std::lround(t * dx)),
                     from.y + static_cast<std::int32_t>(std::lround(t * dy))};
      const auto found =
          std::find_if(close.begin(), close.end(), [&](const Segment& s) { return distance(at, s) <= limit; });
      if (found == close.end()) return false;
      std::iter_swap(found, close.begin());  // the next point is most likely near the same line
    }
    return true;
  }

  const Arrangement& m_;
  std::span<const std::uint32_t> state_of_face_;
  std::span<const std::uint32_t> start_;
  std::vector<Segment> segments_;
  BoxIndex index_;
};

class Aligner {
 public:
  Aligner(const Arrangement& m, const Frame& frame, std::span<const CoverTable> covers,
          std::span<const std::vector<std::uint32_t>> start, std::span<const AlignLayer> layers,
          std::span<const Nesting> nestings, const AlignOptions& options)
      : m_(m),
        covers_(covers),
        layers_(layers),
        nestings_(nestings),
        options_(options),
        area_(doubled_areas(m)),
        length_(arc_lengths(m)) {
    parent_.resize(m.face_count);
    std::iota(parent_.begin(), parent_.end(), 0u);
    arcs_.resize(m.face_count);
    unit_ = frame.plots();
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      arcs_[m.arcs[a].left].push_back(a);
      arcs_[m.arcs[a].right].push_back(a);
    }
    version_.assign(m.face_count, 0);
    for (std::size_t l = 0; l < covers.size(); ++l) {
      state_.push_back(start[l]);
      delivered_.emplace_back(m, covers[l].of_face, start[l]);
    }
    measure_cells();
    weigh();
  }

  Alignment run() {
    join_equals();
    while (settle_all()) {
    }
    return result();
  }

 private:
  struct Thin {
    double width;
    FaceId group;
    std::uint32_t version;
    bool operator<(const Thin& o) const { return std::tie(width, group) > std::tie(o.width, o.group); }
  };

  // What one face leaves behind may free another: until nothing changes.
  bool settle_all() {
    for (FaceId f = 1; f < m_.face_count; ++f)
      if (find(f) == f && unit_[f] != kGap) enqueue(f);
    bool changed = false;
    while (!queue_.empty()) {
      const Thin t = queue_.top();
      queue_.pop();
      if (find(t.group) == t.group && version_[t.group] == t.version) changed |= settle(t.group);
    }
    return changed;
  }

  FaceId find(FaceId f) {
    while (parent_[f] != f) f = parent_[f] = parent_[parent_[f]];
    return f;
  }
  FaceId across(ArcId a, FaceId group) {
    const FaceId left = find(m_.arcs[a].left);
    return left == group ? find(m_.arcs[a].right) : left;
  }

  void measure_cells() {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      kept_.emplace_back(layers_[l].cells, 0);
      for (FaceId f = 1; f < m_.face_count; ++f)
        if (unit_[f] != kGap)
          for (Label c : covers_[l].states[state_[l][f]]) kept_[l][c] += static_cast<double>(area_[f]);
      floor_.push_back(kept_[l]);
      const double keep = makes_way(l) ? kKeepOfNested : kKeep;
      const std::vector<char> covered = covered_cells(covers_[l], layers_[l].cells);
      for (std::size_t c = 0; c < covered.size(); ++c) floor_.back()[c] *= covered[c] ? 0 : keep;
      gap_room_.push_back(0);
      overlap_room_.push_back(0);
      for (FaceId f = 1; f < m_.face_count; ++f)
        if (unit_[f] != kGap) count_room(l, f, covers_[l].of_face[f], state_[l][f]);
    }
  }

  // Ground without a cell, or with several, may come and go, but never be more in all than was delivered.
  void count_room(std::size_t l, FaceId group, std::uint32_t from, std::uint32_t to) {
    const auto area = static_cast<double>(area_[group]);
    const auto cells = [&](std::uint32_t state) { return covers_[l].states[state].size(); };
    gap_room_[l] += area * ((cells(from) == 0) - (cells(to) == 0));
    overlap_room_[l] += area * ((cells(from) > 1) - (cells(to) > 1));
  }

  bool makes_way(std::size_t l) const {
    return std::any_of(nestings_.begin(), nestings_.end(),
                       [&](const Nesting& n) { return n.child == l && n.enforced(); });
  }

  // Rank 1 weighs as many times the last rank as there are ranks.
  void weigh() {
    int last = 1;
    for (const AlignLayer& l : layers_) last = std::max(last, l.rank);
    for (const AlignLayer& l : layers_) weight_.push_back(last + 1 - l.rank);
  }

  bool same_states(FaceId f, FaceId g) const {
    return std::all_of(state_.begin(), state_.end(), [&](const auto& s) { return s[f] == s[g]; });
  }

  void join_equals() {
    for (const Arc& a : m_.arcs) {
      const FaceId f = find(a.left), g = find(a.right);
      if (f != g && unit_[f] != kGap && unit_[f] == unit_[g] && same_states(f, g)) join(f, g);
    }
  }

  // f takes g in; the labels are f's.
  void join(FaceId f, FaceId g) {
    parent_[g] = f;
    area_[f] += area_[g];
    arcs_[f].insert(arcs_[f].end(), arcs_[g].begin(), arcs_[g].end());
    arcs_[g] = {};
    ++version_[f];
  }

  // Forgets arcs that have become inner ones.
  const std::vector<ArcId>& rim(FaceId group) {
    std::erase_if(arcs_[group], [&](ArcId a) { return find(m_.arcs[a].left) == find(m_.arcs[a].right); });
    return arcs_[group];
  }

  double width(FaceId group) {
    double perimeter = 0;
    for (ArcId a : rim(group)) perimeter += length_[a];
    return perimeter > 0 ? 2 * square_metres(area_[group]) / perimeter : 0;
  }

  void enqueue(FaceId group) {
    const double w = width(group);
    if (w < options_.min_width_m) queue_.push({w, group, version_[group]});
  }

  std::vector<Segment> segments(std::span<const ArcId> arcs) const {
    std::vector<Segment> out;
    for (ArcId a : arcs) {
      const auto p = m_.points_of(a);
      for (std::size_t i = 0; i + 1 < p.size(); ++i)
        out.push_back(p[i] < p[i + 1] ? Segment{p[i], p[i + 1]} : Segment{p[i + 1], p[i]});
    }
    return out;
  }

  double change_cost(std::size_t l, std::uint32_t from, std::uint32_t to) const {
    const CoverState& a = covers_[l].states[from];
    const CoverState& b = covers_[l].states[to];
    if (a.empty()) return kFillGap * weight_[l];
    if (!b.empty() && std::includes(a.begin(), a.end(), b.begin(), b.end())) return kSettleOverlap * weight_[l];
    return kMove * weight_[l];
  }

  // May layer l's labels on the group become those of state `to`, as far as labels go?
  bool label_allowed(std::size_t l, FaceId group, std::uint32_t to) const {
    const std::uint32_t from = state_[l][group];
    if (from == to) return true;
    const CoverState& a = covers_[l].states[from];
    const CoverState& b = covers_[l].states[to];
    if (layers_[l].locked || (a.empty() && layers_[l].stays_empty(group))) return false;
    const auto area = static_cast<double>(area_[group]);
    if (b.empty() && gap_room_[l] < area) return false;
    if (b.size() > 1 && a.size() <= 1 && overlap_room_[l] < area) return false;
    for (Label c : a)
      if (!std::binary_search(b.begin(), b.end(), c) && kept_[l][c] - area < floor_[l][c]) return false;
    return true;
  }

  // How many nestings do the labels of `group` contradict? On ground under 1 m2 only the declared ones count.
  std::size_t contradictions(FaceId group, bool noise) const {
    return static_cast<std::size_t>(std::count_if(nestings_.begin(), nestings_.end(), [&](const Nesting& n) {
      return n.enforced() && !(noise && n.word != NestingWord::declare) &&
             n.contradicted(covers_[n.child].states[state_[n.child][group]],
                            covers_[n.parent].states[state_[n.parent][group]]);
    }));
  }

  struct Choice {
    FaceId neighbour = 0;
    double score = 0;
    std::vector<ArcId> shared;
  };

  std::vector<Choice> choices(FaceId group) {
    std::map<FaceId, Choice> by_neighbour;
    double perimeter = 0;
    for (ArcId a : rim(group)) {
      perimeter += length_[a];
      const FaceId n = across(a, group);
      if (unit_[n] == unit_[group]) by_neighbour[n].shared.push_back(a);
    }
    const bool noise = square_metres(area_[group]) < kNoise_m2;
    std::vector<Choice> out;
    for (auto& [n, choice] : by_neighbour) {
      choice.neighbour = n;
      bool allowed = contradictions(n, noise) <= contradictions(group, noise);
      for (std::size_t l = 0; l < layers_.size() && allowed; ++l) {
        allowed = label_allowed(l, group, state_[l][n]);
        if (allowed && state_[l][group] != state_[l][n]) choice.score += change_cost(l, state_[l][group], state_[l][n]);
      }
      if (!allowed) continue;
      double shared = 0;
      for (ArcId a : choice.shared) shared += length_[a];
      choice.score -= shared / perimeter;
      out.push_back(std::move(choice));
    }
    std::stable_sort(out.begin(), out.end(), [](const Choice& a, const Choice& b) { return a.score < b.score; });
    return out;
  }

  // May layer l's boundary come to lie on the arc? Not where only worse layers drew it, whatever the ranks.
  bool followed(std::size_t l, ArcId a) const {
    if (unit_[m_.arcs[a].left] != unit_[m_.arcs[a].right]) return true;
    for (std::size_t k = 0; k < layers_.size(); ++k)
      if ((layers_[k].locked || layers_[k].accuracy_m <= layers_[l].accuracy_m) && delivered_[k].drawn(a)) return true;
    return false;
  }

  // No boundary of a changing layer comes to lie farther than the layer's accuracy from where it was delivered, however
  // many faces have made way before; and what vanishes was no farther from what stays around the face. A face all of
  // whose rim would vanish must itself be that thin.
  bool distance_allowed(FaceId group, const Choice& choice) {
    std::vector<ArcId> rest;
    for (ArcId a : rim(group))
      if (std::find(choice.shared.begin(), choice.shared.end(), a) == choice.shared.end()) rest.push_back(a);
    const std::vector<Segment> shared = segments(choice.shared), staying = segments(rest);
    // Lines a centimetre apart are the same one, and the ends of a strip that worse lines cut into pieces are no line
    // to follow.
    const double ends = width(group) < kSameLine_m ? HUGE_VAL : kEnds * width(group);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const std::uint32_t from = state_[l][group], to = state_[l][choice.neighbour];
      if (from == to) continue;
      const double accuracy = layers_[l].accuracy_m;
      const bool fills = covers_[l].states[from].empty();  // no line of the layer's vanishes but that of a gap
      if (!fills && (rest.empty() ? width(group) > accuracy : !within(shared, staying, accuracy * Lattice::kPerMetre)))
        return false;
      double worse = 0;
      for (ArcId a : rest) {
        const FaceId beyond = across(a, group);
        // The boundary runs here afterwards and did not before; along the frame none runs.
        const bool gained = unit_[beyond] != kGap && state_[l][beyond] == from;
        if (!gained) continue;
        if (!followed(l, a)) worse += length_[a];
        if (worse > ends || !delivered_[l].near(a, accuracy * Lattice::kPerMetre)) return false;
      }
    }
    return true;
  }

  bool settle(FaceId group) {
    for (const Choice& choice : choices(group)) {
      if (!distance_allowed(group, choice)) continue;
      const FaceId n = choice.neighbour;
      for (std::size_t l = 0; l < layers_.size(); ++l) {
        count_room(l, group, state_[l][group], state_[l][n]);
        for (Label c : covers_[l].states[state_[l][group]]) kept_[l][c] -= static_cast<double>(area_[group]);
        for (Label c : covers_[l].states[state_[l][n]]) kept_[l][c] += static_cast<double>(area_[group]);
      }
      join(n, group);
      join_equal_neighbours(n);
      enqueue(n);
      return true;
    }
    return false;
  }

  // Taking ground in may have brought the group next to another one with the same labels.
  void join_equal_neighbours(FaceId group) {
    for (std::size_t i = 0; i < arcs_[group].size(); ++i) {
      const FaceId n = across(arcs_[group][i], group);
      if (n != group && unit_[n] == unit_[group] && same_states(n, group)) join(group, n);
    }
  }

  Alignment result() {
    Alignment out;
    std::vector<std::uint32_t> number(m_.face_count, 0);
    out.group_of_face.assign(m_.face_count, 0);
    for (FaceId f = 1; f < m_.face_count; ++f) {
      const FaceId root = find(f);
      if (unit_[root] == kGap) continue;
      if (number[root] == 0) number[root] = out.group_count++;
      out.group_of_face[f] = number[root];
    }
    for (const auto& states : state_) {
      out.state_of_group.emplace_back(out.group_count, 0);
      for (FaceId f = 1; f < m_.face_count; ++f)
        if (number[f] != 0) out.state_of_group.back()[number[f]] = states[f];
    }
    return out;
  }

  const Arrangement& m_;
  std::span<const CoverTable> covers_;
  std::span<const AlignLayer> layers_;
  std::span<const Nesting> nestings_;
  const AlignOptions& options_;
  std::vector<DeliveredLines> delivered_;  // [layer]
  std::vector<Int128> area_;
  std::vector<double> length_;
  std::vector<Label> unit_;
  std::vector<FaceId> parent_;
  std::vector<std::vector<ArcId>> arcs_;
  std::vector<std::uint32_t> version_;
  std::vector<std::vector<std::uint32_t>> state_;  // [layer][face]; valid at roots
  std::vector<std::vector<double>> kept_, floor_;  // [layer][cell], doubled mm²
  std::vector<double> gap_room_, overlap_room_;    // [layer], doubled mm²
  std::vector<double> weight_;
  std::priority_queue<Thin> queue_;
};

}  // namespace

Alignment align(const Arrangement& m, const Frame& frame, std::span<CoverTable> covers,
                std::span<const AlignLayer> layers, std::span<const Nesting> nestings, const AlignOptions& options) {
  auto nested = enforce_nestings(m, frame, covers, layers, nestings);
  Alignment out = Aligner(m, frame, covers, nested, layers, nestings, options).run();
  out.nested = std::move(nested);
  return out;
}

}  // namespace gridloom
