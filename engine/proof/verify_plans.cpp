// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_plans.h"

#include <map>
#include <set>
#include <tuple>

namespace gridloom {
namespace {

constexpr double kTouched = 0.05;    // a grid splits a cell of which it has more than this and less than the rest
constexpr double kTold = 1e-3;       // the least share that succession tells
constexpr double kRounded_m = 0.01;  // bounds are sums of borders in centimetres

class PlanProof {
 public:
  PlanProof(const City& city, std::size_t limit) : city_(city), faults_(limit) {
    weighed_ = std::all_of(city.layers.begin(), city.layers.end(), [](const Layer& l) { return l.weight.has_value(); });
  }

  std::vector<Fault> run() {
    check_splits();
    check_bands();
    if (weighed_) check_cuts();
    check_plans();
    check_succession();
    check_moves();
    return faults_.release();
  }

 private:
  double weight(std::size_t l) const { return *city_.layers[l].weight; }

  // Share of the departments, by weight, that draw a line along an arc; linework is one more of them.
  double support(ArcId a) const {
    double drawn = city_.linework.empty() ? 0 : city_.linework_weight * city_.linework[a], all = city_.linework_weight;
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      all += weight(l);
      if (city_.support[a] >> l & 1) drawn += weight(l);
    }
    return all > 0 ? drawn / all : 0;
  }

  double length(ArcId a) const {
    const auto p = city_.arrangement.points_of(a);
    double sum = 0;
    for (std::size_t i = 1; i < p.size(); ++i)
      sum += std::hypot(static_cast<double>(p[i].x) - p[i - 1].x, static_cast<double>(p[i].y) - p[i - 1].y);
    return sum / Lattice::kPerMetre;
  }

  std::string grid(std::size_t g) const { return "grids, " + city_.grids[g].code; }
  std::string unit(std::size_t u) const { return "plans, " + city_.admin.back().units[u].code; }

  void check_splits() {
    std::vector<double> least(city_.grids.size(), 0), most = least;
    for (const CrosswalkRow& row : city_.crosswalk) {
      const double s = row.share_of_feature;
      const bool edge = same_number(s, kTouched) || same_number(s, 1 - kTouched);
      const bool split = s > kTouched && s < 1 - kTouched;
      least[row.grid] += split && !edge;
      most[row.grid] += split || edge;
    }
    for (std::size_t g = 0; g < least.size(); ++g)
      faults_.expect_between("grids", grid(g) + ", cells_split", city_.grids[g].cells_split, least[g], most[g]);
  }

  // Why a grid is outside the band is what unify proved; that it is, its households tell.
  void check_bands() {
    for (std::size_t g = 0; g < city_.grids.size(); ++g) {
      const Grid& now = city_.grids[g];
      if (now.verdict == BandVerdict::fixed || now.verdict == BandVerdict::uninhabited) continue;
      const double off = std::max({0.0, city_.households_min - now.households, now.households - city_.households_max});
      const double slack = 1e-6 * (1 + now.households);  // sums in another order
      const bool said_within = now.verdict == BandVerdict::in_band;
      if (said_within && off > slack)
        faults_.add("grids",
                    {"grid_outside_the_band", {{"households", now.households}, {"off", off}}, {grid(g) + ", band"}});
      if (!said_within && off == 0)
        faults_.add("grids", {"grid_within_the_band", {{"households", now.households}}, {grid(g) + ", band"}});
    }
  }

  void check_cuts() {
    std::vector<double> against(city_.grids.size(), 0);
    for (ArcId a = 0; a < city_.arrangement.arcs.size(); ++a) {
      const Arc& arc = city_.arrangement.arcs[a];
      const Label left = city_.grid_of_face[arc.left], right = city_.grid_of_face[arc.right];
      if (left == right || left == kGap || right == kGap) continue;
      if (city_.admin.back().of_face[arc.left] != city_.admin.back().of_face[arc.right]) continue;
      const double metres = length(a) * (1 - support(a));
      against[static_cast<std::size_t>(left)] += metres;
      against[static_cast<std::size_t>(right)] += metres;
    }
    for (std::size_t g = 0; g < against.size(); ++g)
      faults_.expect_same("grids", grid(g) + ", cut_against_m", city_.grids[g].cut_against_m, against[g]);
  }

