// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/drawn_conflicts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/fusion/conflicts.h"
#include "engine/fusion/weights.h"

namespace gridloom {
namespace {

constexpr double kRounding_m = 0.002;  // the outline and what was drawn both round to the lattice

bool stays(DrawnKind kind) { return kind == DrawnKind::special || kind == DrawnKind::locked; }

std::vector<Ring> rings_of(std::span<const PolygonRings> polygons) {
  std::vector<Ring> out;
  for (const PolygonRings& polygon : polygons)
    for (std::size_t r = 0; r < polygon.size(); ++r)
      out.push_back({{polygon[r].begin(), polygon[r].end() - 1}, r > 0});  // without the first point again
  return out;
}

std::vector<Ring> outline_of(const Arrangement& m) {
  std::vector<FaceId> all;
  for (FaceId f = 1; f < m.face_count; ++f) all.push_back(f);
  return rings_of(grounds_of(m, {all}).front());
}

// The drawn areas of some kinds, laid over the city's outline.
class DrawnOverlay {
 public:
  DrawnOverlay(const Lattice& lattice, std::span<const Ring> outline, std::vector<const DrawnArea*> areas,
               unsigned threads)
      : areas_(std::move(areas)), has_ground_(areas_.size(), false), leads_(has_ground_), anywhere_(has_ground_) {
    std::vector<StackLayer> stack(2);
    stack[0].cells = {outline};
    for (const DrawnArea* area : areas_) stack[1].cells.emplace_back(area->rings);
    Subdivision over = build(lattice, stack, threads);
    arrangement_ = std::move(over.arrangement);
    area_ = doubled_areas(arrangement_);
    inside_ = std::move(over.labelings[0].of_face);
    drawn_ = std::move(over.labelings[1]);
    tell_stories();
  }

  std::vector<Conflict> release() { return std::move(conflicts_); }

 private:
  struct Story {
    ConflictKind kind = ConflictKind::overlap;
    DrawnKind of = DrawnKind::special;
    std::vector<std::string> before, after;
    auto operator<=>(const Story&) const = default;
  };

  std::vector<std::string> ids_of(const CoverState& state) const {
    std::set<std::string> sorted;
    for (Label a : state) sorted.insert(at(a).id);
    return {sorted.begin(), sorted.end()};
  }

  const DrawnArea& at(Label a) const { return *areas_[static_cast<std::size_t>(a)]; }

  // Today's grids make way for special ones.
  CoverState claims_on(FaceId f) const {
    CoverState state = cover_of(drawn_, f);
    if (!state.empty() && at(state.front()).kind == DrawnKind::special)
      std::erase_if(state, [&](Label a) { return at(a).kind == DrawnKind::existing; });
    return state;
  }

  std::optional<Story> story_of(FaceId f, const CoverState& state) const {
    if (state.empty()) return {};
    const DrawnKind of = at(state.front()).kind;
    if (inside_[f] == kGap) return Story{ConflictKind::outside_frame, of, ids_of(state), {}};
    if (state.size() == 1 || of == DrawnKind::allowed_gap) return {};
    return Story{ConflictKind::overlap, of, ids_of(state), stays(of) ? ids_of({state.front()}) : ids_of(state)};
  }

  // Wider than rounding makes a face.
  std::vector<char> grounds() const {
    const std::vector<double> length = arc_lengths(arrangement_);
    std::vector<double> rim(arrangement_.face_count, 0);
    for (ArcId a = 0; a < length.size(); ++a)
      for (FaceId f : {arrangement_.arcs[a].left, arrangement_.arcs[a].right}) rim[f] += length[a];
    std::vector<char> out(arrangement_.face_count, 0);
    for (FaceId f = 1; f < out.size(); ++f) out[f] = square_metres(area_[f]) > kRounding_m * rim[f];
    return out;
  }

  void tell_stories() {
    std::map<Story, std::vector<FaceId>> stories;
    const std::vector<char> is_ground = grounds();
    for (FaceId f = 1; f < arrangement_.face_count; ++f) {
      if (!is_ground[f]) continue;
      const CoverState state = claims_on(f);
      for (Label a : cover_of(drawn_, f)) {
        anywhere_[static_cast<std::size_t>(a)] = true;
        if (inside_[f] != kGap) has_ground_[static_cast<std::size_t>(a)] = true;
      }
      if (inside_[f] != kGap && !state.empty()) leads_[static_cast<std::size_t>(state.front())] = true;
      if (const auto story = story_of(f, state)) stories[*story].push_back(f);
    }
    std::vector<std::vector<FaceId>> sets;
    for (auto& [story, faces] : stories) sets.push_back(std::move(faces));
    std::vector<std::vector<PolygonRings>> ground = grounds_of(arrangement_, sets);
    std::size_t s = 0;
    for (const auto& [story, faces] : stories) {
      Conflict& c = add(story.kind, story.of, story.before);
      c.after = story.after;
      Int128 sum = 0;
      for (FaceId f : sets[s]) sum += area_[f];
      c.area_m2 = square_metres(sum);
      c.ground = std::move(ground[s++]);
    }
    for (std::size_t a = 0; a < areas_.size(); ++a) tell_hidden(a);
  }

