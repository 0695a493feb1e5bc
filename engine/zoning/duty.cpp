// SPDX-License-Identifier: Apache-2.0
#include "engine/zoning/duty.h"

#include <algorithm>
#include <span>

#include "engine/arrangement/labeling.h"
#include "engine/city/owner.h"

namespace gridloom {
namespace {

// Whether the point that these atoms (or the outside) touch lies between grids, or at the city's edge.
bool parts_grids(const City& city, std::span<const FaceId> touching) {
  if (touching.empty()) return false;
  if (touching.front() == kOutside) return true;
  const Label first = city.grid_of_face[touching.front()];
  return std::any_of(touching.begin(), touching.end(), [&](FaceId f) { return city.grid_of_face[f] != first; });
}

LayerDuty layer_duty(const City& city, std::size_t layer, std::size_t grid, FaceId atom) {
  const Responsibility& row = city.responsibility(grid, layer);
  const bool vacant = row.status == DutyStatus::vacant;
  return {.responsible = row.cell,
          .share = row.share,
          .status = row.status,
          .fallback = vacant ? city.grids[grid].parent : kGap,
          .here = cover_of(city.layers[layer].labels, atom)};
}

}  // namespace

std::optional<Duty> locate_duty(const City& city, const PointLocator& locator, Point at) {
  const Location location = locator.locate(at);
  Duty duty;
  duty.atom = owning_atom(city, location);
  if (duty.atom == kOutside) return std::nullopt;
  duty.on_boundary = parts_grids(city, location.touching);
  duty.grid = static_cast<std::size_t>(city.grid_of_face[duty.atom]);
  for (const AdminLevel& level : city.admin) duty.admin.push_back(level.of_face[duty.atom]);
  for (std::size_t l = 0; l < city.layers.size(); ++l) duty.layers.push_back(layer_duty(city, l, duty.grid, duty.atom));
  return duty;
}

}  // namespace gridloom
