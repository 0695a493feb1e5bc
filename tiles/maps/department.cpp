// SPDX-License-Identifier: Apache-2.0
// The areas of one layer as aligned, with what it leaves out and what several of its cells claim.
#include "tiles/maps/theme_parts.h"

namespace gridloom {
namespace {

Theme theme(const MapSubject& s) {
  const City& city = s.city;
  const Palette& p = s.palette;
  const Layer& l = city.layers[s.layer];
  Theme t;
  t.drawn = {TileLayerKind::cells, s.layer};
  t.served = {TileLayerKind::whole_cells, s.layer};
  t.colour = neighbour_colours(city.arrangement, l.labels.of_face, l.cells.size(), p);
  t.overlays = {{"gap", {TileLayerKind::gaps, s.layer}}, {"hatch", {TileLayerKind::overlaps, s.layer}}};
  t.named = {TileLayerKind::cells, s.layer};
  t.lowest_names = false;
  name_cells(l, t);
  for (std::size_t c = 0; c < l.cells.size(); ++c)
    t.properties.push_back({l.cells[c].id, l.cells[c].name, t.colour[c]});
  t.legend = {{text_of(p.vacant), {"No cell", "无覆盖"}}};
  if (!l.labels.overlaps.empty()) t.legend.push_back({text_of(p.split), {"Overlap", "重叠"}});
  append(t.legend, line_legend(city, p, l.title));
  return t;
}

}  // namespace

MapDefinition department_map() {
  return {
      .id = "department",
      .title = {"Department layer", "部门图层"},
      .description = {"One department's areas after alignment, with gaps and overlaps",
                      "单个部门的辖区(对齐后),标出空缺与重叠"},
      .icon = "M12 3l9 5-9 5-9-5zM3.5 12.5L12 17l8.5-4.5M3.5 16.5L12 21l8.5-4.5",
      .style = "units",
      .needs_layer = true,
      .vector_layer = "cells",
      .fields = {{"id", "String"}, {"name", "String"}, {"colour", "String"}},
      .theme = theme,
  };
}

}  // namespace gridloom
