// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/unify.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "engine/base/errors.h"
#include "engine/base/parallel.h"
#include "engine/districting/districting.h"
#include "engine/fusion/first_plan.h"
#include "engine/fusion/kept_plan.h"
#include "engine/fusion/unit_plan.h"

namespace gridloom {

double softness(double support) { return std::max(0.0, 1 - 4 * support); }

double BorderSupport::of(std::uint64_t layers, double along_linework) const {
  double drawn = linework_weight * along_linework, all = linework_weight;
  for (std::size_t l = 0; l < layer_count; ++l) {
    const double weight = weights.empty() ? 1 : weights[l];
    all += weight;
    if (layers >> l & 1) drawn += weight;
  }
  return all > 0 ? drawn / all : 0;
}

namespace {

constexpr std::uint64_t kMovesPerVertex = 1'000;
constexpr double kRelaxedWithin = 0.5;  // households

// Per vertex the households of its connected piece.
std::vector<double> piece_households(const AtomGraph& g) {
  const std::vector<std::uint32_t> piece = todays_plan(g, std::vector<Label>(g.households.size(), kGap));
  std::vector<double> sum(g.households.size(), 0), out;
  for (std::size_t v = 0; v < piece.size(); ++v) sum[piece[v]] += g.households[v];
  for (std::uint32_t p : piece) out.push_back(sum[p]);
  return out;
}

// Is there a k with k x min <= households <= k x max?
bool number_fits(double households, HouseholdBand band) {
  return std::floor(households / band.min) >= std::ceil(households / band.max);
}

// Neither may a single atom, nor the households of a piece, be more than the band can hold.
bool could_fit(const AtomGraph& g, HouseholdBand band) {
  const std::vector<double> piece = piece_households(g);
  return std::all_of(piece.begin(), piece.end(), [&](double h) { return number_fits(h, band); }) &&
         std::none_of(g.households.begin(), g.households.end(), [&](double h) { return h > band.max; });
}

// No plan is within the band: the least t for which one is within [min - t, max + t], by bisection. Only where every
// answer on the way is proven.
bool relax(const AtomGraph& graph, const DistrictGraph& g, HouseholdBand band, DistrictingOptions options,
           Districting& d) {
  double impossible = 0, possible = worst_off_band(graph, d.part_of, band);
  options.parts = 0;
  while (possible - impossible > kRelaxedWithin) {
    const double t = (impossible + possible) / 2;
    const HouseholdBand wider{std::max(0.0, band.min - t), band.max + t};
    const Districting at = district(g, limits_of(wider, graph), options);
    if (at.violation == 0) {
      d = at;
      options.start = at.part_of;
      possible = std::min(t, worst_off_band(graph, at.part_of, band));
    } else if (at.proven) {
      impossible = t;
    } else {
      return false;
    }
  }
  return true;
}

// Chosen anew. The first plan sets the number of grids.
Regionalised chosen_plan(const AtomGraph& graph, HouseholdBand band, const RegionaliseOptions& o) {
  const DistrictGraph g = district_graph(graph);
  const WeightLimits limits = limits_of(band, graph);
  DistrictingOptions options = search_options(graph, o);
  options.start = agglomerated_plan(graph, band);
  options.parts = count_parts(options.start);
  Districting d = district(g, limits, options);
  if (d.violation > 0) {  // another number of grids may do better
    options.start = d.part_of;
    options.parts = 0;
    if (Districting other = district(g, limits, options); other.violation < d.violation || other.proven)
      d = std::move(other);
  }
  const bool impossible = d.violation > 0 && (d.proven || !could_fit(graph, band));
  const bool heavy =
      std::any_of(graph.households.begin(), graph.households.end(), [&](double h) { return h > band.max; });
  bool relaxed_proven = false;
  if (d.violation > 0 && d.proven && !heavy) {
    options.start = d.part_of;
    relaxed_proven = relax(graph, g, band, options, d);
  }
  Regionalised out{d.part_of, measured_plan(graph, d.part_of, band)};
  out.plan.relaxed_proven = relaxed_proven;
  if (impossible)
    out.plan.status = PlanStatus::infeasible;
  else if (d.violation > 0)
    out.plan.status = PlanStatus::relaxed;
  else
    out.plan.status = d.proven ? PlanStatus::optimal : PlanStatus::feasible;
  if (d.violation == 0 || !d.proven) out.plan.lower_bound_m = static_cast<double>(d.lower_bound) / kCentimetres;
  return out;
}

// --- units ---

struct Unit {
  std::vector<FaceId> faces;
  AtomGraph graph;
};

using FacePairs = std::map<std::pair<FaceId, FaceId>, AtomEdge>;

// Pairs of faces of one unit that share a border.
FacePairs face_pairs(const UnifyTask& t, std::span<const double> weights) {
  const Arrangement& m = t.arrangement;
  const std::vector<double> length = arc_lengths(m);
  const BorderSupport support{t.layer_count, weights, t.linework_weight};
  FacePairs pairs;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const FaceId f = std::min(m.arcs[a].left, m.arcs[a].right), g = std::max(m.arcs[a].left, m.arcs[a].right);
    if (f == kOutside || f == g || t.unit_of_face[f] == kGap || t.unit_of_face[f] != t.unit_of_face[g]) continue;
    AtomEdge& e = pairs[{f, g}];
    e.length_m += length[a];
    e.support += length[a] * support.of(t.support[a], t.linework.empty() ? 0 : t.linework[a]);
  }
  for (auto& [faces, e] : pairs) e.support = e.length_m > 0 ? e.support / e.length_m : 0;
  return pairs;
}

// Connected pieces of faces, by any relation between the faces of a pair.
class Pieces {
 public:
  Pieces(std::size_t faces, const FacePairs& pairs, auto&& joined) : root_(faces) {
    std::iota(root_.begin(), root_.end(), 0u);
    for (const auto& [faces_of, e] : pairs)
      if (joined(faces_of.first, faces_of.second)) join(faces_of.first, faces_of.second);
  }
  FaceId find(FaceId f) {
    while (root_[f] != f) f = root_[f] = root_[root_[f]];
    return f;
  }
  bool join(FaceId f, FaceId g) {
    f = find(f);
    g = find(g);
    root_[std::max(f, g)] = std::min(f, g);
    return f != g;
  }

