// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/align.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <queue>

#include "engine/arrangement/adjacency.h"
#include "engine/arrangement/groups.h"
#include "engine/geometry/box_index.h"
#include "engine/geometry/distance.h"

namespace gridloom {
namespace {

// What a change of a layer's label costs, of all of which the cheapest is done.
constexpr double kFillGap = 0.1;        // ground nobody claimed
constexpr double kSettleOverlap = 0.2;  // ground two cells of one layer claim goes to one of them
constexpr double kMove = 1.0;
constexpr double kKeep = 0.9;          // share of its delivered ground that every cell keeps,
constexpr double kKeepOfNested = 0.5;  // and of a layer that makes way for the level above
constexpr double kNoise_m2 = 1.0;
constexpr double kSameLine_m = 0.01;
// The ends of a strip are no line to follow, up to so many times its width: those that only worse layers drew, and
// those that are neither decided nor a better layer's.
constexpr double kWorseEnds = 1.5, kOpenEnds = 4;

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

// Groups of faces that can tell their members: each has a ring of them.
class FaceSets {
 public:
  explicit FaceSets(std::size_t n) : groups_(n), next_(n) { std::iota(next_.begin(), next_.end(), 0u); }
  FaceId find(FaceId f) { return groups_.find(f); }
  // Two different ones.
  void join(FaceId a, FaceId b) {
    groups_.join(a, b);
    std::swap(next_[a], next_[b]);
  }
  template <class Visit>
  void each(FaceId of, Visit&& visit) const {
    FaceId f = of;
    do {
      visit(f);
      f = next_[f];
    } while (f != of);
  }

 private:
  Groups groups_;
  std::vector<FaceId> next_;
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
        face_area_(doubled_areas(m)),
        length_(arc_lengths(m)),
        edges_(m),
        unit_(frame.plots()),
        sets_(m.face_count),
        area_(m.face_count),
        perimeter_(m.face_count),
        version_(m.face_count),
        thin_(m.face_count) {
    for (std::size_t l = 0; l < covers.size(); ++l) {
      state_.push_back(start[l]);
      delivered_.emplace_back(m, covers[l].of_face, start[l]);
    }
    family_ = families();
    decided_.resize(m.arcs.size());
    for (ArcId a = 0; a < m.arcs.size(); ++a) decided_[a] = unit_[m.arcs[a].left] != unit_[m.arcs[a].right];
    measure_cells();
  }

