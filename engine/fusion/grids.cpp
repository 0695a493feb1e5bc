// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/grids.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <set>
#include <tuple>

#include "engine/base/errors.h"
#include "engine/zoning/crosswalk.h"

namespace gridloom {
namespace {

struct Measured {
  std::uint32_t region = 0;
  Label unit = kGap;
  double area = 0, perimeter = 0, people = 0, households = 0;
  double x = 0, y = 0;   // centre of the box, lattice units
  std::int64_t row = 0;  // rows from the north
};

std::vector<Measured> measure(const City& city, const Regions& regions) {
  const Arrangement& m = city.arrangement;
  const std::size_t count = regions.regions.size();
  std::vector<Measured> out(count);
  std::vector<Box> boxes(count);
  const std::vector<Box> face_box = face_boxes(m);
  for (FaceId f = 1; f < m.face_count; ++f) {
    const Label r = regions.grid_of_face[f];
    out[r].unit = city.admin.back().of_face[f];
    out[r].area += city.area_m2[f];
    out[r].people += city.population[f];
    out[r].households += city.households[f];
    boxes[r].extend(face_box[f]);
  }
  const std::vector<double> length = arc_lengths(m);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const Label left = regions.grid_of_face[m.arcs[a].left], right = regions.grid_of_face[m.arcs[a].right];
    if (left == right) continue;
    if (left != kGap) out[left].perimeter += length[a];
    if (right != kGap) out[right].perimeter += length[a];
  }
  for (std::uint32_t r = 0; r < count; ++r) {
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

Text serial_name(const AdminUnit& unit, const std::string& number) {
  const Text& name = unit.name;
  return {(name.en.empty() ? name.zh : name.en) + ", grid " + number,
          (name.zh.empty() ? name.en : name.zh) + number + "网格"};
}

// Serial numbers of one unit, above all that were ever given there.
class Serials {
 public:
  Serials(const AdminUnit& unit, const std::set<std::string>& taken, int digits)
      : unit_(unit), digits_(static_cast<std::size_t>(digits)) {
    for (auto code = taken.lower_bound(unit.code); code != taken.end() && code->starts_with(unit.code); ++code) {
      const std::string number = code->substr(unit.code.size());
      const bool serial = number.size() == digits_ &&
                          std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (serial) last_ = std::max(last_, std::stoul(number));
    }
  }

  std::string next() {
    const std::string s = std::to_string(++last_);
    if (s.size() > digits_) throw DataError("serial_numbers_used_up", {{"unit", unit_.code}, {"numbers", last_ - 1}});
    return std::string(digits_ - s.size(), '0') + s;
  }

 private:
  const AdminUnit& unit_;
  std::size_t digits_;
  unsigned long last_ = 0;
};

struct Numbered {
  Grid grid;
  std::uint32_t region = 0;
};

// What numbering goes by.
struct Sources {
  const Regions& regions;
  const Predecessor& before;
  const KeptCodes& kept;
  std::span<const DrawnGrid> fixed;
  const std::string& valid_from;
};

// The code, name and date of today's grid that it carries on, or new ones of its unit.
void name_grid(const Sources& from, const Measured& g, const AdminUnit& unit, Serials& serials, Grid& grid) {
  if (const Label heir = from.kept.heir_of[g.region]; heir != kGap) {
    const DrawnGrid& old = from.before.grids[static_cast<std::size_t>(heir)];
    grid.code = old.code;
    grid.name = old.name;
    grid.valid_from = old.valid_from;
  } else {
    const std::string number = serials.next();
    grid.code = unit.code + number;
    grid.name = serial_name(unit, number);
  }
  if (const Region& region = from.regions.regions[g.region]; region.verdict == BandVerdict::fixed) {
    const DrawnGrid& drawn = from.fixed[static_cast<std::size_t>(region.fixed_grid)];
    grid.name = drawn.name;
    grid.locked = drawn.kind != GridKind::special;
  }
  if (grid.valid_from.empty()) grid.valid_from = from.valid_from;
}

Grid measured_grid(const Measured& g, const Region& region) {
  Grid grid;
  grid.parent = g.unit;
  grid.kind = region.kind;
  grid.verdict = region.verdict;
  grid.area_m2 = g.area;
  grid.perimeter_m = g.perimeter;
  grid.compactness = 4 * std::numbers::pi * g.area / (g.perimeter * g.perimeter);
  grid.population = g.people;
  grid.households = g.households;
  return grid;
}

// The grids of one unit, from north to south and from west to east.
void number_unit(const Sources& from, std::span<Measured> unit_grids, const AdminUnit& unit, int digits,
                 std::vector<Numbered>& out) {
  set_rows(unit_grids);
  std::sort(unit_grids.begin(), unit_grids.end(), [](const Measured& a, const Measured& b) {
    return std::tie(a.row, a.x, a.y, a.region) < std::tie(b.row, b.x, b.y, b.region);
  });
  Serials serials(unit, from.kept.taken, digits);
  for (const Measured& g : unit_grids) {
    Grid grid = measured_grid(g, from.regions.regions[g.region]);
    name_grid(from, g, unit, serials, grid);
    out.push_back({std::move(grid), g.region});
  }
}

std::vector<Numbered> numbered_grids(const City& city, const Sources& from, int digits) {
  std::vector<Measured> order = measure(city, from.regions);
  std::sort(order.begin(), order.end(), [](const Measured& a, const Measured& b) {
    return std::tie(a.unit, a.region) < std::tie(b.unit, b.region);
  });
  std::vector<Numbered> out;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(), [&](const Measured& g) { return g.unit != first->unit; });
    const AdminUnit& unit = city.admin.back().units[static_cast<std::size_t>(first->unit)];
    number_unit(from, {first, last}, unit, digits, out);
    first = last;
  }
  std::stable_sort(out.begin(), out.end(), [](const Numbered& a, const Numbered& b) {
    return std::tie(a.grid.parent, a.grid.code) < std::tie(b.grid.parent, b.grid.code);
  });
  return out;
}

}  // namespace

