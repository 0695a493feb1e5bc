// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_conflicts.h"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "engine/arrangement/labeling.h"

namespace gridloom {
namespace {

constexpr const char* kKind = "conflicts";

// What a row says of its ground: outside the frame, or how many cells claimed it, and the ids before and after.
enum class Claim { outside, none, one, several };
using Ids = std::vector<std::string>;
struct Story {
  Claim claim = Claim::one;
  Ids before, after;
  auto operator<=>(const Story&) const = default;
};

Claim claim_of(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::outside_frame:
      return Claim::outside;
    case ConflictKind::gap:
      return Claim::none;
    case ConflictKind::overlap:
      return Claim::several;
    default:
      return Claim::one;
  }
}

Story story_of(const Conflict& c) { return {claim_of(c.kind), c.before, c.after}; }

std::string said(const Ids& before, const Ids& after) {
  std::string out;
  for (const std::string& id : before) out += (out.empty() ? "" : ",") + id;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, after.size()); ++i)
    out += (i == 0 ? ">" : ",") + (after.empty() ? std::string() : after[i]);
  return out;
}

std::string said(const Story& story) {
  constexpr const char* kWords[] = {"outside_frame", "gap", "sliver|nesting", "overlap"};
  return std::string(kWords[static_cast<int>(story.claim)]) + " " + said(story.before, story.after);
}

double ground_m2(const Conflict& c) {
  double sum = 0;
  for (const auto& polygon : c.ground)
    for (std::size_t r = 0; r < polygon.size(); ++r)
      sum += (r == 0 ? 1 : -1) * std::abs(square_metres(doubled_area(polygon[r])));
  return sum;
}

class ConflictProof {
 public:
  ConflictProof(const City& city, const DeliveredOverlay& over, std::size_t limit)
      : city_(city), over_(over), faults_(limit) {}