 private:
  std::vector<FaceId> root_;
};

class Unifier {
 public:
  Unifier(const UnifyTask& task, const UnifyOptions& options)
      : t_(task), o_(options), band_(household_band(options)), pairs_(face_pairs(task, options.weights)) {
    out_.grid_of_face.assign(t_.arrangement.face_count, kGap);
    out_.plans.resize(t_.unit_count);
  }

  Regions run(unsigned threads) {
    take_fixed();
    if (o_.uninhabited.own_grids) take_uninhabited();
    take_empty_pieces();
    choose(threads);
    return std::move(out_);
  }

 private:
  Label fixed(FaceId f) const { return t_.fixed_of_face.empty() ? kGap : t_.fixed_of_face[f]; }
  bool open(FaceId f) const { return t_.unit_of_face[f] != kGap && out_.grid_of_face[f] == kGap; }

  Label add_region(FaceId f, GridKind kind, BandVerdict verdict, Label fixed_grid) {
    out_.regions.push_back({static_cast<std::uint32_t>(t_.unit_of_face[f]), kind, verdict, fixed_grid, 0, {}});
    return static_cast<Label>(out_.regions.size() - 1);
  }

  void take_fixed() {
    if (t_.fixed_of_face.empty()) return;
    Pieces pieces(t_.arrangement.face_count, pairs_, [&](FaceId f, FaceId g) { return fixed(f) == fixed(g); });
    std::map<FaceId, Label> region;
    for (FaceId f = 1; f < t_.arrangement.face_count; ++f) {
      if (t_.unit_of_face[f] == kGap || fixed(f) == kGap) continue;
      const auto [at, fresh] = region.try_emplace(pieces.find(f), kGap);
      if (fresh)
        at->second = add_region(f, t_.kind_of_fixed[static_cast<std::size_t>(fixed(f))], BandVerdict::fixed, fixed(f));
      out_.grid_of_face[f] = at->second;
    }
  }

  bool uninhabited(FaceId f) const { return t_.people[f] <= o_.uninhabited.people_per_km2 * t_.area_m2[f] / 1e6; }