  // Was the grid chosen, not given? Uninhabited ones may have been. Whether it is locked today does not tell: planners
  // lock and unlock grids in the file.
  enum class Chosen { no, perhaps, yes };
  Chosen chosen(const Grid& g) const {
    if (g.kind == GridKind::special || g.verdict == BandVerdict::fixed) return Chosen::no;
    return g.kind == GridKind::uninhabited ? Chosen::perhaps : Chosen::yes;
  }

  struct Counted {
    double atoms = 0, grids = 0, households = 0, soft_cut = 0, off_band = 0, edges = 0;
  };

  // What a unit's plan must have at least (of the grids surely chosen), and at most.
  void check_plans() {
    const std::size_t units = city_.admin.back().units.size();
    if (city_.plans.size() != units) return faults_.differs("plans", "plans, rows", city_.plans.size(), units);
    std::vector<Counted> least(units), most(units);
    for (const Grid& g : city_.grids) {
      const double off = std::max({0.0, city_.households_min - g.households, g.households - city_.households_max});
      each(g, least, most, [&](Counted& c) {
        c.grids += 1;
        c.households += g.households;
        c.off_band = std::max(c.off_band, off);
      });
    }
    for (FaceId f = 1; f < city_.arrangement.face_count; ++f)
      each(city_.grids[static_cast<std::size_t>(city_.grid_of_face[f])], least, most, [](Counted& c) { c.atoms += 1; });
    count_cuts(least, most);
    for (std::size_t u = 0; u < units; ++u) check_plan(unit(u), city_.plans[u], least[u], most[u]);
  }

  void each(const Grid& g, std::vector<Counted>& least, std::vector<Counted>& most, auto&& count) const {
    const auto u = static_cast<std::size_t>(g.parent);
    if (chosen(g) != Chosen::no) count(most[u]);
    if (chosen(g) == Chosen::yes) count(least[u]);
  }

  // A border between two atoms costs its length by how few draw it, all its arcs together.
  void count_cuts(std::vector<Counted>& least, std::vector<Counted>& most) const {
    struct Border {
      double length = 0, drawn = 0;
    };
    std::map<std::pair<FaceId, FaceId>, Border> borders;
    for (ArcId a = 0; a < city_.arrangement.arcs.size(); ++a) {
      const Arc& arc = city_.arrangement.arcs[a];
      const Label g = city_.grid_of_face[arc.left], h = city_.grid_of_face[arc.right];
      if (g == kGap || h == kGap || g == h) continue;
      if (city_.grids[static_cast<std::size_t>(g)].parent != city_.grids[static_cast<std::size_t>(h)].parent) continue;
      Border& b = borders[std::minmax(arc.left, arc.right)];
      b.length += length(a);
      if (weighed_) b.drawn += length(a) * support(a);
    }
    for (const auto& [faces, b] : borders) {
      const Grid& g = city_.grids[static_cast<std::size_t>(city_.grid_of_face[faces.first])];
      const Grid& h = city_.grids[static_cast<std::size_t>(city_.grid_of_face[faces.second])];
      const Chosen both = std::min(chosen(g), chosen(h));
      const double cost = b.length > 0 ? b.length * std::max(0.0, 1 - 4 * b.drawn / b.length) : 0;
      const auto u = static_cast<std::size_t>(g.parent);
      if (both != Chosen::no) most[u].soft_cut += cost;
      if (both != Chosen::no) most[u].edges += 1;
      if (both == Chosen::yes && weighed_) least[u].soft_cut += cost;
    }
  }

