// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/nesting.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <set>

#include "engine/arrangement/faces.h"

namespace gridloom {
namespace {

constexpr double kDoubtful = 0.6, kCrossed = 0.8;
constexpr double kMostDoubtful = 0.01, kMostContradiction = 0.06;
constexpr double kUnrelated = 0.2;  // the least share of border cells that an unrelated line crosses
constexpr double kConfident = 0.5;
constexpr double kKeep = 0.5;  // share of its ground that no nesting takes from a cell

using Labels = std::vector<Label>;

Label single(const CoverState& s) { return s.size() == 1 ? s.front() : kGap; }

Labels single_labels(const CoverTable& covers, const Frame& frame) {
  Labels out(covers.of_face.size(), kGap);
  for (FaceId f = 1; f < out.size(); ++f)
    if (frame.inside(f)) out[f] = single(covers.states[covers.of_face[f]]);
  return out;
}

// Upper end of the 95 % Wilson score interval of k out of n.
double wilson_upper(double k, double n) {
  constexpr double z = 1.959964;
  const double p = k / n, zz = z * z / n;
  return (p + zz / 2 + z * std::sqrt(p * (1 - p) / n + zz / (4 * n))) / (1 + zz);
}

struct CellShares {
  double total = 0, best = 0;
  Label parent = kGap;
};

using SharedGround = std::vector<std::map<Label, double>>;  // [child cell]: parent cell -> m2

SharedGround shared_ground(const Labels& child, const Labels& parent, std::span<const double> area, std::size_t cells) {
  SharedGround out(cells);
  for (FaceId f = 1; f < child.size(); ++f)
    if (child[f] != kGap && parent[f] != kGap) out[static_cast<std::size_t>(child[f])][parent[f]] += area[f];
  return out;
}

// Per child cell all its ground, and the parent cell with most of it.
std::vector<CellShares> cell_shares(const SharedGround& ground) {
  std::vector<CellShares> out(ground.size());
  for (std::size_t c = 0; c < out.size(); ++c)
    for (const auto& [p, m2] : ground[c]) {
      out[c].total += m2;
      if (m2 > out[c].best) {
        out[c].best = m2;
        out[c].parent = p;
      }
    }
  return out;
}

std::vector<char> touches_border(const Arrangement& m, const Labels& child, const Labels& parent, std::size_t cells) {
  std::vector<char> out(cells, 0);
  for (const Arc& a : m.arcs) {
    if (parent[a.left] == parent[a.right] || parent[a.left] == kGap || parent[a.right] == kGap) continue;
    for (FaceId f : {a.left, a.right})
      if (child[f] != kGap) out[static_cast<std::size_t>(child[f])] = 1;
  }
  return out;
}

std::vector<DoubtfulParent> doubtful_parents(const SharedGround& ground, const Labels& said) {
  const std::vector<CellShares> shares = cell_shares(ground);
  std::vector<DoubtfulParent> out;
  for (std::size_t c = 0; c < shares.size(); ++c) {
    const CellShares& s = shares[c];
    if (said[c] == kGap || said[c] == s.parent || s.best < kDoubtful * s.total || s.total <= 0) continue;
    const auto own = ground[c].find(said[c]);
    out.push_back({static_cast<Label>(c), said[c], s.parent, own == ground[c].end() ? 0 : own->second / s.total,
                   s.best / s.total, s.total});
  }
  return out;
}

Nesting weigh_evidence(const Arrangement& m, std::span<const Labels> labels, const SharedGround& ground,
                       std::size_t child, std::size_t parent, const AlignLayer& layer) {
  Nesting n;
  n.child = child;
  n.parent = parent;
  const auto shares = cell_shares(ground);
  const auto border = touches_border(m, labels[child], labels[parent], layer.cells);
  double total = 0, outside = 0;
  std::size_t cells = 0, doubtful = 0;
  for (std::size_t c = 0; c < layer.cells; ++c) {
    const CellShares& s = shares[c];
    n.parent_of.push_back(s.parent);
    if (s.total <= 0) continue;
    ++cells;
    total += s.total;
    outside += s.total - s.best;
    doubtful += s.best < kDoubtful * s.total;
    n.border_cells += border[c] != 0;
    n.crossed_cells += border[c] != 0 && s.best < kCrossed * s.total;
  }
  if (total <= 0) return n;
  n.contradiction = outside / total;
  n.doubtful_cells = static_cast<double>(doubtful) / static_cast<double>(cells);
  if (n.border_cells > 0 && n.doubtful_cells <= kMostDoubtful && n.contradiction <= kMostContradiction) {
    const double upper = wilson_upper(static_cast<double>(n.crossed_cells), static_cast<double>(n.border_cells));
    n.confidence = std::max(0.0, 1 - upper / kUnrelated);
  }
  return n;
}

std::vector<double> square_metres_of(const Arrangement& m) {
  std::vector<double> out;
  for (const Int128& a : doubled_areas(m)) out.push_back(square_metres(a));
  return out;
}

class Enforcer {
 public:
  Enforcer(const Arrangement& m, const Frame& frame, std::span<CoverTable> covers, std::span<const AlignLayer> layers,
           std::span<const Nesting> nestings)
      : m_(m),
        frame_(frame),
        covers_(covers),
        layers_(layers),
        nestings_(nestings),
        area_(square_metres_of(m)),
        length_(arc_lengths(m)),
        arcs_(m.face_count) {
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      arcs_[m.arcs[a].left].push_back(a);
      arcs_[m.arcs[a].right].push_back(a);
    }
    for (const CoverTable& c : covers) state_.push_back(c.of_face);
  }