  // Large uninhabited ground, largest first, unless that would cut the rest of its unit into more pieces.
  void take_uninhabited() {
    struct Ground {
      double area = 0;
      std::vector<FaceId> faces;
    };
    Pieces pieces(t_.arrangement.face_count, pairs_,
                  [&](FaceId f, FaceId g) { return open(f) && open(g) && uninhabited(f) && uninhabited(g); });
    std::map<FaceId, Ground> grounds;
    for (FaceId f = 1; f < t_.arrangement.face_count; ++f) {
      if (!open(f) || !uninhabited(f)) continue;
      Ground& ground = grounds[pieces.find(f)];
      ground.area += t_.area_m2[f];
      ground.faces.push_back(f);
    }
    std::vector<const Ground*> order;
    for (const auto& [root, ground] : grounds)
      if (ground.area >= o_.uninhabited.min_area_m2) order.push_back(&ground);
    std::stable_sort(order.begin(), order.end(), [](const Ground* a, const Ground* b) { return a->area > b->area; });
    std::map<Label, std::vector<const FacePairs::value_type*>> of_unit;
    for (const auto& pair : pairs_) of_unit[t_.unit_of_face[pair.first.first]].push_back(&pair);
    for (const Ground* ground : order) {
      const auto& near = of_unit[t_.unit_of_face[ground->faces.front()]];
      if (cuts_off(near, *ground)) continue;
      const Label region = add_region(ground->faces.front(), GridKind::uninhabited, BandVerdict::uninhabited, kGap);
      for (FaceId f : ground->faces) out_.grid_of_face[f] = region;
    }
  }

  // Pieces of a unit without a household, such as islets: no plan could make anything else of them.
  void take_empty_pieces() {
    Pieces pieces(t_.arrangement.face_count, pairs_, [&](FaceId f, FaceId g) { return open(f) && open(g); });
    std::vector<double> households(t_.arrangement.face_count, 0);
    for (FaceId f = 1; f < t_.arrangement.face_count; ++f)
      if (open(f)) households[pieces.find(f)] += t_.households[f];
    std::map<FaceId, Label> region;
    for (FaceId f = 1; f < t_.arrangement.face_count; ++f) {
      if (!open(f) || households[pieces.find(f)] > 0) continue;
      const auto [at, fresh] = region.try_emplace(pieces.find(f), kGap);
      if (fresh) at->second = add_region(f, GridKind::uninhabited, BandVerdict::uninhabited, kGap);
      out_.grid_of_face[f] = at->second;
    }
  }

  // Would the open ground beside it be in several pieces without it? Pieces are counted where they touch the ground.
  bool cuts_off(const std::vector<const FacePairs::value_type*>& near, const auto& ground) const {
    const auto in_ground = [&](FaceId f) { return std::binary_search(ground.faces.begin(), ground.faces.end(), f); };
    std::map<FaceId, FaceId> root;
    const auto find = [&](FaceId f) {
      while (root.try_emplace(f, f).first->second != f) f = root[f] = root[root[f]];
      return f;
    };
    std::vector<FaceId> rim;
    for (const auto* pair : near) {
      const auto [f, g] = pair->first;
      if (!open(f) || !open(g)) continue;
      if (in_ground(f) != in_ground(g))
        rim.push_back(in_ground(f) ? g : f);
      else if (!in_ground(f))
        root[find(f)] = find(g);
    }
    return std::any_of(rim.begin(), rim.end(), [&](FaceId f) { return find(f) != find(rim.front()); });
  }

  std::vector<Unit> open_units() const {
    std::vector<Unit> units(t_.unit_count);
    std::vector<std::uint32_t> vertex(t_.arrangement.face_count, 0);
    for (FaceId f = 1; f < t_.arrangement.face_count; ++f) {
      if (!open(f)) continue;
      Unit& u = units[static_cast<std::size_t>(t_.unit_of_face[f])];
      vertex[f] = static_cast<std::uint32_t>(u.faces.size());
      u.faces.push_back(f);
      u.graph.households.push_back(t_.households[f]);
    }
    for (const auto& [faces, pair] : pairs_) {
      if (!open(faces.first) || !open(faces.second)) continue;
      AtomEdge e = pair;
      e.a = std::min(vertex[faces.first], vertex[faces.second]);
      e.b = std::max(vertex[faces.first], vertex[faces.second]);
      units[static_cast<std::size_t>(t_.unit_of_face[faces.first])].graph.edges.push_back(e);
    }
    return units;
  }

  RegionaliseOptions options_for(const Unit& unit, std::size_t all_atoms, unsigned threads,
                                 std::vector<Label>& home) const {
    RegionaliseOptions o;
    o.seed = o_.seed;
    o.moves_per_vertex = static_cast<std::uint64_t>(o_.effort * kMovesPerVertex);
    o.seconds = o_.seconds * threads * static_cast<double>(unit.faces.size()) / static_cast<double>(all_atoms);
    o.cancelled = t_.cancelled;
    if (!t_.home_of_face.empty())
      for (FaceId f : unit.faces) home.push_back(t_.home_of_face[f]);
    o.home = home;
    return o;
  }