  void check_plan(const std::string& row, const UnitPlan& plan, const Counted& least, const Counted& most) {
    const auto between = [&](const char* metric, double said, double Counted::*part) {
      faults_.expect_between("plans", row + ", " + metric, said, least.*part, most.*part);
    };
    between("atoms", plan.atoms, &Counted::atoms);
    between("grids", plan.grids, &Counted::grids);
    between("households", plan.households, &Counted::households);
    between("soft_cut_m", plan.soft_cut_m, &Counted::soft_cut);
    between("relaxed_by", plan.relaxed_by, &Counted::off_band);
    if (plan.status < PlanStatus::optimal || plan.status > PlanStatus::kept)
      return faults_.add("plans", {"unknown_status", {}, {row + ", status"}});
    const bool optimal = plan.status == PlanStatus::optimal, within = optimal || plan.status == PlanStatus::feasible;
    const double rounded = kRounded_m * (1 + most.edges);
    faults_.expect_between("plans", row + ", lower_bound_m", plan.lower_bound_m,
                           optimal ? std::max(0.0, plan.soft_cut_m - rounded) : 0,
                           within ? plan.soft_cut_m + rounded : 1e15);
    const bool kept = plan.status == PlanStatus::kept;
    faults_.expect_between("plans", row + ", moved", plan.moved, 0, kept ? plan.households + kRounded_m : 0);
    faults_.expect_between("plans", row + ", moved_bound", plan.moved_bound, 0, plan.moved);
    if (within) faults_.expect_same("plans", row + ", relaxed_by", plan.relaxed_by, 0);
    if (plan.relaxed_proven && plan.status != PlanStatus::infeasible)
      faults_.differs("plans", row + ", relaxed_proven", 1, 0);
  }

  // --- what came before ---

  // Dates are days: rows of two updates on one day cannot be told apart, and are compared with the grids only.
  bool one_update(const std::string& at) const {
    std::size_t updates = 0;
    for (std::size_t h = 1; h < city_.history.size(); ++h) updates += city_.history[h].at == at;
    return updates == 1;
  }
  // Do the rows of that date lead to the grids as they are?
  bool newest(const std::string& at) const {
    return !city_.history.empty() && city_.history.back().at == at && one_update(at);
  }

  void check_succession() {
    std::set<std::string> living;
    for (const Grid& g : city_.grids) living.insert(g.code);
    std::map<std::pair<std::string, std::string>, std::vector<const Succession*>> parts_of;  // by old code and date
    for (const Succession& s : city_.succession) {
      const std::string row = "succession, " + s.old_code + ">" + s.new_code + ", " + s.at;
      faults_.expect_between("succession", row + ", share", s.share, kTold, 1);
      faults_.expect_between("succession", row + ", households", s.households, 0, 1e15);
      if (s.retired ? living.contains(s.old_code) : newest(s.at) && !living.contains(s.old_code))
        faults_.differs("succession", row + ", retired", s.retired, !s.retired);
      if (newest(s.at) && !living.contains(s.new_code))
        faults_.add("succession", {"no_such_grid", {{"grid", s.new_code}}, {row + ", new_code"}});
      if (one_update(s.at)) parts_of[{s.old_code, s.at}].push_back(&s);
    }
    for (const auto& [old, parts] : parts_of) {
      double shares = 0;
      for (const Succession* s : parts) {
        shares += s->share;
        check_proportion(*s, *parts.front());
      }
      faults_.expect_between("succession", "succession, " + old.first + ">*, " + old.second + ", share", shares, 0, 1);
    }
  }

  // The shares of one grid are those of its households, or all of them shares of its area.
  void check_proportion(const Succession& s, const Succession& first) {
    if (first.households <= 0) return;
    const double whole = first.households / first.share;
    if (std::abs(s.share * whole - s.households) > 1e-6 * whole)
      faults_.differs("succession", "succession, " + s.old_code + ">" + s.new_code + ", " + s.at + ", share", s.share,
                      s.households / whole);
  }

  // Of the households of a grid some moved in, and the others had its code before.
  void check_moves() {
    const bool first = city_.history.size() <= 1 && city_.succession.empty();
    std::map<std::string, double> came, stayed;
    for (const Succession& s : city_.succession)
      if (newest(s.at)) (s.old_code == s.new_code ? stayed : came)[s.new_code] += s.households;
    for (std::size_t g = 0; g < city_.grids.size(); ++g) {
      const Grid& now = city_.grids[g];
      const double slack = 1e-6 * (1 + now.households);
      const auto at = stayed.find(now.code);
      const double moved = at == stayed.end() ? 0 : now.households - at->second;
      faults_.expect_between("grids", grid(g) + ", households_moved", now.households_moved,
                             std::max(came[now.code], moved) - slack,
                             first ? 0 : (at == stayed.end() ? now.households : moved) + slack);
    }
  }

  const City& city_;
  FaultList faults_;
  bool weighed_ = false;  // how much every layer's lines counted is known
};

}  // namespace

std::vector<Fault> check_plans(const City& city, std::size_t limit) { return PlanProof(city, limit).run(); }

}  // namespace gridloom