std::vector<std::uint32_t> number_grids(City& city, const Regions& regions, const Predecessor& before,
                                        const KeptCodes& kept, std::span<const DrawnGrid> fixed,
                                        const UnifyOptions& options, const std::string& valid_from) {
  std::vector<Label> grid_of_region(regions.regions.size());
  std::vector<std::uint32_t> region_of_grid;
  for (Numbered& n : numbered_grids(city, {regions, before, kept, fixed, valid_from}, options.serial_digits)) {
    grid_of_region[n.region] = static_cast<Label>(city.grids.size());
    region_of_grid.push_back(n.region);
    city.grids.push_back(std::move(n.grid));
  }
  city.grid_of_face.assign(city.arrangement.face_count, kGap);
  for (FaceId f = 1; f < city.arrangement.face_count; ++f)
    city.grid_of_face[f] = grid_of_region[static_cast<std::size_t>(regions.grid_of_face[f])];
  return region_of_grid;
}

void measure_costs(City& city, std::span<const double> weights) {
  for (const CrosswalkRow& row : city.crosswalk)
    city.grids[row.grid].cells_split +=
        row.share_of_feature > kCountedShare && row.share_of_feature < 1 - kCountedShare;
  const Arrangement& m = city.arrangement;
  const std::vector<double> length = arc_lengths(m);
  const BorderSupport support{city.layers.size(), weights, city.linework_weight};
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    const FaceId left = m.arcs[a].left, right = m.arcs[a].right;
    const Label g = city.grid_of_face[left], h = city.grid_of_face[right];
    if (g == h || g == kGap || h == kGap || city.grids[g].parent != city.grids[h].parent) continue;
    const double against = length[a] * (1 - support.of(city.support[a], city.linework.empty() ? 0 : city.linework[a]));
    city.grids[g].cut_against_m += against;
    city.grids[h].cut_against_m += against;
  }
}

}  // namespace gridloom