  void choose(unsigned threads) {
    const std::vector<Unit> units = open_units();
    std::size_t atoms = 0;
    for (const Unit& u : units) atoms += u.faces.size();
    std::vector<std::vector<std::uint32_t>> parts(units.size());
    parallel_for(units.size(), threads, [&](std::size_t u) {
      if (t_.cancelled && t_.cancelled()) throw Cancelled();
      std::vector<Label> home;
      Regionalised r = regionalise(units[u].graph, band_, options_for(units[u], atoms, threads, home));
      parts[u] = std::move(r.part_of);
      out_.plans[u] = r.plan;
    });
    if (t_.cancelled && t_.cancelled()) throw Cancelled();
    for (std::size_t u = 0; u < units.size(); ++u) add_plan(units[u], parts[u], out_.plans[u]);
  }

  void add_plan(const Unit& unit, const std::vector<std::uint32_t>& part_of, const UnitPlan& plan) {
    const auto first = static_cast<Label>(out_.regions.size());
    const std::vector<double> sum = households_of(unit.graph, part_of);
    std::vector<double> heaviest(sum.size(), 0), people(sum.size(), 0);
    for (std::size_t v = 0; v < part_of.size(); ++v) {
      heaviest[part_of[v]] = std::max(heaviest[part_of[v]], unit.graph.households[v]);
      people[part_of[v]] += t_.people[unit.faces[v]];
      if (static_cast<Label>(out_.regions.size()) == first + static_cast<Label>(part_of[v]))
        add_region(unit.faces[v], GridKind::general, BandVerdict::in_band, kGap);
    }
    const std::vector<double> piece = piece_households(unit.graph);
    for (std::size_t v = 0; v < part_of.size(); ++v) {
      Region& r = out_.regions[static_cast<std::size_t>(first) + part_of[v]];
      r.piece_households = piece[v];
      out_.grid_of_face[unit.faces[v]] = first + static_cast<Label>(part_of[v]);
    }
    for (std::size_t p = 0; p < sum.size(); ++p) {
      Region& r = out_.regions[static_cast<std::size_t>(first) + p];
      if (people[p] == 0) r.kind = GridKind::uninhabited;
      if (!band_.holds(sum[p])) explain(r, first + static_cast<Label>(p), sum[p], heaviest[p], plan);
    }
  }

  void explain(Region& r, Label region, double households, double heaviest, const UnitPlan& plan) const {
    const bool whole_piece = std::abs(households - r.piece_households) < 1e-6 && r.piece_households < band_.min;
    if (r.kind == GridKind::uninhabited) {
      r.verdict = BandVerdict::uninhabited;
    } else if (heaviest > band_.max) {
      r.verdict = BandVerdict::indivisible;
    } else if (whole_piece) {
      r.enclosed_by = fixed_beside(region);
      r.verdict = r.enclosed_by.empty() ? BandVerdict::isolated : BandVerdict::enclosed;
    } else if (!number_fits(r.piece_households, band_)) {
      r.verdict = BandVerdict::numbers;
    } else {
      r.verdict = plan.status == PlanStatus::infeasible ? BandVerdict::impossible : BandVerdict::surrounded;
    }
  }

  // The special and locked grids beside a region, in its unit.
  std::vector<Label> fixed_beside(Label region) const {
    std::set<Label> found;
    for (const auto& [faces, e] : pairs_) {
      auto [f, g] = faces;
      if (out_.grid_of_face[g] == region) std::swap(f, g);
      if (out_.grid_of_face[f] == region && fixed(g) != kGap) found.insert(fixed(g));
    }
    return {found.begin(), found.end()};
  }

  const UnifyTask& t_;
  const UnifyOptions& o_;
  HouseholdBand band_;
  FacePairs pairs_;
  Regions out_;
};

}  // namespace

Regionalised regionalise(const AtomGraph& graph, HouseholdBand band, const RegionaliseOptions& options) {
  if (graph.households.empty()) return {};
  return options.home.empty() ? chosen_plan(graph, band, options) : kept_plan(graph, band, options);
}

Regions unify(const UnifyTask& task, const UnifyOptions& options, unsigned threads) {
  return Unifier(task, options).run(threads);
}

}  // namespace gridloom
