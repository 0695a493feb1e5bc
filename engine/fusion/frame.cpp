// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/frame.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "engine/arrangement/adjacency.h"
#include "engine/base/errors.h"
#include "engine/fusion/cover.h"

namespace gridloom {
namespace {

// Ground without a unit that is smaller than this is a wharf or a slip of the pen, no place to be governed by itself.
constexpr double kSmallest_m2 = 10'000;

constexpr Label kUnassigned = -2;  // inside the frame, no unit yet

struct Measures {
  std::vector<Int128> area;
  std::vector<double> length;
  FaceEdges edges;

  explicit Measures(const Arrangement& m) : area(doubled_areas(m)), length(arc_lengths(m)), edges(m) {}
};

class LevelResolver {
 public:
  LevelResolver(const DeliveredAdminLevel& delivered, const Arrangement& m, const Measures& measures,
                const Labeling& raw, const AdminLevel& above)
      : delivered_(delivered), m_(m), measures_(measures), raw_(raw), above_(above) {}

  AdminLevel run() {
    level_.id = delivered_.id;
    level_.title = delivered_.title;
    make_units();
    choose();
    fill();
    return std::move(level_);
  }

 private:
  bool inside(FaceId f) const { return above_.of_face[f] != kGap; }

  void make_units() {
    const auto& cells = delivered_.units.cells;
    std::map<std::string, std::int32_t> by_code;
    for (std::size_t u = 0; u < above_.units.size(); ++u) by_code[above_.units[u].code] = static_cast<std::int32_t>(u);
    std::vector<std::map<std::int32_t, Int128>> shared(cells.size());
    for (FaceId f = 1; f < m_.face_count; ++f)
      if (inside(f))
        for (Label c : cover_of(raw_, f)) shared[c][above_.of_face[f]] += measures_.area[f];
    for (std::size_t c = 0; c < cells.size(); ++c) {
      AdminUnit unit{cells[c].cell.id, delivered_.names[c], -1};
      const std::string& named = delivered_.parents[c];
      if (const auto at = by_code.find(named); !named.empty() && at != by_code.end()) {
        unit.parent = at->second;
      } else if (!named.empty()) {
        throw DataError("unit_of_unknown_parent",
                        {{"level", delivered_.id}, {"unit", unit.code}, {"parent", named}, {"above", above_.id}, {"near", ""}});
      } else {
        for (const auto& [parent, area] : shared[c])
          if (unit.parent < 0 || area > shared[c][unit.parent]) unit.parent = parent;
      }
      level_.units.push_back(unit);
    }
  }

  // The first cover that lies under the right parent.
  void choose() {
    level_.of_face.assign(m_.face_count, kGap);
    for (FaceId f = 1; f < m_.face_count; ++f) {
      if (!inside(f)) continue;
      level_.of_face[f] = kUnassigned;
      for (Label c : cover_of(raw_, f))
        if (level_.units[c].parent == above_.of_face[f]) {
          level_.of_face[f] = c;
          break;
        }
    }
  }

  void fill() {
    std::vector<char> seen(m_.face_count, 0);
    for (FaceId f = 1; f < m_.face_count; ++f)
      if (level_.of_face[f] == kUnassigned && !seen[f]) fill_piece(piece(f, seen));
  }

  // The edge-connected piece of unassigned ground under one parent.
  std::vector<FaceId> piece(FaceId start, std::vector<char>& seen) const {
    std::vector<FaceId> faces{start};
    seen[start] = 1;
    for (std::size_t i = 0; i < faces.size(); ++i)
      for (HalfEdge h : measures_.edges.of(faces[i])) {
        const FaceId g = left_of(m_, h.twin());
        if (seen[g] || level_.of_face[g] != kUnassigned || above_.of_face[g] != above_.of_face[start]) continue;
        seen[g] = 1;
        faces.push_back(g);
      }
    std::sort(faces.begin(), faces.end());
    return faces;
  }

  double width(const std::vector<FaceId>& faces) const {
    Int128 area = 0;
    double rim = 0;
    for (FaceId f : faces) {
      area += measures_.area[f];
      for (HalfEdge h : measures_.edges.of(f))
        if (!std::binary_search(faces.begin(), faces.end(), left_of(m_, h.twin()))) rim += measures_.length[h.arc()];
    }
    return rim > 0 ? 2 * square_metres(area) / rim : 0;
  }

  void fill_piece(const std::vector<FaceId>& faces) {
    std::vector<FaceId> rest = faces;
    Int128 area = 0;
    for (FaceId f : faces) area += measures_.area[f];
    if (width(faces) < delivered_.units.accuracy_m || square_metres(area) < kSmallest_m2)
      while (grow(rest)) {
      }
    if (rest.empty()) return;
    const Label unit = remainder_unit(above_.of_face[rest.front()]);
    for (FaceId f : rest) level_.of_face[f] = unit;
  }