  std::vector<std::vector<std::uint32_t>> run() {
    // A parent has fewer cells than its children: from few to many, every layer finds its parents settled.
    std::vector<std::size_t> order(layers_.size());
    for (std::size_t l = 0; l < order.size(); ++l) order[l] = l;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return layers_[a].cells < layers_[b].cells; });
    for (std::size_t l : order) settle_child(l);
    return std::move(state_);
  }

 private:
  struct Claim {
    double share;  // of the face's rim
    FaceId face;
    Label cell;
    bool operator<(const Claim& o) const { return std::tie(share, o.face, o.cell) < std::tie(o.share, face, cell); }
  };

  bool child_makes_way(const Nesting& n) const {
    const AlignLayer &c = layers_[n.child], &p = layers_[n.parent];
    if (c.locked || p.locked) return !c.locked;
    return c.accuracy_m != p.accuracy_m ? c.accuracy_m > p.accuracy_m : c.rank > p.rank;
  }

  Label label(std::size_t l, FaceId f) const { return single(covers_[l].states[state_[l][f]]); }

  std::uint32_t state_of(std::size_t l, Label cell) {
    auto& known = single_state_[{l, cell}];
    if (known == 0) {
      const auto& states = covers_[l].states;
      const auto at = std::find(states.begin(), states.end(), CoverState{cell});
      known = static_cast<std::uint32_t>(at - states.begin());
      if (at == states.end()) covers_[l].states.push_back({cell});
    }
    return known;
  }

  void settle_child(std::size_t l) {
    std::vector<const Nesting*> above;
    for (const Nesting& n : nestings_)
      if (n.child == l && n.enforced()) {
        if (child_makes_way(n))
          above.push_back(&n);
        else if (!layers_[n.parent].locked)
          move_parent(n);
      }
    choose_fitting(l, above);
    // Where no cell around fits all parents, the weakest of them waits.
    for (std::size_t k = above.size(); k > 0; --k) move_child(l, std::span(above).first(k));
    for (const Nesting& n : nestings_)
      if (n.child == l && n.word == NestingWord::declare && !child_makes_way(n)) above.push_back(&n);
    hold(l, above);
  }

  // Ground that several cells claim is that one's which alone fits, unless another has no ground but this.
  void choose_fitting(std::size_t l, std::span<const Nesting* const> above) {
    const std::vector<char> covered = covered_cells(covers_[l], layers_[l].cells);
    for (FaceId f = 1; f < m_.face_count; ++f) {
      const CoverState& claimed = covers_[l].states[state_[l][f]];
      if (claimed.size() < 2 || !frame_.inside(f)) continue;
      CoverState fitting;
      for (Label c : claimed)
        if (covered[static_cast<std::size_t>(c)] || fits(c, f, above)) fitting.push_back(c);
      if (fitting.size() == 1) state_[l][f] = state_of(l, fitting.front());
    }
  }

  std::vector<double> ground_of_cells(std::size_t l) const {
    std::vector<double> out(layers_[l].cells, 0);
    for (FaceId f = 1; f < m_.face_count; ++f)
      if (const Label c = label(l, f); c != kGap && frame_.inside(f)) out[static_cast<std::size_t>(c)] += area_[f];
    return out;
  }

  // The parent's ground becomes what its children cover.
  void move_parent(const Nesting& n) {
    for (FaceId f = 1; f < m_.face_count; ++f) {
      const Label c = label(n.child, f), p = label(n.parent, f);
      if (c == kGap || p == kGap || !frame_.inside(f)) continue;
      const Label right = n.parent_of[static_cast<std::size_t>(c)];
      if (right != kGap && right != p) state_[n.parent][f] = state_of(n.parent, right);
    }
  }

  // Is the cell known to lie in the parents that have the face?
  bool fits(Label cell, FaceId f, std::span<const Nesting* const> above) const {
    return std::all_of(above.begin(), above.end(), [&](const Nesting* n) {
      const Label p = label(n->parent, f);
      return p == kGap || p == n->parent_of[static_cast<std::size_t>(cell)];
    });
  }
  bool contradicts(std::size_t l, FaceId f, const Nesting& n) const {
    return n.contradicted(covers_[l].states[state_[l][f]], covers_[n.parent].states[state_[n.parent][f]]);
  }
  bool any_parent(FaceId f, std::span<const Nesting* const> above) const {
    return std::any_of(above.begin(), above.end(), [&](const Nesting* n) { return label(n->parent, f) != kGap; });
  }
  bool wants(std::size_t l, FaceId f, std::span<const Nesting* const> above) const {
    const CoverState& s = covers_[l].states[state_[l][f]];
    if (!frame_.inside(f) || s.size() > 1) return false;
    if (s.empty()) return !layers_[l].stays_empty(f) && any_parent(f, above);
    return std::any_of(above.begin(), above.end(), [&](const Nesting* n) { return contradicts(l, f, *n); });
  }

  void move_child(std::size_t l, std::span<const Nesting* const> above) {
    std::vector<double> kept = ground_of_cells(l);
    std::vector<double> floor = kept;
    for (double& v : floor) v *= kKeep;
    std::vector<char> wanting(m_.face_count, 0);
    for (FaceId f = 1; f < m_.face_count; ++f) wanting[f] = wants(l, f, above);
    std::priority_queue<Claim> queue;
    const auto claim = [&](FaceId f) {  // by the best of the cells around
      std::map<Label, double> shared;
      double rim = 0;
      for (ArcId a : arcs_[f]) {
        const FaceId g = m_.arcs[a].left == f ? m_.arcs[a].right : m_.arcs[a].left;
        if (g == f) continue;
        rim += length_[a];
        const Label c = wanting[g] ? kGap : label(l, g);
        if (c != kGap && fits(c, f, above)) shared[c] += length_[a];
      }
      for (const auto& [c, length] : shared) queue.push({length / rim, f, c});
    };
    for (FaceId f = 1; f < m_.face_count; ++f)
      if (wanting[f]) claim(f);
    while (!queue.empty()) {
      const Claim best = queue.top();
      queue.pop();
      const FaceId f = best.face;
      if (!wanting[f]) continue;
      if (const Label old = label(l, f); old != kGap) {
        double& left = kept[static_cast<std::size_t>(old)];
        if (left - area_[f] < floor[static_cast<std::size_t>(old)]) continue;
        left -= area_[f];
      }
      wanting[f] = 0;
      state_[l][f] = state_of(l, best.cell);
      for (ArcId a : arcs_[f]) {
        const FaceId g = m_.arcs[a].left == f ? m_.arcs[a].right : m_.arcs[a].left;
        if (wanting[g]) claim(g);
      }
    }
  }

  // The cell of the nearest face around, in steps from face to face, that fits all of `above`; kGap if none is near.
  Label nearest_fitting(std::size_t l, FaceId from, std::span<const Nesting* const> above) const {
    constexpr std::size_t kNear = 2000;  // faces
    std::vector<FaceId> reached{from};
    std::set<FaceId> seen{from};
    for (std::size_t i = 0; i < reached.size() && reached.size() < kNear; ++i)
      for (ArcId a : arcs_[reached[i]]) {
        const FaceId g = m_.arcs[a].left == reached[i] ? m_.arcs[a].right : m_.arcs[a].left;
        if (!frame_.inside(g) || !seen.insert(g).second) continue;
        if (const Label c = label(l, g); c != kGap && fits(c, from, above)) return c;
        reached.push_back(g);
      }
    return kGap;
  }

  // No cell beside it was right: the nearest one takes the ground, in the weaker parents' sense too if one can.
  void hold(std::size_t l, std::span<const Nesting* const> above) {
    std::vector<double> kept = ground_of_cells(l);
    std::vector<double> floor = kept;
    for (double& v : floor) v *= kKeep;
    for (std::size_t strongest = 1; strongest <= above.size(); ++strongest) {
      const Nesting& n = *above[strongest - 1];
      for (FaceId f = 1; f < m_.face_count; ++f) {
        if (!frame_.inside(f) || !contradicts(l, f, n)) continue;
        const auto c = static_cast<std::size_t>(label(l, f));
        Label other = kGap;
        if (!layers_[l].locked && kept[c] - area_[f] >= floor[c])
          for (std::size_t k = above.size(); k >= strongest && other == kGap; --k)
            other = nearest_fitting(l, f, above.first(k));
        if (other != kGap) {
          kept[c] -= area_[f];
          kept[static_cast<std::size_t>(other)] += area_[f];
          state_[l][f] = state_of(l, other);
        } else if (n.word == NestingWord::declare && !layers_[n.parent].locked) {
          state_[n.parent][f] = state_of(n.parent, n.parent_of[c]);
        }
      }
    }
  }

  const Arrangement& m_;
  const Frame& frame_;
  std::span<CoverTable> covers_;
  std::span<const AlignLayer> layers_;
  std::span<const Nesting> nestings_;
  std::vector<double> area_;
  std::vector<double> length_;
  std::vector<std::vector<ArcId>> arcs_;  // [face]
  std::vector<std::vector<std::uint32_t>> state_;
  std::map<std::pair<std::size_t, Label>, std::uint32_t> single_state_;
};

}  // namespace

