// SPDX-License-Identifier: Apache-2.0
// The unified grid: a hue for each unit of the lowest administrative level, tints for its grids.
#include <algorithm>

#include "engine/arrangement/colours.h"
#include "tiles/maps/theme_parts.h"

namespace gridloom {
namespace {

// Every unit of the lowest admin level has a hue of its own among its neighbours, every grid a tint of it.
std::vector<std::string> grid_colours(const City& city, const Palette& palette) {
  constexpr Colour kWhite{255, 255, 255};
  const AdminLevel& parents = city.admin.back();
  const auto hue = colour_graph(neighbours(city.arrangement, parents.of_face, parents.units.size()),
                                static_cast<std::uint32_t>(palette.hues.size()));
  const auto tint = colour_graph(neighbours(city.arrangement, city.grid_of_face, city.grids.size()),
                                 static_cast<std::uint32_t>(palette.tints.size()));
  std::vector<std::string> out;
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Grid& grid = city.grids[g];
    Colour base = palette.hues[hue[static_cast<std::size_t>(grid.parent)]];
    if (grid.kind == GridKind::special) base = palette.special;
    if (grid.kind == GridKind::uninhabited) base = palette.uninhabited;
    out.push_back(text_of(mix(base, kWhite, palette.tints[tint[g]])));
  }
  return out;
}

Theme theme(const MapSubject& s) {
  const City& city = s.city;
  const Palette& p = s.palette;
  Theme t;
  t.drawn = t.served = {TileLayerKind::grids, 0};
  t.colour = grid_colours(city, p);
  name_grids(city, t);
  const Rates r = rates(s);
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Grid& grid = city.grids[g];
    t.properties.push_back({grid.code, grid.name.en, grid.name.zh, std::string(word_of(grid.kind)),
                            city.admin.back().units[static_cast<std::size_t>(grid.parent)].code,
                            rounded(grid.population, 1), rounded(grid.households, 1),
                            static_cast<std::int64_t>(r.count[g]), rounded(r.per_km2[g], 1), t.colour[g]});
  }
  const auto has = [&](GridKind kind) {
    return std::any_of(city.grids.begin(), city.grids.end(), [&](const Grid& g) { return g.kind == kind; });
  };
  if (has(GridKind::special)) t.legend.push_back({text_of(p.special), {"Special grid", "专属网格"}});
  if (has(GridKind::uninhabited)) t.legend.push_back({text_of(p.uninhabited), {"Uninhabited grid", "无人居住网格"}});
  append(t.legend, line_legend(city, p, {"Grid", "网格"}));
  return t;
}

}  // namespace

MapDefinition grids_map() {
  return {
      .id = "grids",
      .title = {"Unified grid", "统一网格"},
      .description = {"One governance grid for the whole city, coloured by community",
                      "全市一张网:统一治理网格,按社区着色"},
      .icon = "M4 4h16v16H4zM4 11h9M13 4v16M13 14h7M8 11v9",
      .style = "grids",
      .vector_tells_incidents = true,
      .vector_layer = "grids",
      .fields = {{"code", "String"},
                 {"name", "String"},
                 {"name_zh", "String"},
                 {"kind", "String"},
                 {"parent", "String"},
                 {"population", "Number"},
                 {"households", "Number"},
                 {"incidents", "Number"},
                 {"per_km2", "Number"},
                 {"colour", "String"}},
      .theme = theme,
  };
}

}  // namespace gridloom
