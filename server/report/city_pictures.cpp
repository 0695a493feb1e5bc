// SPDX-License-Identifier: Apache-2.0
#include "server/report/city_pictures.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "engine/arrangement/colours.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kHues = 6;
constexpr double kCloseUp_m = 8;  // metres per pixel below which a window shows details
constexpr double kAspect = 0.75;

// The piece of ground with the largest box.
const std::vector<std::vector<Point>>* largest_piece(const Conflict& c) {
  const auto extent = [](const auto& polygon) {
    const Box box = box_of(polygon.front());
    return (static_cast<double>(box.max.x) - box.min.x) * (static_cast<double>(box.max.y) - box.min.y);
  };
  const auto at = std::max_element(c.ground.begin(), c.ground.end(),
                                   [&](const auto& a, const auto& b) { return extent(a) < extent(b); });
  return at == c.ground.end() ? nullptr : &*at;
}

}  // namespace

CityPictures::Patches::Patches(const Arrangement& m, const std::vector<Label>& of_face, std::size_t count)
    : ground(dissolve(m, of_face, count)), hue(colour_graph(neighbours(m, of_face, count), kHues)) {}

CityPictures::CityPictures(const City& city)
    : city_(city),
      grids_(city.arrangement, city.grid_of_face, city.grids.size()),
      units_(city.arrangement, city.admin.back().of_face, city.admin.back().units.size()) {
  for (ArcId a = 0; a < city.arrangement.arcs.size(); ++a) box_of_arc_.push_back(box_of(city.arrangement.points_of(a)));
  for (std::size_t g = 0; g < city.grids.size(); ++g) grid_of_code_.emplace(city.grids[g].code, static_cast<Label>(g));
}

Label CityPictures::grid(std::string_view code) const {
  const auto at = grid_of_code_.find(code);
  return at == grid_of_code_.end() ? kGap : at->second;
}

Box CityPictures::whole() const { return window_around(box_of(city_.arrangement.points), 0.02, 100, 1); }

Box CityPictures::busiest() const {
  constexpr std::int32_t kSide_mm = 1'500'000;
  std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> pieces;
  const auto cell = [](std::int32_t mm) { return (mm - (mm < 0 ? kSide_mm - 1 : 0)) / kSide_mm; };
  for (const Conflict& c : city_.conflicts) {
    if (c.kind != ConflictKind::sliver) continue;
    for (const auto& polygon : c.ground) ++pieces[{cell(polygon.front().front().x), cell(polygon.front().front().y)}];
  }
  const auto most =
      std::max_element(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == pieces.end()) return whole();
  const Point corner{most->first.first * kSide_mm, most->first.second * kSide_mm};
  return window_around({corner, {corner.x + kSide_mm, corner.y + kSide_mm}}, 0, 0, kAspect);
}

bool CityPictures::edge_of(const std::vector<Label>& of_face, const Arc& arc) const {
  return of_face[arc.left] != of_face[arc.right];
}

void CityPictures::add_arcs(MapPicture& map, const auto& takes) const {
  for (ArcId a = 0; a < box_of_arc_.size(); ++a)
    if (map.shows(box_of_arc_[a]) && takes(a)) map.add_line(city_.arrangement.points_of(a));
}

void CityPictures::add_delivered(MapPicture& map, std::size_t layer) const {
  for (const std::vector<Ring>& rings : city_.layers[layer].delivered)
    for (const Ring& ring : rings) {
      std::vector<Point> closed = ring.points;
      closed.push_back(closed.front());
      if (map.shows(box_of(closed))) map.add_line(closed);
    }
}

void CityPictures::add_ground(MapPicture& map, const std::vector<ArcPolygon>& ground) const {
  for (const ArcPolygon& polygon : ground) {
    map.add_ring(points_of(city_.arrangement, polygon.shell));
    for (const ArcRing& hole : polygon.holes) map.add_ring(points_of(city_.arrangement, hole));
  }
}