  void tell_hidden(std::size_t a) {
    const DrawnArea& area = *areas_[a];
    if (has_ground_[a] && (leads_[a] || !stays(area.kind))) return;
    Conflict& c = add(has_ground_[a] ? ConflictKind::covered_cell : ConflictKind::lost_cell, area.kind, {area.id});
    c.facts = OfDrawn{area.kind, !has_ground_[a] && anywhere_[a]};
  }

  Conflict& add(ConflictKind kind, DrawnKind of, std::vector<std::string> before) {
    Conflict& c = conflicts_.emplace_back();
    c.kind = kind;
    c.before = std::move(before);
    c.facts = OfDrawn{of, false};
    return c;
  }

  std::vector<const DrawnArea*> areas_;
  std::vector<bool> has_ground_, leads_, anywhere_;  // [area]: in the frame; as the first there; at all
  Arrangement arrangement_;
  std::vector<Int128> area_;  // [face], doubled
  std::vector<Label> inside_;
  Labeling drawn_;
  std::vector<Conflict> conflicts_;
};

// Grids drawn to stay that became several.
std::vector<Conflict> divided(const City& city, const Regions& regions, std::span<const std::uint32_t> region_of_grid) {
  std::map<Label, std::vector<std::uint32_t>> grids_of;
  for (std::uint32_t g = 0; g < city.grids.size(); ++g)
    if (const Region& region = regions.regions[region_of_grid[g]]; region.verdict == BandVerdict::fixed)
      grids_of[region.fixed_grid].push_back(g);
  std::vector<Conflict> out;
  for (const auto& [drawn, grids] : grids_of) {
    if (grids.size() < 2) continue;
    const DrawnArea& area = city.drawn[static_cast<std::size_t>(drawn)];
    Conflict& c = out.emplace_back();
    c.kind = ConflictKind::divided;
    c.before = {area.id};
    c.facts = OfDrawn{area.kind, false};
    for (std::uint32_t g : grids) {
      c.after.push_back(city.grids[g].code);
      c.area_m2 += city.grids[g].area_m2;
      c.population += city.grids[g].population;
    }
    std::ranges::sort(c.after);
  }
  return out;
}

void count_people(const City& city, std::vector<Conflict>& conflicts, unsigned threads) {
  std::vector<std::vector<Ring>> grounds;
  for (const Conflict& c : conflicts) grounds.push_back(rings_of(c.ground));
  const std::vector<std::span<const Ring>> areas(grounds.begin(), grounds.end());
  std::vector<bool> atoms(city.arrangement.face_count, true);
  atoms[kOutside] = false;
  for (const AreaShare& share : areal_shares(city.arrangement, atoms, areas, threads))
    if (share.face != kOutside && conflicts[share.area].kind != ConflictKind::outside_frame)
      conflicts[share.area].population += city.population[share.face] * share.ground_m2 / city.area_m2[share.face];
}

}  // namespace

void add_drawn_conflicts(City& city, const Regions& regions, std::span<const std::uint32_t> region_of_grid,
                         unsigned threads) {
  if (city.drawn.empty()) return;
  const std::vector<Ring> outline = outline_of(city.arrangement);
  std::vector<Conflict> all;
  for (const bool gaps : {false, true}) {
    std::vector<const DrawnArea*> areas;
    for (const DrawnArea& area : city.drawn)
      if ((area.kind == DrawnKind::allowed_gap) == gaps) areas.push_back(&area);
    if (areas.empty()) continue;
    DrawnOverlay over(city.arrangement.lattice, outline, std::move(areas), threads);
    std::ranges::move(over.release(), std::back_inserter(all));
  }
  if (!all.empty()) count_people(city, all, threads);
  std::ranges::move(divided(city, regions, region_of_grid), std::back_inserter(all));
  std::ranges::stable_sort(all, [](const Conflict& a, const Conflict& b) {
    return std::tie(a.kind, a.before, a.after) < std::tie(b.kind, b.before, b.after);
  });
  std::ranges::move(all, std::back_inserter(city.conflicts));
}

}  // namespace gridloom
