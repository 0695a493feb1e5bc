// SPDX-License-Identifier: Apache-2.0
#include "server/api/duty_json.h"

#include "server/words/json_text.h"

namespace gridloom {
namespace {

double per_km2(std::uint64_t events, double area_m2) {
  return area_m2 > 0 ? static_cast<double>(events) / (area_m2 / 1e6) : 0;
}

Json position_json(LonLat where) { return {{"lon", where.lon}, {"lat", where.lat}}; }

Json grid_json(const Grid& grid, std::uint64_t events) {
  return {{"code", grid.code},
          {"name", json_of(grid.name)},
          {"kind", word_of(grid.kind)},
          {"area_m2", grid.area_m2},
          {"population", grid.population},
          {"households", grid.households},
          {"incidents", events},
          {"per_km2", per_km2(events, grid.area_m2)}};
}

Json admin_json(const City& city, const Duty& duty) {
  Json chain = Json::array();
  for (std::size_t l = 0; l < city.admin.size(); ++l) {
    if (duty.admin[l] == kGap) continue;
    const AdminUnit& unit = city.admin[l].units[static_cast<std::size_t>(duty.admin[l])];
    chain.push_back({{"level", city.admin[l].id},
                     {"title", json_of(city.admin[l].title)},
                     {"code", unit.code},
                     {"name", json_of(unit.name)}});
  }
  return chain;
}

Json fallback_json(const City& city, Label unit) {
  if (unit == kGap) return nullptr;
  const AdminUnit& found = city.admin.back().units[static_cast<std::size_t>(unit)];
  return {{"code", found.code}, {"name", json_of(found.name)}};
}

Json layer_json(const City& city, const Layer& layer, const LayerDuty& duty) {
  const Cell* unit = duty.responsible == kGap ? nullptr : &layer.cells[static_cast<std::size_t>(duty.responsible)];
  const auto here = [&](Label cell) -> Json { return layer.cells[static_cast<std::size_t>(cell)].id; };
  Json all = Json::array();
  for (Label cell : duty.here) all.push_back(here(cell));
  return {{"layer", layer.id},
          {"title", json_of(layer.title)},
          {"department", json_of(layer.department)},
          {"unit_id", unit ? Json(unit->id) : Json(nullptr)},
          {"unit_name", unit ? Json(unit->name) : Json(nullptr)},
          {"share", duty.share},
          {"status", word_of(duty.status)},
          {"fallback", fallback_json(city, duty.fallback)},
          {"here", duty.here.empty() ? Json(nullptr) : here(duty.here.front())},
          {"here_all", std::move(all)}};
}

}  // namespace

Text outside_message(const City& city) {
  return {"This place is outside " + city.name.en + ".", "该位置不在" + city.name.zh + "范围内。"};
}

std::string duty_json(const City& city, std::span<const std::uint64_t> incidents, const std::optional<Duty>& duty,
                      LonLat where, std::uint64_t batch) {
  if (!duty)
    return dump({{"found", false}, {"position", position_json(where)}, {"message", json_of(outside_message(city))}});
  Json layers = Json::array();
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    layers.push_back(layer_json(city, city.layers[l], duty->layers[l]));
  Json grid = grid_json(city.grids[duty->grid], incidents[duty->grid]);
  if (batch > 0) grid["incidents_in_multiples_of"] = batch;
  return dump({{"found", true},
               {"on_boundary", duty->on_boundary},
               {"position", position_json(where)},
               {"grid", std::move(grid)},
               {"admin", admin_json(city, *duty)},
               {"responsibilities", std::move(layers)}});
}

}  // namespace gridloom
