// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/grids.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <tuple>

#include "engine/progress.h"

namespace gridloom {
namespace {

struct Measured {
  std::uint32_t region = 0;
  Label unit = kGap;
  double area = 0, perimeter = 0, people = 0;
  double x = 0, y = 0;   // centre of the box, lattice units
  std::int64_t row = 0;  // rows from the north
};

std::vector<Measured> measure(const City& city, const Regions& regions) {
  const Arrangement& m = city.arrangement;
  std::vector<Measured> out(regions.count);
  std::vector<Box> boxes(regions.count);
  const std::vector<Box> face_box = face_boxes(m);
  for (FaceId f = 1; f < m.face_count; ++f) {
    const Label r = regions.grid_of_face[f];
    out[r].unit = city.admin.back().of_face[f];
    out[r].area += city.area_m2[f];
    out[r].people += city.population[f];
    boxes[r].extend(face_box[f]);
  }
  const std::vector<double> length = arc_lengths(m);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Label left = regions.grid_of_face[m.arcs[a].left], right = regions.grid_of_face[m.arcs[a].right];
    if (left == right) continue;
    if (left != kGap) out[left].perimeter += length[a];
    if (right != kGap) out[right].perimeter += length[a];
  }
  for (std::uint32_t r = 0; r < regions.count; ++r) {
    out[r].region = r;
    out[r].x = (static_cast<double>(boxes[r].min.x) + boxes[r].max.x) / 2;
    out[r].y = (static_cast<double>(boxes[r].min.y) + boxes[r].max.y) / 2;
  }
  return out;
}

// Rows as high as a grid of the unit is wide on average.
void set_rows(std::span<Measured> unit) {
  double area = 0, north = unit.front().y;
  for (const Measured& g : unit) {
    area += g.area;
    north = std::max(north, g.y);
  }
  const double height = std::sqrt(area / static_cast<double>(unit.size())) * Lattice::kPerMetre;
  for (Measured& g : unit) g.row = height > 0 ? static_cast<std::int64_t>((north - g.y) / height) : 0;
}

std::string serial(std::size_t number, int digits, const AdminUnit& unit) {
  std::string s = std::to_string(number);
  if (s.size() > static_cast<std::size_t>(digits))
    throw DataError("unit " + unit.code + " needs more than " + std::to_string(number - 1) +
                    " grids; raise unify.serial_digits or the population band");
  return std::string(static_cast<std::size_t>(digits) - s.size(), '0') + s;
}

}  // namespace

std::vector<std::uint32_t> number_grids(City& city, const Regions& regions, const UnifyOptions& options,
                                        const std::string& valid_from) {
  std::vector<Measured> order = measure(city, regions);
  const auto by_unit = [](const Measured& a, const Measured& b) {
    return std::tie(a.unit, a.region) < std::tie(b.unit, b.region);
  };
  std::sort(order.begin(), order.end(), by_unit);
  std::vector<std::uint32_t> grid_of_region(regions.count), region_of_grid;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(), [&](const Measured& g) { return g.unit != first->unit; });
    set_rows({first, last});
    std::sort(first, last, [](const Measured& a, const Measured& b) {
      return std::tie(a.row, a.x, a.y, a.region) < std::tie(b.row, b.x, b.y, b.region);
    });
    const AdminUnit& unit = city.admin.back().units[first->unit];
    for (auto g = first; g != last; ++g) {
      Grid grid;
      const std::string number = serial(static_cast<std::size_t>(g - first) + 1, options.serial_digits, unit);
      grid.code = unit.code + number;
      grid.name = (unit.name.zh.empty() ? unit.name.en : unit.name.zh) + number + "网格";
      grid.parent = g->unit;
      grid.kind = g->people > 0 ? GridKind::general : GridKind::uninhabited;
      grid.valid_from = valid_from;
      grid.area_m2 = g->area;
      grid.perimeter_m = g->perimeter;
      grid.compactness = 4 * std::numbers::pi * g->area / (g->perimeter * g->perimeter);
      grid.population = g->people;
      grid.households = g->people / options.people_per_household;
      grid_of_region[g->region] = static_cast<std::uint32_t>(city.grids.size());
      region_of_grid.push_back(g->region);
      city.grids.push_back(std::move(grid));
    }
    first = last;
  }
  city.grid_of_face.assign(city.arrangement.face_count, kGap);
  for (FaceId f = 1; f < city.arrangement.face_count; ++f)
    city.grid_of_face[f] = static_cast<Label>(grid_of_region[regions.grid_of_face[f]]);
  return region_of_grid;
}

FaceId owning_atom(const City& city, const Location& location) {
  if (location.touching.empty()) return location.face;
  const auto code = [&](FaceId atom) -> const std::string& { return city.grids[city.grid_of_face[atom]].code; };
  FaceId best = kOutside;
  for (FaceId atom : location.touching)
    if (atom != kOutside && (best == kOutside || code(atom) < code(best))) best = atom;
  return best;
}

Text grid_title(const City& city, const Grid& grid) {
  const AdminUnit& unit = city.admin.back().units[static_cast<std::size_t>(grid.parent)];
  const std::string number = grid.code.starts_with(unit.code) ? grid.code.substr(unit.code.size()) : grid.code;
  return {(unit.name.en.empty() ? unit.name.zh : unit.name.en) + ", grid " + number,
          (unit.name.zh.empty() ? unit.name.en : unit.name.zh) + number + "网格"};
}

}  // namespace gridloom