  // Gives every face that borders a unit under its parent to the one with the longest border. One ring of faces a call.
  bool grow(std::vector<FaceId>& rest) {
    std::vector<std::pair<FaceId, Label>> given;
    for (FaceId f : rest) {
      std::map<Label, double> border;
      for (HalfEdge h : measures_.edges.of(f)) {
        const FaceId g = left_of(m_, h.twin());
        if (level_.of_face[g] >= 0 && above_.of_face[g] == above_.of_face[f])
          border[level_.of_face[g]] += measures_.length[h.arc()];
      }
      const auto best = std::max_element(border.begin(), border.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
      if (best != border.end()) given.emplace_back(f, best->first);
    }
    for (const auto& [f, unit] : given) level_.of_face[f] = unit;
    std::erase_if(rest, [&](FaceId f) { return level_.of_face[f] != kUnassigned; });
    return !given.empty() && !rest.empty();
  }

  Label remainder_unit(std::int32_t parent) {
    const AdminUnit& above = above_.units[parent];
    std::string code = above.code + "000";
    const auto holder = [&] {
      return std::find_if(level_.units.begin(), level_.units.end(), [&](const AdminUnit& u) { return u.code == code; });
    };
    auto unit = holder();
    for (; unit != level_.units.end() && unit->parent != parent; unit = holder()) code += "0";  // taken elsewhere
    if (unit != level_.units.end()) return static_cast<Label>(unit - level_.units.begin());
    level_.units.push_back({code, {above.name.en + " (direct)", above.name.zh + "（直辖）"}, parent});
    return static_cast<Label>(level_.units.size() - 1);
  }

  const DeliveredAdminLevel& delivered_;
  const Arrangement& m_;
  const Measures& measures_;
  const Labeling& raw_;
  const AdminLevel& above_;
  AdminLevel level_;
};

// What was delivered for a level and what it became, summed over faces with the same story.
void report(const Arrangement& m, const Labeling& raw, const AdminLevel& level, Frame& frame) {
  using Codes = std::vector<std::string>;
  std::map<std::tuple<ConflictKind, Codes, Codes>, std::vector<FaceId>> stories;
  for (FaceId f = 1; f < m.face_count; ++f) {
    const CoverState cells = cover_of(raw, f);
    const Label now = level.of_face[f];
    if (cells.empty() && now == kGap) continue;
    if (cells.size() == 1 && cells[0] == now) continue;
    Codes before, after;
    for (Label c : cells) before.push_back(level.units[c].code);
    std::sort(before.begin(), before.end());
    if (now != kGap) after.push_back(level.units[now].code);
    const ConflictKind kind = now == kGap        ? ConflictKind::outside_frame
                              : cells.empty()    ? ConflictKind::gap
                              : cells.size() > 1 ? ConflictKind::overlap
                                                 : ConflictKind::nesting;
    stories[{kind, std::move(before), std::move(after)}].push_back(f);
  }
  for (auto& [story, faces] : stories) {
    Conflict c;
    c.admin_level = level.id;
    std::tie(c.kind, c.before, c.after) = story;
    frame.conflicts.push_back(std::move(c));
    frame.conflict_faces.push_back(std::move(faces));
  }
}

// Pieces of a unit smaller than this are noise of rounding two lines that should be one; islands are larger.
constexpr double kNoise_m2 = 1.0;

// A face of the unit, whichever it is, that shares the longest border with a piece; the outside where only that is
// near.
FaceId taker_of(const std::vector<FaceId>& piece, const Arrangement& m, const Measures& measures, const Frame& frame) {
  std::map<FaceId, double> border;  // by a face of the taker; its labels are the taker's
  std::map<Label, FaceId> taker;
  const std::vector<Label>& unit = frame.levels.back().of_face;
  for (FaceId f : piece)
    for (HalfEdge h : measures.edges.of(f)) {
      const FaceId g = left_of(m, h.twin());
      if (unit[g] == unit[f]) continue;
      border[taker.try_emplace(unit[g], g).first->second] += measures.length[h.arc()];
    }
  FaceId best = kOutside;
  double longest = 0;
  for (const auto& [g, length] : border)
    if (unit[g] != kGap && length > longest) {
      best = g;
      longest = length;
    }
  return best;
}

// Pieces of units smaller than so much become part of what is beside them, at every level; noise that touches nothing
// leaves the frame.
void settle_pieces(const Arrangement& m, const Measures& measures, double smallest_m2, Label first_unit, Frame& frame) {
  std::vector<char> seen(m.face_count, 0);
  for (FaceId f = 1; f < m.face_count; ++f) {
    const std::vector<Label>& unit = frame.levels.back().of_face;
    if (seen[f] || unit[f] == kGap || unit[f] < first_unit) continue;
    std::vector<FaceId> piece{f};
    Int128 area = 0;
    seen[f] = 1;
    for (std::size_t i = 0; i < piece.size(); ++i) {
      area += measures.area[piece[i]];
      for (HalfEdge h : measures.edges.of(piece[i])) {
        const FaceId g = left_of(m, h.twin());
        if (seen[g] || unit[g] != unit[f]) continue;
        seen[g] = 1;
        piece.push_back(g);
      }
    }
    if (square_metres(area) >= smallest_m2) continue;
    const FaceId taker = taker_of(piece, m, measures, frame);
    if (taker == kOutside && square_metres(area) >= kNoise_m2) continue;
    for (AdminLevel& level : frame.levels) {
      const Label to = taker == kOutside ? kGap : level.of_face[taker];
      for (FaceId g : piece) level.of_face[g] = to;
    }
  }
}

// Remainder units that noise alone had called for.
void drop_empty_remainders(const FuseInput& in, Frame& frame) {
  for (std::size_t k = 0; k < frame.levels.size(); ++k) {
    AdminLevel& level = frame.levels[k];
    const std::size_t delivered = std::max<std::size_t>(1, in.admin[k].units.cells.size());
    std::vector<char> used(level.units.size(), 0);
    for (Label u : level.of_face)
      if (u != kGap) used[u] = 1;
    std::vector<Label> renumbered(level.units.size(), kGap);
    std::vector<AdminUnit> kept;
    for (std::size_t u = 0; u < level.units.size(); ++u) {
      if (u >= delivered && !used[u]) continue;
      renumbered[u] = static_cast<Label>(kept.size());
      kept.push_back(level.units[u]);
    }
    level.units = std::move(kept);
    for (Label& u : level.of_face)
      if (u != kGap) u = renumbered[u];
    if (k + 1 < frame.levels.size())
      for (AdminUnit& below : frame.levels[k + 1].units)
        if (below.parent >= 0) below.parent = renumbered[below.parent];
  }
}

}  // namespace

std::vector<Label> Frame::plots() const {
  const std::vector<Label>& unit = levels.back().of_face;
  std::vector<Label> plot(unit.size(), kGap);
  std::map<std::array<Label, 3>, Label> number;
  const auto of = [](const std::vector<Label>& labels, FaceId f) { return labels.empty() ? kGap : labels[f]; };
  for (FaceId f = 0; f < unit.size(); ++f) {
    if (unit[f] == kGap) continue;
    const std::array<Label, 3> key{unit[f], of(fixed_grid_of_face, f), of(todays_grid_of_face, f)};
    plot[f] = number.try_emplace(key, static_cast<Label>(number.size())).first->second;
  }
  return plot;
}

Frame resolve_frame(const FuseInput& in, const Arrangement& m, std::span<const Labeling> labelings) {
  const Measures measures(m);
  Frame frame;
  // The whole frame as one unit: the parent of the first delivered level.
  AdminLevel whole;
  whole.units.push_back({in.city_code, in.city_name, -1});
  whole.of_face.assign(m.face_count, kGap);
  for (FaceId f = 1; f < m.face_count; ++f)
    if (labelings.front().of_face[f] != kGap) whole.of_face[f] = 0;

  std::size_t delivered = 0;
  for (const DeliveredAdminLevel& level : in.admin) {
    if (level.units.cells.empty()) {
      AdminLevel top = whole;
      top.id = level.id;
      top.title = level.title;
      frame.levels.push_back(std::move(top));
      continue;
    }
    const bool first = frame.levels.empty();
    AdminLevel resolved =
        LevelResolver(level, m, measures, labelings[delivered++], first ? whole : frame.levels.back()).run();
    if (first)
      for (AdminUnit& u : resolved.units) u.parent = -1;
    frame.levels.push_back(std::move(resolved));
  }
  // Small ground directly under its parent, which no unit there claims: often one of another parent does, on whose
  // shore it lies.
  const auto delivered_units = static_cast<Label>(in.admin.back().units.cells.size());
  if (delivered_units > 0) settle_pieces(m, measures, kSmallest_m2, delivered_units, frame);
  settle_pieces(m, measures, kNoise_m2, 0, frame);
  drop_empty_remainders(in, frame);
  for (std::size_t k = 0, raw = 0; k < in.admin.size(); ++k)
    if (!in.admin[k].units.cells.empty()) report(m, labelings[raw++], frame.levels[k], frame);
  return frame;
}

}  // namespace gridloom
