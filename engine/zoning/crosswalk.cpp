// SPDX-License-Identifier: Apache-2.0
#include "engine/zoning/crosswalk.h"

#include <algorithm>
#include <map>

namespace gridloom {
namespace {

struct Amount {
  double area_m2 = 0;
  double people = 0;
  void add(const City& city, FaceId f) {
    area_m2 += city.area_m2[f];
    people += city.population[f];
  }
};

double share(double part_people, double people, double part_area, double area) {
  if (people > 0) return part_people / people;
  return area > 0 ? part_area / area : 0;
}

}  // namespace

std::vector<CrosswalkRow> crosswalk(const City& city) {
  std::vector<CrosswalkRow> rows;
  for (std::uint32_t l = 0; l < city.layers.size(); ++l) {
    const Labeling& labels = city.layers[l].labels;
    std::map<std::pair<Label, std::uint32_t>, Amount> cells;
    std::vector<Amount> of_cell(city.layers[l].cells.size());
    const auto count = [&](Label c, FaceId f) {
      cells[{c, static_cast<std::uint32_t>(city.grid_of_face[f])}].add(city, f);
      of_cell[c].add(city, f);
    };
    for (FaceId f = 1; f < city.arrangement.face_count; ++f) {
      if (labels.of_face[f] == kGap) continue;
      count(labels.of_face[f], f);
      for (const OverlapLabel& o : labels.further(f)) count(o.label, f);
    }
    for (const auto& [key, amount] : cells) {
      const Amount& cell = of_cell[key.first];
      const Grid& grid = city.grids[key.second];
      rows.push_back({l, key.first, key.second, amount.area_m2, amount.people,
                      share(amount.people, cell.people, amount.area_m2, cell.area_m2),
                      share(amount.people, grid.population, amount.area_m2, grid.area_m2)});
    }
  }
  return rows;
}

std::vector<Responsibility> responsibilities(const City& city) {
  std::vector<Responsibility> duties(city.grids.size() * city.layers.size());
  for (std::uint32_t g = 0; g < city.grids.size(); ++g)
    for (std::uint32_t l = 0; l < city.layers.size(); ++l)
      duties[g * city.layers.size() + l] = {g, l, kGap, 0, DutyStatus::vacant};
  for (const CrosswalkRow& row : city.crosswalk) {
    Responsibility& duty = duties[row.grid * city.layers.size() + row.layer];
    if (row.share_of_grid <= duty.share) continue;
    duty.cell = row.cell;
    duty.share = row.share_of_grid;
    duty.status = duty.share >= kSoleShare ? DutyStatus::sole : DutyStatus::split;
  }
  return duties;
}

std::vector<Zone> zones(const City& city) {
  std::vector<std::uint64_t> incidents(city.grids.size(), 0);
  for (FaceId f : city.face_of_event)
    if (f != kOutside) ++incidents[city.grid_of_face[f]];
  std::vector<std::vector<Zone>> by_layer(city.layers.size());
  for (std::uint32_t l = 0; l < city.layers.size(); ++l)
    for (Label c = 0; c < static_cast<Label>(city.layers[l].cells.size()); ++c) by_layer[l].push_back({l, c, 0, 0, 0});
  for (const Responsibility& duty : city.responsibilities) {
    if (duty.cell == kGap) continue;
    Zone& zone = by_layer[duty.layer][duty.cell];
    ++zone.grids;
    zone.population += city.grids[duty.grid].population;
    zone.incidents += incidents[duty.grid];
  }
  std::vector<Zone> out;
  for (const auto& layer : by_layer) out.insert(out.end(), layer.begin(), layer.end());
  return out;
}

}  // namespace gridloom