void CityPictures::add_grid_lines(MapPicture& map) const {
  const std::vector<Label>& unit = city_.admin.back().of_face;
  const std::vector<Arc>& arcs = city_.arrangement.arcs;
  map.begin_lines("grid-line");
  add_arcs(map, [&](ArcId a) { return edge_of(city_.grid_of_face, arcs[a]) && !edge_of(unit, arcs[a]); });
  map.begin_lines("unit-line");
  add_arcs(map, [&](ArcId a) { return edge_of(unit, arcs[a]); });
}

std::string CityPictures::delivered(const Box& window, double width_px, const std::string& label) const {
  MapPicture map(window, width_px);
  std::vector<std::size_t> order(city_.layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return city_.layers[a].cells.size() > city_.layers[b].cells.size();
  });
  for (std::size_t l : order) {
    map.begin_lines("delivered d" + std::to_string(l));
    add_delivered(map, l);
  }
  return map.svg(label);
}

std::string CityPictures::grids(const Box& window, double width_px, const std::string& label) const {
  MapPicture map(window, width_px);
  const bool close_up = map.metres_per_pixel() < kCloseUp_m;
  const Patches& patches = close_up ? grids_ : units_;
  for (std::size_t i = 0; i < patches.ground.of_label.size(); ++i) {
    map.begin_rings("patch h" + std::to_string(patches.hue[i]));
    add_ground(map, patches.ground.of_label[i]);
  }
  for (std::size_t g = 0; g < city_.grids.size(); ++g) {
    if (city_.grids[g].kind == GridKind::general) continue;
    map.begin_rings(city_.grids[g].kind == GridKind::special ? "special" : "uninhabited");
    add_ground(map, grids_.ground.of_label[g]);
  }
  if (close_up) {
    map.begin_lines("atom-line");
    add_arcs(map, [&](ArcId) { return true; });
  }
  add_grid_lines(map);
  return map.svg(label);
}

std::string CityPictures::changed(const Box& window, double width_px, const std::string& label) const {
  MapPicture map(window, width_px);
  map.begin_rings("ground");
  for (std::size_t g = 0; g < city_.grids.size(); ++g)
    if (city_.grids[g].households_moved >= 0.5) add_ground(map, grids_.ground.of_label[g]);
  add_grid_lines(map);
  return map.svg(label);
}

std::string CityPictures::support(const Box& window, double width_px, const std::string& label) const {
  MapPicture map(window, width_px);
  for (std::size_t n = 1; n <= city_.layers.size(); ++n) {
    map.begin_lines("support s" + std::to_string(std::min<std::size_t>(n, 6)));
    add_arcs(map, [&](ArcId a) { return static_cast<std::size_t>(std::popcount(city_.support[a])) == n; });
  }
  return map.svg(label);
}

std::string CityPictures::conflict(const Conflict& c, double width_px, const std::string& label) const {
  const Label subject = c.grid;  // where the conflict is one of a grid
  Box box;
  if (const auto* piece = largest_piece(c)) box = box_of(piece->front());
  if (subject != kGap)
    for (const ArcPolygon& polygon : grids_.ground.of_label[static_cast<std::size_t>(subject)])
      box.extend(box_of(points_of(city_.arrangement, polygon.shell)));
  if (box.min.x > box.max.x) return "";

  MapPicture map(window_around(box, 0.25, 300, kAspect), width_px);
  map.begin_rings("ground");
  for (const auto& polygon : c.ground)
    for (const auto& ring : polygon) map.add_ring(ring);
  if (subject != kGap) add_ground(map, grids_.ground.of_label[static_cast<std::size_t>(subject)]);
  add_grid_lines(map);
  if (c.layer >= 0) {
    const auto l = static_cast<std::size_t>(c.layer);
    map.begin_lines("aligned");
    add_arcs(map, [&](ArcId a) { return city_.support[a] >> l & 1u; });
    map.begin_lines("was");
    add_delivered(map, l);
  }
  return map.svg(label);
}

}  // namespace gridloom