  // Where a layer's lines end up depends on the better layers alone: each time one is decided, all that are still open
  // give way to it, each on its own. A higher rank is an earlier end of giving way.
  Alignment run() {
    std::vector<std::size_t> open = best_first();
    std::reverse(open.begin(), open.end());
    while (!open.empty()) {
      tag_thin();
      follow_all(open);
      std::fill(thin_.begin(), thin_.end(), 0);
      decide(open.back());
      open.pop_back();
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

  // The best lines first: locked ones, then by accuracy, then by rank.
  std::vector<std::size_t> best_first() const {
    std::vector<std::size_t> order(layers_.size());
    std::iota(order.begin(), order.end(), 0u);
    const auto key = [&](std::size_t l) {
      return std::tuple(!layers_[l].locked, layers_[l].accuracy_m, layers_[l].rank, l);
    };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    return order;
  }

  // Layers that nest in one another, directly or not, share a number.
  std::vector<std::size_t> families() const {
    std::vector<std::size_t> of(layers_.size());
    std::iota(of.begin(), of.end(), 0u);
    for (const Nesting& n : nestings_) {
      const auto [child, parent] = std::pair{of[n.child], of[n.parent]};
      if (n.enforced()) std::replace(of.begin(), of.end(), child, parent);
    }
    return of;
  }

  // Each layer by itself, then those that nest in one another together, for lines they share. In no order that ranks
  // would change.
  void follow_all(std::vector<std::size_t> open) {
    std::sort(open.begin(), open.end());
    for (const std::size_t l : open) {
      moving_ = {l};
      follow();
    }
    for (std::size_t number = 0; number < layers_.size(); ++number) {
      moving_.clear();
      std::copy_if(open.begin(), open.end(), std::back_inserter(moving_),
                   [&](std::size_t l) { return family_[l] == number; });
      if (moving_.size() > 1) follow();
    }
  }

  // A face that is wide elsewhere may be thin where other lines cut it: those thin parts count by themselves now.
  void tag_thin() {
    group_by_all_layers();
    for (FaceId f = 1; f < m_.face_count; ++f) thin_[f] = width(sets_.find(f)) < options_.min_width_m;
  }

  // The lines of the layer are where they are to stay.
  void decide(std::size_t l) {
    for (ArcId a = 0; a < m_.arcs.size(); ++a)
      decided_[a] = decided_[a] || state_[l][m_.arcs[a].left] != state_[l][m_.arcs[a].right];
  }

  // The moving layers give way to what is decided, the thinnest faces first.
  void follow() {
    group_faces();
    for (FaceId f = 1; f < m_.face_count; ++f)
      if (sets_.find(f) == f && unit_[f] != kGap) enqueue(f);
    while (!queue_.empty()) {
      const Thin t = queue_.top();
      queue_.pop();
      if (sets_.find(t.group) == t.group && version_[t.group] == t.version) settle(t.group);
    }
  }

  FaceId across(ArcId a, FaceId group) {
    const FaceId left = sets_.find(m_.arcs[a].left);
    return left == group ? sets_.find(m_.arcs[a].right) : left;
  }

  void measure_cells() {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      kept_.emplace_back(layers_[l].cells, 0);
      for (FaceId f = 1; f < m_.face_count; ++f)
        if (unit_[f] != kGap)
          for (Label c : covers_[l].states[state_[l][f]]) kept_[l][c] += static_cast<double>(face_area_[f]);
      floor_.push_back(kept_[l]);
      const double keep = makes_way(l) ? kKeepOfNested : kKeep;
      const std::vector<char> covered = covered_cells(covers_[l], layers_[l].cells);
      for (std::size_t c = 0; c < covered.size(); ++c) floor_.back()[c] *= covered[c] ? 0 : keep;
      gap_room_.push_back(0);
      overlap_room_.push_back(0);
      for (FaceId f = 1; f < m_.face_count; ++f)
        if (unit_[f] != kGap) count_room(l, face_area_[f], covers_[l].of_face[f], state_[l][f]);
    }
  }

  // Ground without a cell, or with several, may come and go, but never be more in all than was delivered.
  void count_room(std::size_t l, Int128 ground, std::uint32_t from, std::uint32_t to) {
    const auto area = static_cast<double>(ground);
    const auto cells = [&](std::uint32_t state) { return covers_[l].states[state].size(); };
    gap_room_[l] += area * ((cells(from) == 0) - (cells(to) == 0));
    overlap_room_[l] += area * ((cells(from) > 1) - (cells(to) > 1));
  }

  bool makes_way(std::size_t l) const {
    return std::any_of(nestings_.begin(), nestings_.end(),
                       [&](const Nesting& n) { return n.child == l && n.enforced(); });
  }

  // Do the moving layers say the same of both faces?
  bool same_states(FaceId f, FaceId g) const {
    return std::all_of(moving_.begin(), moving_.end(), [&](std::size_t l) { return state_[l][f] == state_[l][g]; });
  }

  // Faces that neither a decided nor a moving line separates.
  void group_faces() {
    sets_ = FaceSets(m_.face_count);
    area_ = face_area_;
    std::fill(perimeter_.begin(), perimeter_.end(), 0);
    for (ArcId a = 0; a < m_.arcs.size(); ++a) {
      const auto [left, right] = std::pair{m_.arcs[a].left, m_.arcs[a].right};
      if (decided_[a] || unit_[left] == kGap || thin_[left] != thin_[right] || !same_states(left, right)) continue;
      const FaceId f = sets_.find(left), g = sets_.find(right);
      if (f == g) continue;
      sets_.join(f, g);
      area_[std::min(f, g)] += area_[std::max(f, g)];
    }
    for (ArcId a = 0; a < m_.arcs.size(); ++a) {
      const FaceId f = sets_.find(m_.arcs[a].left), g = sets_.find(m_.arcs[a].right);
      if (f == g) continue;
      perimeter_[f] += length_[a];
      perimeter_[g] += length_[a];
    }
  }

  void group_by_all_layers() {
    moving_.resize(layers_.size());
    std::iota(moving_.begin(), moving_.end(), 0u);
    group_faces();
  }

  std::vector<ArcId> rim(FaceId group) {
    std::vector<ArcId> out;
    sets_.each(group, [&](FaceId f) {
      for (HalfEdge e : edges_.of(f))
        if (sets_.find(m_.arcs[e.arc()].left) != sets_.find(m_.arcs[e.arc()].right)) out.push_back(e.arc());
    });
    return out;
  }

  double width(FaceId group) const {
    return perimeter_[group] > 0 ? 2 * square_metres(area_[group]) / perimeter_[group] : 0;
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
    if (a.empty()) return kFillGap;
    if (!b.empty() && std::includes(a.begin(), a.end(), b.begin(), b.end())) return kSettleOverlap;
    return kMove;
  }

  // May layer l's labels on the group become those of state `to`, as far as labels go?
  bool label_allowed(std::size_t l, FaceId group, std::uint32_t to) const {
    const std::uint32_t from = state_[l][group];
    if (from == to) return true;
    const CoverState& a = covers_[l].states[from];
    const CoverState& b = covers_[l].states[to];
    if (layers_[l].locked) return false;
    if (a.empty()) {
      bool stays = false;
      sets_.each(group, [&](FaceId f) { stays |= layers_[l].stays_empty(f); });
      if (stays) return false;
    }
    const auto area = static_cast<double>(area_[group]);
    if (b.empty() && gap_room_[l] < area) return false;
    if (b.size() > 1 && a.size() <= 1 && overlap_room_[l] < area) return false;
    for (Label c : a)
      if (!std::binary_search(b.begin(), b.end(), c) && kept_[l][c] - area < floor_[l][c]) return false;
    return true;
  }

  // Would the labels of `from` contradict more nestings on some face of the group than its own do? On ground under 1 m2
  // only the declared ones count.
  bool contradicts(FaceId group, FaceId from) const {
    const bool noise = square_metres(area_[group]) < kNoise_m2;
    const auto state = [&](std::size_t l, FaceId f) -> const CoverState& { return covers_[l].states[state_[l][f]]; };
    const auto moves = [&](std::size_t l) { return std::find(moving_.begin(), moving_.end(), l) != moving_.end(); };
    bool more = false;
    sets_.each(group, [&](FaceId f) {
      int change = 0;
      for (const Nesting& n : nestings_) {
        if (!n.enforced() || (noise && n.word != NestingWord::declare)) continue;
        const FaceId child = moves(n.child) ? from : f, parent = moves(n.parent) ? from : f;
        if (child == parent && child == f) continue;
        change += n.contradicted(state(n.child, child), state(n.parent, parent)) -
                  n.contradicted(state(n.child, f), state(n.parent, f));
      }
      more |= change > 0;
    });
    return more;
  }

  struct Choice {
    FaceId neighbour = 0;
    double score = 0;
    std::vector<ArcId> shared;
  };

  std::vector<Choice> choices(FaceId group, std::span<const ArcId> rim) {
    std::map<FaceId, Choice> by_neighbour;
    for (ArcId a : rim)
      if (!decided_[a]) by_neighbour[across(a, group)].shared.push_back(a);
    std::vector<Choice> out;
    for (auto& [n, choice] : by_neighbour) {
      choice.neighbour = n;
      bool allowed = !same_states(group, n) && !contradicts(group, n);
      for (const std::size_t l : moving_) {
        allowed = allowed && label_allowed(l, group, state_[l][n]);
        if (allowed && state_[l][group] != state_[l][n]) choice.score += change_cost(l, state_[l][group], state_[l][n]);
      }
      if (!allowed) continue;
      double shared = 0;
      for (ArcId a : choice.shared) shared += length_[a];
      choice.score -= shared / perimeter_[group];
      out.push_back(std::move(choice));
    }
    std::stable_sort(out.begin(), out.end(), [](const Choice& a, const Choice& b) { return a.score < b.score; });
    return out;
  }

  // Did a locked layer draw the arc, or one of at most that accuracy?
  bool drawn_within(double accuracy_m, ArcId a) const {
    for (std::size_t k = 0; k < layers_.size(); ++k)
      if ((layers_[k].locked || layers_[k].accuracy_m <= accuracy_m) && delivered_[k].drawn(a)) return true;
    return false;
  }

  // Where the boundary of layer l runs once it has given the group up, and did not before: within its accuracy
  // of where it was delivered, however many faces have made way before, and on lines that it may follow.
  bool gains_allowed(std::size_t l, FaceId group, std::span<const ArcId> rest) {
    // Lines a centimetre apart are the same one.
    const double w = width(group) < kSameLine_m ? HUGE_VAL : width(group);
    const double better = std::nextafter(layers_[l].accuracy_m, 0);
    double open = 0, worse = 0;
    for (ArcId a : rest) {
      const FaceId beyond = across(a, group);
      if (unit_[beyond] == kGap || state_[l][beyond] != state_[l][group]) continue;  // along the frame none runs
      if (!decided_[a]) {
        if (!delivered_[l].drawn(a) && !drawn_within(better, a)) open += length_[a];
        if (!drawn_within(layers_[l].accuracy_m, a)) worse += length_[a];
      }
      if (open > kOpenEnds * w || worse > kWorseEnds * w ||
          !delivered_[l].near(a, layers_[l].accuracy_m * Lattice::kPerMetre))
        return false;
    }
    return true;
  }

  // Besides, what vanishes of a layer's boundary was within its accuracy of what stays around the face. A face all of
  // whose rim would vanish must itself be that thin.
  bool distance_allowed(FaceId group, std::span<const ArcId> rim, const Choice& choice) {
    std::vector<ArcId> rest;
    for (ArcId a : rim)
      if (std::find(choice.shared.begin(), choice.shared.end(), a) == choice.shared.end()) rest.push_back(a);
    const std::vector<Segment> shared = segments(choice.shared), staying = segments(rest);
    return std::all_of(moving_.begin(), moving_.end(), [&](std::size_t l) {
      if (state_[l][group] == state_[l][choice.neighbour]) return true;
      const double accuracy = layers_[l].accuracy_m;
      const bool fills = covers_[l].states[state_[l][group]].empty();  // nothing vanishes but the rim of a gap
      if (!fills && (rest.empty() ? width(group) > accuracy : !within(shared, staying, accuracy * Lattice::kPerMetre)))
        return false;
      return gains_allowed(l, group, rest);
    });
  }

  void settle(FaceId group) {
    const std::vector<ArcId> around = rim(group);
    for (const Choice& choice : choices(group, around)) {
      if (!distance_allowed(group, around, choice)) continue;
      for (const std::size_t l : moving_) relabel(l, group, state_[l][choice.neighbour]);
      for (ArcId a : around)
        if (const FaceId f = sets_.find(m_.arcs[a].left), g = sets_.find(m_.arcs[a].right);
            f != g && !decided_[a] && same_states(f, g))
          join(f, g);
      const FaceId whole = sets_.find(group);
      for (ArcId a : around)
        if (sets_.find(m_.arcs[a].left) == sets_.find(m_.arcs[a].right)) perimeter_[whole] -= 2 * length_[a];
      enqueue(whole);
      return;
    }
  }

  void relabel(std::size_t l, FaceId group, std::uint32_t to) {
    const std::uint32_t from = state_[l][group];
    count_room(l, area_[group], from, to);
    for (Label c : covers_[l].states[from]) kept_[l][c] -= static_cast<double>(area_[group]);
    for (Label c : covers_[l].states[to]) kept_[l][c] += static_cast<double>(area_[group]);
    sets_.each(group, [&](FaceId f) { state_[l][f] = to; });
  }

  void join(FaceId a, FaceId b) {
    sets_.join(a, b);
    const auto [whole, part] = std::minmax(a, b);
    area_[whole] += area_[part];
    perimeter_[whole] += perimeter_[part];
    ++version_[whole];
  }

  Alignment result() {
    group_by_all_layers();
    Alignment out;
    std::vector<std::uint32_t> number(m_.face_count, 0);
    out.group_of_face.assign(m_.face_count, 0);
    for (FaceId f = 1; f < m_.face_count; ++f) {
      const FaceId root = sets_.find(f);
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
  std::vector<Int128> face_area_;
  std::vector<double> length_;
  FaceEdges edges_;
  std::vector<Label> unit_;
  std::vector<std::vector<std::uint32_t>> state_;  // [layer][face]
  std::vector<std::vector<double>> kept_, floor_;  // [layer][cell], doubled mm²
  std::vector<double> gap_room_, overlap_room_;    // [layer], doubled mm²
  std::vector<char> decided_;                      // [arc] hard, or a line of a layer that moves no more
  std::vector<std::size_t> family_;                // [layer]
  std::vector<std::size_t> moving_;                // layers

  FaceSets sets_;  // by what is decided and the moving layers say; area and rim are valid at their numbers
  std::vector<Int128> area_;
  std::vector<double> perimeter_;
  std::vector<std::uint32_t> version_;
  std::vector<char> thin_;  // [face] see tag_thin
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