  std::vector<Fault> run() {
    for (const Conflict& c : city_.conflicts) check_row(c);
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      if (!city_.layers[l].moved) check_ground(l);
      check_hidden_cells(l);
    }
    check_people();
    check_duties();
    check_targets();
    return faults_.release();
  }

 private:
  std::string row(const Conflict& c) const {
    const std::string of = c.layer >= 0 ? city_.layers[static_cast<std::size_t>(c.layer)].id : c.admin_level;
    return "conflicts, " + (of.empty() ? "" : of + ", ") + ids_text(city_, c);
  }

  void check_row(const Conflict& c) {
    if (tells_of_ground(c) || !c.admin_level.empty()) {
      faults_.expect_same(kKind, row(c) + ", area_m2", c.area_m2, ground_m2(c));
    } else if (c.kind == ConflictKind::shift || (is_hidden(c) && c.layer >= 0)) {
      faults_.expect_same(kKind, row(c) + ", area_m2", c.area_m2, 0);
      faults_.expect_same(kKind, row(c) + ", population", c.population, 0);
    }
    if (c.admin_level.empty()) return;
    const bool known = std::any_of(city_.admin.begin(), city_.admin.end(),
                                   [&](const AdminLevel& level) { return level.id == c.admin_level; });
    if (!known) faults_.add(kKind, {"no_such_level", {{"level", c.admin_level}}, {row(c)}});
  }

  static bool is_hidden(const Conflict& c) {
    return c.kind == ConflictKind::covered_cell || c.kind == ConflictKind::lost_cell;
  }

  Ids ids_of(std::size_t l, const std::vector<Label>& cells) const {
    std::set<std::string> sorted;
    for (Label c : cells) sorted.insert(city_.layers[l].cells[static_cast<std::size_t>(c)].id);
    return {sorted.begin(), sorted.end()};
  }

  // What became of a face of the overlay; empty where nothing did.
  std::optional<Story> story_at(std::size_t l, FaceId f) const {
    const FaceId atom = over_.atom_of_face[f];
    const std::vector<Label> before = cover_of(over_.delivered[l], f);
    const std::vector<Label> after = atom == kOutside ? std::vector<Label>() : cover_of(city_.layers[l].labels, atom);
    if (atom == kOutside ? before.empty() : before == after && before.size() == 1) return {};
    const Claim claim = atom == kOutside     ? Claim::outside
                        : before.empty()     ? Claim::none
                        : before.size() == 1 ? Claim::one
                                             : Claim::several;
    return Story{claim, ids_of(l, before), ids_of(l, after)};
  }

  void check_ground(std::size_t l) {
    std::map<Story, double> counted, recorded;
    std::map<Story, FaceId> wrong;
    for (FaceId f = 1; f < over_.arrangement.face_count; ++f) {
      const std::optional<Story> is = story_at(l, f);
      const Label listed = over_.listed[l].of_face[f];
      if (!is && listed == kGap) continue;
      std::optional<Story> says;
      if (listed != kGap) says = story_of(city_.conflicts[static_cast<std::size_t>(listed)]);
      if (is) counted[*is] += over_.area_m2[f];
      const bool doubled = !over_.listed[l].further(f).empty();
      if ((is == says && !doubled) || !over_.is_ground(f)) continue;
      for (const auto& story : {is, says})
        if (story) wrong.try_emplace(*story, f);
    }
    if (wrong.empty()) return;
    for (const Conflict& c : city_.conflicts)
      if (c.layer == static_cast<std::int32_t>(l) && tells_of_ground(c)) recorded[story_of(c)] += c.area_m2;
    for (const auto& [story, f] : wrong)
      faults_.differs(kKind, "conflicts, " + city_.layers[l].id + ", " + said(story) + ", area_m2", recorded[story],
                      counted[story], some_point(f));
  }

  Point some_point(FaceId f) const {
    for (const Arc& a : over_.arrangement.arcs)
      if (a.left == f || a.right == f) return over_.arrangement.points[a.first];
    return {};
  }

  // People of a row: at least those of the atoms that lie in it, at most those of the atoms it touches.
  void check_people() {
    std::vector<std::uint32_t> faces_of_atom(city_.arrangement.face_count, 0);
    double densest = 0;
    for (FaceId f = 1; f < over_.arrangement.face_count; ++f) ++faces_of_atom[over_.atom_of_face[f]];
    for (FaceId a = 1; a < city_.arrangement.face_count; ++a)
      densest = std::max(densest, city_.population[a] / std::max(1.0, city_.area_m2[a]));
    struct Touched {
      std::map<FaceId, std::uint32_t> atoms;  // with the number of their faces in the row
      double rim_m = 0;
    };
    std::map<Label, Touched> of_row;
    const auto touch = [&](const Labeling& listed) {
      for (FaceId f = 1; f < over_.arrangement.face_count && !listed.of_face.empty(); ++f)
        if (listed.of_face[f] != kGap) {
          Touched& t = of_row[listed.of_face[f]];
          t.rim_m += over_.perimeter_m[f];
          if (over_.atom_of_face[f] != kOutside) ++t.atoms[over_.atom_of_face[f]];
        }
    };
    for (const Labeling& listed : over_.listed) touch(listed);
    for (const DrawnInOverlay& drawn : over_.drawn) touch(drawn.listed);
    for (const auto& [r, touched] : of_row) {
      const Conflict& c = city_.conflicts[static_cast<std::size_t>(r)];
      double inside = 0, all = 0;
      for (const auto& [atom, faces] : touched.atoms) {
        all += city_.population[atom];
        if (faces == faces_of_atom[atom]) inside += city_.population[atom];
      }
      const double slack = c.kind == ConflictKind::outside_frame ? 0 : 1 + kRounding_m * touched.rim_m * densest;
      faults_.expect_between(kKind, row(c) + ", population", c.population, inside - slack, all + slack);
    }
  }

  // Cells that lead nowhere, each in one row; lost only where nothing of them was delivered inside.
  void check_hidden_cells(std::size_t l) {
    const Layer& layer = city_.layers[l];
    enum { nowhere, trace, ground };
    std::vector<char> leads(layer.cells.size(), 0), present = leads, inside = leads;
    for (Label c : layer.labels.of_face)
      if (c != kGap) leads[static_cast<std::size_t>(c)] = present[static_cast<std::size_t>(c)] = 1;
    for (const OverlapLabel& o : layer.labels.overlaps) present[static_cast<std::size_t>(o.label)] = 1;
    for (FaceId f = 1; f < over_.arrangement.face_count && !layer.moved; ++f)
      if (over_.atom_of_face[f] != kOutside)
        for (Label c : cover_of(over_.delivered[l], f)) {
          char& at = inside[static_cast<std::size_t>(c)];
          at = std::max<char>(at, over_.is_ground(f) ? ground : trace);
        }
    std::map<std::pair<Ids, Ids>, std::vector<const Conflict*>> rows;
    for (const Conflict& c : city_.conflicts)
      if (c.layer == static_cast<std::int32_t>(l) && is_hidden(c)) rows[{c.before, c.after}].push_back(&c);
    for (std::size_t c = 0; c < layer.cells.size(); ++c) {
      if (leads[c]) continue;
      const Ids before{layer.cells[c].id}, after = present[c] ? before : Ids();
      const auto at = rows.find({before, after});
      const std::string what = "conflicts, " + layer.id + ", covered_cell|lost_cell " + said(before, after);
      if (at == rows.end() || at->second.size() != 1) {
        faults_.differs(kKind, what + ", rows", at == rows.end() ? 0 : at->second.size(), std::size_t{1});
      } else if (!layer.moved && inside[c] != trace) {
        const bool lost = at->second.front()->kind == ConflictKind::lost_cell;
        const auto word = [](bool is_lost) {
          return word_of(is_lost ? ConflictKind::lost_cell : ConflictKind::covered_cell);
        };
        if (lost != (inside[c] == nowhere)) faults_.differs(kKind, what + ", kind", word(lost), word(!lost));
      }
      if (at != rows.end()) rows.erase(at);
    }
    for (const auto& [ids, extra] : rows)
      faults_.differs(kKind,
                      "conflicts, " + layer.id + ", covered_cell|lost_cell " + said(ids.first, ids.second) + ", rows",
                      extra.size(), std::size_t{0});
  }

  using Numbers = std::pair<double, double>;  // area, people
  struct Key {
    std::int32_t layer = -1, grid = -1;
    Ids after;
    auto operator<=>(const Key&) const = default;
  };
  using Rows = std::map<Key, std::vector<Numbers>>;

  Rows rows_of(ConflictKind kind) const {
    Rows out;
    for (const Conflict& c : city_.conflicts)
      if (c.kind == kind) out[{c.layer, c.grid, c.after}].push_back({c.area_m2, c.population});
    return out;
  }

  std::string said_of(const std::string& kind, const Key& key) const {
    const Ids grid{city_.grids[static_cast<std::size_t>(key.grid)].code};
    return "conflicts, " + kind + " " + (key.layer < 0 ? grid.front() : said(grid, key.after));
  }

  // `expected` rows exist once each with these numbers; `allowed` may be missing; no other does.
  void compare(const std::string& kind, Rows rows, const Rows& expected, const Rows& allowed) {
    for (const Rows* some : {&expected, &allowed})
      for (const auto& [key, numbers] : *some) {
        const auto at = rows.find(key);
        const std::string what = said_of(kind, key);
        const std::size_t found = at == rows.end() ? 0 : at->second.size();
        if (found != 1 && (found > 1 || some == &expected))
          faults_.differs(kKind, what + ", rows", found, std::size_t{1});
        if (found == 0) continue;
        faults_.expect_same(kKind, what + ", area_m2", at->second.front().first, numbers.front().first);
        faults_.expect_same(kKind, what + ", population", at->second.front().second, numbers.front().second);
        rows.erase(at);
      }
    for (const auto& [key, numbers] : rows)
      faults_.differs(kKind, said_of(kind, key) + ", rows", numbers.size(), std::size_t{0});
  }

  void check_duties() {
    Rows expected;
    for (const Responsibility& d : city_.responsibilities) {
      if (d.status != DutyStatus::split || d.cell == kGap) continue;
      const Grid& g = city_.grids[d.grid];
      expected[{static_cast<std::int32_t>(d.layer),
                static_cast<std::int32_t>(d.grid),
                {city_.layers[d.layer].cells[static_cast<std::size_t>(d.cell)].id}}]
          .push_back({g.area_m2, g.population * (1 - d.share)});
    }
    compare("split_duty", rows_of(ConflictKind::split_duty), expected, {});
  }

  // A grid at the very edge of the band may be either. What was given when the city was fused need not be within it; a
  // lock of today does not tell, for planners lock and unlock grids in the file.
  void check_targets() {
    Rows expected, allowed;
    for (std::size_t i = 0; i < city_.grids.size(); ++i) {
      const Grid& g = city_.grids[i];
      if (g.kind != GridKind::general || g.verdict == BandVerdict::fixed) continue;
      const double least = city_.households_min, most = city_.households_max;
      const bool edge = same_number(g.households, least) || same_number(g.households, most);
      if (!edge && g.households > least && g.households < most) continue;
      (edge ? allowed : expected)[{-1, static_cast<std::int32_t>(i), {}}].push_back({g.area_m2, g.population});
    }
    compare("unmet_target", rows_of(ConflictKind::unmet_target), expected, allowed);
  }

  const City& city_;
  const DeliveredOverlay& over_;
  FaultList faults_;
};

}  // namespace

std::vector<Fault> check_conflicts(const City& city, const DeliveredOverlay& over, std::size_t limit) {
  return ConflictProof(city, over, limit).run();
}

}  // namespace gridloom
