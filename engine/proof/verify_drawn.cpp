// SPDX-License-Identifier: Apache-2.0
#include "engine/proof/verify_drawn.h"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace gridloom {
namespace {

constexpr const char* kKind = "conflicts";
using Ids = std::set<std::string>;

struct Row {
  ConflictKind kind = ConflictKind::overlap;
  DrawnKind of = DrawnKind::special;
  Ids before, after;
  bool outside = false;
  auto operator<=>(const Row&) const = default;
};

std::string said(const Row& row) {
  std::string out = "conflicts, " + std::string(word_of(row.of)) + ", " + std::string(word_of(row.kind)) + " ";
  for (const std::string& id : row.before) out += id + ",";
  out.back() = '>';
  for (const std::string& id : row.after) out += id + ",";
  return out;
}

Row row_of(const Conflict& c) {
  const OfDrawn& of = std::get<OfDrawn>(c.facts);
  return {c.kind, of.kind, {c.before.begin(), c.before.end()}, {c.after.begin(), c.after.end()}, of.outside};
}

class DrawnProof {
 public:
  DrawnProof(const City& city, const DeliveredOverlay& over, std::size_t limit)
      : city_(city), over_(over), faults_(limit) {}

  std::vector<Fault> run() {
    for (const DrawnInOverlay& set : over_.drawn) check_ground(set);
    check_whole_rows();
    return faults_.release();
  }

 private:
  // What an area has in the frame.
  struct Held {
    bool anywhere = false, inside = false, first = false;
    std::set<Label> grids;  // where it is the first
  };

  const DrawnArea& area(const DrawnInOverlay& set, Label a) const {
    return city_.drawn[set.areas[static_cast<std::size_t>(a)]];
  }

  static bool is_fixed(const DrawnArea& a) { return a.kind == DrawnKind::special || a.kind == DrawnKind::locked; }

  void check_ground(const DrawnInOverlay& set) {
    std::vector<Held> held(set.areas.size());
    std::map<Row, double> counted;
    std::map<Row, Point> wrong;
    for (FaceId f = 1; f < over_.arrangement.face_count; ++f) {
      if (!over_.is_ground(f)) continue;
      const FaceId atom = over_.atom_of_face[f];
      std::vector<Label> claims = cover_of(set.delivered, f);
      for (Label a : claims) {
        held[static_cast<std::size_t>(a)].anywhere = true;
        if (atom != kOutside) held[static_cast<std::size_t>(a)].inside = true;
      }
      const bool special = !claims.empty() && area(set, claims.front()).kind == DrawnKind::special;
      if (special) std::erase_if(claims, [&](Label a) { return area(set, a).kind == DrawnKind::existing; });
      if (!claims.empty() && atom != kOutside) {
        Held& first = held[static_cast<std::size_t>(claims.front())];
        first.first = true;
        first.grids.insert(city_.grid_of_face[atom]);
      }
      const std::optional<Row> is = claims.empty() ? std::nullopt : row_at(set, claims, atom);
      const std::vector<Label> listed = cover_of(set.listed, f);
      std::optional<Row> says;
      if (!listed.empty()) says = row_of(city_.conflicts[static_cast<std::size_t>(listed.front())]);
      if (is) counted[*is] += over_.area_m2[f];
      if (is == says && listed.size() < 2) continue;
      for (const auto& row : {is, says})
        if (row) wrong.try_emplace(*row, some_point(f));
    }
    for (const auto& [row, at] : wrong)
      faults_.differs(kKind, said(row) + ", area_m2", recorded(row), counted[row], at);
    for (std::size_t a = 0; a < held.size(); ++a) expect_whole_rows(city_.drawn[set.areas[a]], held[a]);
  }

  std::optional<Row> row_at(const DrawnInOverlay& set, const std::vector<Label>& claims, FaceId atom) const {
    const DrawnArea& first = area(set, claims.front());
    Row row{ConflictKind::overlap, first.kind, {}, {}, false};
    for (Label a : claims) row.before.insert(area(set, a).id);
    if (atom == kOutside) {
      row.kind = ConflictKind::outside_frame;
      return row;
    }
    if (claims.size() < 2 || first.kind == DrawnKind::allowed_gap) return {};
    row.after = is_fixed(first) ? Ids{first.id} : row.before;
    return row;
  }

  double recorded(const Row& row) const {
    double sum = 0;
    for (const Conflict& c : city_.conflicts)
      if (std::holds_alternative<OfDrawn>(c.facts) && row_of(c) == row) sum += c.area_m2;
    return sum;
  }

  Point some_point(FaceId f) const {
    for (const Arc& a : over_.arrangement.arcs)
      if (a.left == f || a.right == f) return over_.arrangement.points[a.first];
    return {};
  }

  struct Numbers {
    double area_m2 = 0, people = 0;
  };

  void expect_whole_rows(const DrawnArea& a, const Held& held) {
    if (!held.inside) {
      expected_.insert({{ConflictKind::lost_cell, a.kind, {a.id}, {}, held.anywhere}, {}});
    } else if (is_fixed(a) && !held.first) {
      expected_.insert({{ConflictKind::covered_cell, a.kind, {a.id}, {}, false}, {}});
    } else if (is_fixed(a) && held.grids.size() > 1) {
      Row row{ConflictKind::divided, a.kind, {a.id}, {}, false};
      Numbers of;
      for (Label g : held.grids) {
        const Grid& grid = city_.grids[static_cast<std::size_t>(g)];
        row.after.insert(grid.code);
        of.area_m2 += grid.area_m2;
        of.people += grid.population;
      }
      expected_.insert({row, of});
    }
  }

  // Rows without ground of their own, each once.
  void check_whole_rows() {
    for (const Conflict& c : city_.conflicts) {
      if (!std::holds_alternative<OfDrawn>(c.facts) || tells_of_ground(c)) continue;
      const Row row = row_of(c);
      const auto at = expected_.find(row);
      if (at == expected_.end()) {
        faults_.differs(kKind, said(row) + ", rows", std::size_t{1}, std::size_t{0});
        continue;
      }
      faults_.expect_same(kKind, said(row) + ", area_m2", c.area_m2, at->second.area_m2);
      faults_.expect_same(kKind, said(row) + ", population", c.population, at->second.people);
      expected_.erase(at);
    }
    for (const auto& [row, numbers] : expected_)
      faults_.differs(kKind, said(row) + ", rows", std::size_t{0}, std::size_t{1});
  }

  const City& city_;
  const DeliveredOverlay& over_;
  FaultList faults_;
  std::multimap<Row, Numbers> expected_;
};

}  // namespace

std::vector<Fault> check_drawn(const City& city, const DeliveredOverlay& over, std::size_t limit) {
  return DrawnProof(city, over, limit).run();
}

}  // namespace gridloom
