// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/succession.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

constexpr double kWhole = 1 - 1e-6;  // rounding to the lattice is no change
constexpr double kTrace = 1e-3;      // smaller shares are not told

struct Amount {
  double area_m2 = 0;
  double households = 0;
};

// What each of today's grids has in each label of the atoms (region or grid), and in all.
struct Shares {
  std::map<std::pair<std::uint32_t, Label>, Amount> part;
  std::vector<Amount> whole;

  double of(std::uint32_t grid, const Amount& a) const {
    if (whole[grid].households > 0) return a.households / whole[grid].households;
    return whole[grid].area_m2 > 0 ? a.area_m2 / whole[grid].area_m2 : 0;
  }
};

Shares shares_in(const City& city, std::span<const Label> label_of_face, std::size_t grids, const Inheritance& i) {
  Shares out;
  out.whole.resize(grids);
  for (const AreaShare& s : i.shares) {
    if (s.face == kOutside) continue;  // what left the city has nobody on it
    const double households = city.households[s.face] * s.ground_m2 / city.area_m2[s.face];
    for (Amount* a : {&out.part[{s.area, label_of_face[s.face]}], &out.whole[s.area]}) {
      a->area_m2 += s.ground_m2;
      a->households += households;
    }
  }
  return out;
}

}  // namespace

Predecessor predecessor_of(const City& city, const Lattice& lattice) {
  const Lattice& old = city.arrangement.lattice;
  if (old.crs != lattice.crs)
    throw DataError("project_in_another_crs", {{"project", old.crs}, {"catalogue", lattice.crs}});
  const double dx = (old.origin_x - lattice.origin_x) * Lattice::kPerMetre,
               dy = (old.origin_y - lattice.origin_y) * Lattice::kPerMetre;
  const auto moved = [&](Point p) {
    const double x = p.x + dx, y = p.y + dy;
    if (std::max(std::abs(x), std::abs(y)) >= static_cast<double>(kCoordinateLimit))
      throw DataError("project_far_from_city");
    return Point{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
  };
  const auto ring_of = [&](const ArcRing& arcs, bool hole) {
    Ring ring{{}, hole};
    for (Point p : points_of(city.arrangement, arcs)) ring.points.push_back(moved(p));
    ring.points.pop_back();  // the first one again
    return ring;
  };
  Predecessor out;
  out.succession = city.succession;
  out.history = city.history;
  const Dissolved ground = dissolve(city.arrangement, city.grid_of_face, city.grids.size());
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Grid& grid = city.grids[g];
    DrawnGrid drawn{grid.code,       grid.name, grid.kind, grid.locked, city.admin.back().units[grid.parent].code,
                    grid.valid_from, {}};
    for (const ArcPolygon& p : ground.of_label[g]) {
      drawn.rings.push_back(ring_of(p.shell, false));
      for (const ArcRing& hole : p.holes) drawn.rings.push_back(ring_of(hole, true));
    }
    out.grids.push_back(std::move(drawn));
  }
  return out;
}

Inheritance inherit(const Arrangement& atoms, std::span<const DrawnGrid> today, unsigned threads) {
  Inheritance out;
  out.home_of_face.assign(atoms.face_count, kGap);
  if (today.empty()) return out;
  std::vector<bool> included(atoms.face_count, true);
  included[kOutside] = false;
  std::vector<std::span<const Ring>> areas;
  for (const DrawnGrid& g : today) areas.emplace_back(g.rings);
  out.shares = areal_shares(atoms, included, areas, threads);
  std::map<std::pair<FaceId, std::uint32_t>, double> ground;
  for (const AreaShare& s : out.shares)
    if (s.face != kOutside) ground[{s.face, s.area}] += s.ground_m2;
  std::vector<double> most(atoms.face_count, 0);
  for (const auto& [pair, m2] : ground)
    if (m2 > most[pair.first]) {
      most[pair.first] = m2;
      out.home_of_face[pair.first] = static_cast<Label>(pair.second);
    }
  return out;
}

KeptCodes keep_codes(const City& city, const Regions& regions, const Predecessor& before, const Inheritance& i) {
  KeptCodes out;
  out.heir_of.assign(regions.regions.size(), kGap);
  for (const DrawnGrid& g : before.grids) out.taken.insert(g.code);
  for (const Succession& s : before.succession) out.taken.insert({s.old_code, s.new_code});
  const Shares shares = shares_in(city, regions.grid_of_face, before.grids.size(), i);
  std::vector<Amount> best(regions.regions.size());
  for (const auto& [pair, amount] : shares.part) {
    const auto& [grid, region] = pair;
    const auto r = static_cast<std::size_t>(region);
    const std::string& unit = before.grids[grid].unit;
    if (!unit.empty() && unit != city.admin.back().units[regions.regions[r].unit].code) continue;
    if (shares.of(grid, amount) < kKeepsCode) continue;
    const bool better = out.heir_of[r] == kGap ||
                        std::pair(amount.households, amount.area_m2) > std::pair(best[r].households, best[r].area_m2);
    if (!better) continue;
    best[r] = amount;
    out.heir_of[r] = static_cast<Label>(grid);
  }
  return out;
}

void record_succession(City& city, const Predecessor& before, const Inheritance& i, const std::string& at) {
  city.succession = before.succession;
  const Shares shares = shares_in(city, city.grid_of_face, before.grids.size(), i);
  std::set<std::string> living;
  for (const Grid& g : city.grids) living.insert(g.code);
  for (Grid& g : city.grids) g.households_moved = before.grids.empty() ? 0 : g.households;
  for (const auto& [pair, amount] : shares.part) {
    const DrawnGrid& old = before.grids[pair.first];
    Grid& grid = city.grids[static_cast<std::size_t>(pair.second)];
    const double share = shares.of(pair.first, amount);
    if (old.code == grid.code) {
      const double moved = grid.households - amount.households;
      grid.households_moved = moved > (1 - kWhole) * grid.households ? moved : 0;
    }
    const bool retired = !living.contains(old.code);
    if (share < kTrace || (old.code == grid.code && share >= kWhole)) continue;
    city.succession.push_back({old.code, grid.code, share, amount.households, retired, at});
  }
}

}  // namespace gridloom