bool Nesting::enforced() const {
  return word == NestingWord::confirm || word == NestingWord::declare ||
         (word == NestingWord::discover && confidence >= kConfident);
}

bool Nesting::contradicted(const CoverState& child_state, const CoverState& parent_state) const {
  const Label c = single(child_state), p = single(parent_state);
  if (c == kGap || p == kGap) return false;
  const Label right = parent_of[static_cast<std::size_t>(c)];
  return right != kGap && right != p;
}

std::vector<Nesting> find_nestings(const Arrangement& m, const Frame& frame, std::span<const CoverTable> covers,
                                   std::span<const AlignLayer> layers) {
  std::vector<Labels> labels;
  for (const CoverTable& c : covers) labels.push_back(single_labels(c, frame));
  const std::vector<double> area = square_metres_of(m);
  std::vector<Nesting> out;
  for (std::size_t c = 0; c < layers.size(); ++c)
    for (std::size_t p = 0; p < layers.size(); ++p) {
      const auto said = std::find_if(layers[c].nestings.begin(), layers[c].nestings.end(),
                                     [&](const SaidNesting& s) { return s.parent == p; });
      const bool spoken = said != layers[c].nestings.end();
      if (p == c || (!spoken && layers[c].cells <= layers[p].cells)) continue;
      const SharedGround ground = shared_ground(labels[c], labels[p], area, layers[c].cells);
      Nesting n = weigh_evidence(m, labels, ground, c, p, layers[c]);
      if (spoken) {
        n.word = said->word;
        if (!said->parent_of.empty()) n.parent_of = said->parent_of;
        n.doubtful = doubtful_parents(ground, n.parent_of);
      }
      if (spoken || n.confidence > 0) out.push_back(std::move(n));
    }
  std::stable_sort(out.begin(), out.end(), [](const Nesting& a, const Nesting& b) {
    return std::tie(a.word, a.confidence) > std::tie(b.word, b.confidence);
  });
  return out;
}

std::vector<std::vector<std::uint32_t>> enforce_nestings(const Arrangement& m, const Frame& frame,
                                                         std::span<CoverTable> covers,
                                                         std::span<const AlignLayer> layers,
                                                         std::span<const Nesting> nestings) {
  return Enforcer(m, frame, covers, layers, nestings).run();
}

}  // namespace gridloom
